import { RunFailure } from "../causes.ts";
import type { ZoneOffsets } from "./zone-offsets.ts";

/**
 * A date of keyword arguments as milliseconds UTC: ISO 8601 with `Z` or an offset (the contract writes `+0100`), or in the
 * meter's zone; a date alone is its midnight. undefined for null and for what was left out.
 * @throws RunFailure `invalid_call` for a day that no calendar has
 */
export function instantOf(text: string | null | undefined, offsets: ZoneOffsets): number | undefined {
  if (text === null || text === undefined) return undefined;
  const [, date, time = "00:00", zone] = /^(\d{4}-\d{2}-\d{2})(?:[T ]([\d:.]+))?(Z|[+-]\d{2}:?\d{2})?$/.exec(text)!;
  const asUtc = Date.parse(`${date}T${time}Z`);
  if (Number.isNaN(asUtc) || new Date(asUtc).getUTCDate() !== Number(date!.slice(-2))) {
    throw new RunFailure("invalid_call", `There is no such time: ${text}.`);
  }
  if (zone !== undefined) return asUtc - minutesOf(zone) * 60_000;
  return offsets.instantOfWallClock(asUtc);
}

function minutesOf(zone: string): number {
  if (zone === "Z") return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))];
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}
