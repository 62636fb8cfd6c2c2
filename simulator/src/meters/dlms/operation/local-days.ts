/** Days and times of day of a meter's zone, and whether a date with wildcards names one (Blue Book, date formats). */
import type { CosemDate, CosemTime } from "@anymeter/dlms-cosem";
import { dayMilliseconds, dayOf, weekdayOf } from "../../../calendar.ts";
import { instantOfLocal, type ZoneName, zoneOffset } from "../../zone.ts";

/** The local day (days since 1970) of a time of the meter's clock. */
export function localDayOf(zone: ZoneName, time: number): number {
  return dayOf(localMilliseconds(zone, time));
}

/** Milliseconds since the local midnight. */
export function timeOfDay(zone: ZoneName, time: number): number {
  const local = localMilliseconds(zone, time);
  return local - dayOf(local) * dayMilliseconds;
}

/** The clock's time, milliseconds UTC, at a time of a local day. */
export function timeOn(zone: ZoneName, localDay: number, millisecondsOfDay: number): number {
  return instantOfLocal(zone, localDay * dayMilliseconds + millisecondsOfDay);
}

/** Unspecified parts are 0: a time of day that begins something begins with it. */
export function millisecondsOf({ hour = 0, minute = 0, second = 0 }: CosemTime): number {
  return ((hour * 60 + minute) * 60 + second) * 1000;
}

/** Whether a date names a day; unspecified fields name every one. */
export function namesDay(date: CosemDate, localDay: number): boolean {
  const { year, month, day } = partsOf(localDay);
  if (date.year !== undefined && date.year !== year) return false;
  if (date.month !== undefined && date.month !== month) return false;
  if (date.weekday !== undefined && date.weekday !== weekdayOf(localDay) + 1) return false;
  if (date.day === undefined) return true;
  if (date.day === "last") return partsOf(localDay + 1).day === 1;
  if (date.day === "second-last") return partsOf(localDay + 2).day === 1;
  return date.day === day;
}

/** Whether a day lies between two dates, both included; without years: every year, over its end too. */
export function liesBetween(localDay: number, begin: CosemDate, end: CosemDate): boolean {
  const { year } = partsOf(localDay);
  const first = dayOfDate(begin, year, "first");
  const last = dayOfDate(end, year, "last");
  const wraps = first > last && begin.year === undefined && end.year === undefined;
  return wraps ? localDay >= first || localDay <= last : localDay >= first && localDay <= last;
}

/** The local day of a date; unspecified parts are those of a year, and its first or last month and day. */
export function dayOfDate(date: CosemDate, year: number, edge: "first" | "last"): number {
  const month = typeof date.month === "number" ? date.month : edge === "first" ? 1 : 12;
  const given = date.year ?? year;
  if (typeof date.day === "number") return dayOf(Date.UTC(given, month - 1, date.day));
  if (date.day === undefined && edge === "first") return dayOf(Date.UTC(given, month - 1, 1));
  return dayOf(Date.UTC(given, month, date.day === "second-last" ? -1 : 0));
}

export function partsOf(localDay: number): { readonly year: number; readonly month: number; readonly day: number } {
  const date = new Date(localDay * dayMilliseconds);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

function localMilliseconds(zone: ZoneName, time: number): number {
  return time + zoneOffset(zone, time) * 60_000;
}
