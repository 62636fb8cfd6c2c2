import { type LocalDateTime, localDateTimeOf } from "@anymeter/sans-io";
import type { Zone } from "@anymeter/udil";
import { type ZoneOffsets, zoneOffsetsOf } from "../head-end/drivers/zone-offsets.ts";

const quarterMilliseconds = 15 * 60_000;
/** Half a year of quarters. */
const mostKnown = 20_000;

/**
 * The zone of a peer, whose times on the wire never say one. Answers have thousands of neighbouring times, and no zone
 * changes its offset inside a quarter of an hour: one offset is kept for each quarter.
 */
class PeerZone implements Zone {
  readonly #offsets: ZoneOffsets;
  readonly #known = new Map<number, number>();

  constructor(timezone: string) {
    this.#offsets = zoneOffsetsOf(timezone);
  }

  readonly toInstant = (local: LocalDateTime): number => this.#offsets.instantOf(local);

  readonly toLocal = (instant: number): LocalDateTime => localDateTimeOf(instant + this.#offsetAt(instant));

  #offsetAt(instant: number): number {
    const quarter = Math.floor(instant / quarterMilliseconds);
    const known = this.#known.get(quarter);
    if (known !== undefined) return known;
    const offset = this.#offsets.at(instant) * 60_000;
    if (this.#known.size >= mostKnown) this.#known.clear();
    this.#known.set(quarter, offset);
    return offset;
  }
}

const zones = new Map<string, Zone>();

/** @param timezone IANA name. @returns one object for all peers of the zone */
export function peerZone(timezone: string): Zone {
  const zone = zones.get(timezone) ?? new PeerZone(timezone);
  zones.set(timezone, zone);
  return zone;
}
