/** Times on the wire have no zone; whoever knows the peer's zone hands in the two conversions. */
import { type LocalDateTime, localDateTimeOf, localMilliseconds } from "@anymeter/sans-io";

export interface Zone {
  /** Milliseconds since 1970 UTC of what a clock in the zone shows. */
  toInstant(local: LocalDateTime): number;
  /** What a clock in the zone shows at an instant in milliseconds since 1970 UTC. */
  toLocal(instant: number): LocalDateTime;
}

/** A zone without daylight saving time, so many minutes east of UTC. */
export function fixedZone(minutesEast: number): Zone {
  const offset = minutesEast * 60_000;
  return {
    toInstant: (local) => localMilliseconds(local) - offset,
    toLocal: (instant) => localDateTimeOf(instant + offset),
  };
}

/** UTC+5, the whole year: the zone UDIL is written for, though its text names none. */
export const pakistanTime: Zone = fixedZone(5 * 60);
