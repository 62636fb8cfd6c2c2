/** What the clocks write: digits of local time, with a season digit or letter. */
import { isDaylightSaving, type ZoneName, zoneOffset } from "../zone.ts";

/** YYMMDDhhmmss of an instant (milliseconds UTC) in a zone. */
export function localDigits(zone: ZoneName, time: number): string {
  const local = Math.floor(time / 1000) * 1000 + zoneOffset(zone, time) * 60_000;
  return new Date(local).toISOString().replace(/\D/g, "").slice(2, 14);
}

/** "1" while daylight saving time is in force. */
export function seasonDigit(zone: ZoneName, time: number): "0" | "1" {
  return isDaylightSaving(zone, time) ? "1" : "0";
}
