/** The zones meters keep their clocks in: fixed offsets, or central European time with summer time by the rule of 2002. */

export type ZoneName = "utc" | "central-european" | "central-european-standard";

/** IANA zones that keep such a clock. The sign of Etc names is inverted: this one is an hour east of Greenwich. */
export const timezones: Readonly<Record<ZoneName, string>> = {
  utc: "UTC",
  "central-european": "Europe/Amsterdam",
  "central-european-standard": "Etc/GMT-1",
};

/** Minutes east of UTC at an instant (milliseconds UTC). */
export function zoneOffset(zone: ZoneName, instant: number): number {
  if (zone === "utc") return 0;
  return zone === "central-european" && isSummer(instant) ? 120 : 60;
}

/** What a clock of the zone shows at an instant, without parts of a second: "2026-03-01T06:00:00". */
export function localTimeAt(zone: ZoneName, instant: number): string {
  return new Date(instant + zoneOffset(zone, instant) * minuteMilliseconds).toISOString().slice(0, 19);
}

/** Whether summer time is in force. */
export function isDaylightSaving(zone: ZoneName, instant: number): boolean {
  return zone === "central-european" && isSummer(instant);
}

/**
 * The instant of a wall-clock time given as if it were UTC. `daylightSaving` decides in the hour that comes twice; without
 * it the first of the two is meant.
 */
export function instantOfLocal(zone: ZoneName, local: number, daylightSaving?: boolean): number {
  if (zone === "utc") return local;
  const winter = local - 60 * minuteMilliseconds;
  if (zone === "central-european-standard") return winter;
  const summer = local - 120 * minuteMilliseconds;
  const summerIsPossible = isSummer(summer);
  const winterIsPossible = !isSummer(winter);
  if (summerIsPossible && winterIsPossible) return daylightSaving === false ? winter : summer;
  return summerIsPossible ? summer : winter;
}

/** From the last Sunday of March, 01:00 UTC, to the last Sunday of October, 01:00 UTC (Directive 2000/84/EC). */
function isSummer(instant: number): boolean {
  const year = new Date(instant).getUTCFullYear();
  return instant >= lastSunday(year, 2) && instant < lastSunday(year, 9);
}

function lastSunday(year: number, month: number): number {
  const lastDay = Date.UTC(year, month + 1, 0, 1);
  return lastDay - new Date(lastDay).getUTCDay() * 86_400_000;
}

const minuteMilliseconds = 60_000;
