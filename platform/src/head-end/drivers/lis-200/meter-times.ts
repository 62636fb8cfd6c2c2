/** Between the naive times of devices, `2021-03-01T06:00:00`, and instants. */
import type { MeterTime } from "@anymeter/lis-200";
import type { ZoneOffsets } from "../zone-offsets.ts";

/**
 * The instant of a device's time.
 * @param summerTime decides in the hour that comes twice; without it the first pass is meant
 */
export function instantOfTime(time: MeterTime, zone: ZoneOffsets, summerTime?: boolean): number {
  const local = new Date(`${time}Z`);
  const parts = {
    ...{ year: local.getUTCFullYear(), month: local.getUTCMonth() + 1, day: local.getUTCDate() },
    ...{ hour: local.getUTCHours(), minute: local.getUTCMinutes(), second: local.getUTCSeconds() },
  };
  return zone.instantOf(parts, summerTime);
}

/** What a clock in the zone shows at an instant; parts of a second are dropped. */
export function timeAt(instant: number, zone: ZoneOffsets): MeterTime {
  return new Date(instant + zone.at(instant) * 60_000).toISOString().slice(0, 19);
}
