/** What the clocks write: digits of local time, with a season digit or letter. */
import { isDaylightSaving, localTimeAt, type ZoneName } from "../zone.ts";

/** YYMMDDhhmmss of an instant (milliseconds UTC) in a zone. */
export function localDigits(zone: ZoneName, time: number): string {
  return localTimeAt(zone, time).replace(/\D/g, "").slice(2);
}

/** "1" while daylight saving time is in force. */
export function seasonDigit(zone: ZoneName, time: number): "0" | "1" {
  return isDaylightSaving(zone, time) ? "1" : "0";
}
