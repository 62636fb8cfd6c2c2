/** Between times without a zone, `2026-03-01T06:00:00` as a meter's clock shows them, and instants (milliseconds UTC). */
import type { ZoneOffsets } from "./zone-offsets.ts";

/** What a clock in the zone shows at an instant; parts of a second are dropped. */
export function naiveTimeAt(instant: number, zone: ZoneOffsets): string {
  return new Date(instant + zone.at(instant) * 60_000).toISOString().slice(0, 19);
}

/** @param daylightSaving decides in the hour that comes twice; without it the first pass is meant */
export function instantOfNaive(time: string, zone: ZoneOffsets, daylightSaving?: boolean): number {
  return zone.instantOfWallClock(Date.parse(`${time}Z`), daylightSaving);
}

/** The instants that a time names: two in the hour that comes twice, the later first. */
export function instantsOfNaive(time: string, zone: ZoneOffsets): readonly number[] {
  const [later, earlier] = [false, true].map((daylightSaving) => instantOfNaive(time, zone, daylightSaving));
  return later === earlier ? [later!] : [later!, earlier!];
}

/**
 * The lower limit of a request to a meter that compares naive times. In the hour that comes twice a limit names two
 * instants, and the other pass would be lost: it is widened to both. What lies outside is to be left out afterwards.
 */
export function lowerLimitAt(from: number, zone: ZoneOffsets): string {
  const isFirstPass = zone.at(from + hourMilliseconds) < zone.at(from);
  return naiveTimeAt(isFirstPass ? from - hourMilliseconds : from, zone);
}

/** The upper limit, widened likewise. */
export function upperLimitAt(to: number, zone: ZoneOffsets): string {
  const isSecondPass = zone.at(to - hourMilliseconds) > zone.at(to);
  return naiveTimeAt(isSecondPass ? to + hourMilliseconds : to, zone);
}

const hourMilliseconds = 3_600_000;
