/** Between the naive times of converters, `2026-03-01T06:00:00`, and instants. */
import type { ZoneOffsets } from "../zone-offsets.ts";

/** What a clock in the zone shows at an instant; parts of a second are dropped. */
export function timeAt(instant: number, zone: ZoneOffsets): string {
  return new Date(instant + zone.at(instant) * 60_000).toISOString().slice(0, 19);
}

/** The instants that a time names: two in the hour that comes twice, the later first. */
export function instantsOf(time: string, zone: ZoneOffsets): readonly number[] {
  const local = new Date(`${time}Z`);
  const parts = {
    ...{ year: local.getUTCFullYear(), month: local.getUTCMonth() + 1, day: local.getUTCDate() },
    ...{ hour: local.getUTCHours(), minute: local.getUTCMinutes(), second: local.getUTCSeconds() },
  };
  const [later, earlier] = [false, true].map((daylightSaving) => zone.instantOf(parts, daylightSaving));
  return later === earlier ? [later!] : [later!, earlier!];
}

/**
 * Meter minus UTC in seconds, of a clock that showed a time at an instant. It shows whole seconds, so it is on average half a
 * second further; of two instants in the hour that comes twice the nearer is meant.
 */
export function driftOf(time: string, readAt: number, zone: ZoneOffsets): number {
  const drifts = instantsOf(time, zone).map((instant) => (instant + 500 - readAt) / 1000);
  return drifts.reduce((one, other) => (Math.abs(other) < Math.abs(one) ? other : one));
}

/**
 * Instants of times that go from the newest to the oldest. Nothing marks the pass of the hour that comes twice, but its
 * order does: each time is the latest instant before that of its predecessor.
 * @param newest no time is later than this, milliseconds UTC, where its hour comes twice
 */
export class DescendingTimes {
  readonly #zone: ZoneOffsets;
  #before: number;

  constructor(zone: ZoneOffsets, newest: number) {
    this.#zone = zone;
    this.#before = newest;
  }

  next(time: string): number {
    const instants = instantsOf(time, this.#zone);
    const instant = instants.find((each) => each < this.#before) ?? instants.at(-1)!;
    this.#before = instant;
    return instant;
  }
}

/**
 * The limits of a request as the converter compares them: by its naive times. Where a limit lies in the hour that comes
 * twice, it is widened to both passes; what lies outside the instants is left out afterwards.
 */
export function limitsOf(
  { from, to }: { readonly from: number | undefined; readonly to: number | undefined },
  zone: ZoneOffsets,
): { readonly oldest?: string; readonly newest?: string } {
  const beginsBeforeRepeat = from !== undefined && zone.at(from + hour) < zone.at(from);
  const endsAfterRepeat = to !== undefined && zone.at(to - hour) > zone.at(to);
  return {
    ...(from !== undefined && { oldest: timeAt(beginsBeforeRepeat ? from - hour : from, zone) }),
    ...(to !== undefined && { newest: timeAt(endsAfterRepeat ? to + hour : to, zone) }),
  };
}

const hour = 3_600_000;
