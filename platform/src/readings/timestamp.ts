import { Temporal } from "temporal-polyfill";
import { effectiveTimezone } from "../registry/timezones.ts";

/** Range of instants the columnar store keeps (`DateTime64(3)`), in milliseconds since 1970. */
export const instantLimits = {
  earliest: Date.UTC(1900, 0, 1),
  latest: Date.UTC(2299, 11, 31, 23, 59, 59, 999),
} as const;

/** Whether the columnar store has room for an instant. */
export function isStorableInstant(milliseconds: number): boolean {
  return milliseconds >= instantLimits.earliest && milliseconds <= instantLimits.latest;
}

/** What is wrong with a text that is no timestamp. */
export class TimestampError extends Error {}

/** A timestamp as sent: an instant, or the reading of a clock whose zone only the meter's config knows. */
export type Timestamp = { readonly instant: number } | { readonly clock: ClockReading };

/** Date and time of a clock, as milliseconds since 1970 of a clock that shows UTC. */
export interface ClockReading {
  readonly asUtc: number;
}

const timestampText =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(?:([Zz])|([+-])(\d{2})(?::?(\d{2}))?)?$/;

/**
 * Reads ISO 8601 date and time, with `Z`, an offset (`+01:00`, `+0100`, `+01`) or none. Digits beyond the millisecond
 * are dropped.
 *
 * @throws TimestampError when it is no timestamp, no day of the calendar, or outside `instantLimits`
 */
export function parseTimestamp(text: string): Timestamp {
  const match = text.length <= 64 ? timestampText.exec(text) : null;
  if (!match) throw new TimestampError(shape);
  const [, year, month, day, hour, minute, second = "0", fraction = "", zulu, sign, offsetHour, offsetMinute = "0"] =
    match;
  const milliseconds = Number(fraction.slice(0, 3).padEnd(3, "0"));
  const asUtc = millisecondsOf(+year!, +month!, +day!, +hour!, +minute!, +second, milliseconds);
  if (Number.isNaN(asUtc)) throw new TimestampError("There is no such date or time.");
  if (zulu !== undefined) return { instant: withinLimits(asUtc) };
  if (sign === undefined) {
    withinLimits(asUtc);
    return { clock: { asUtc } };
  }
  if (+offsetHour! > 23 || +offsetMinute > 59) throw new TimestampError("There is no such offset from UTC.");
  const offset = (+offsetHour! * 60 + +offsetMinute) * 60_000;
  return { instant: withinLimits(sign === "+" ? asUtc - offset : asUtc + offset) };
}

/**
 * @param zone any name that is accepted for a meter, also one the runtime has forgotten
 * @returns the instant at which a clock of the zone shows the reading: of two the earlier (clocks put back), of none the
 *   one that many hours after the change (clocks put forward)
 */
export function instantIn(zone: string, { asUtc }: ClockReading): number {
  const reading = Temporal.Instant.fromEpochMilliseconds(asUtc).toZonedDateTimeISO("UTC").toPlainDateTime();
  return reading.toZonedDateTime(effectiveTimezone(zone), { disambiguation: "compatible" }).epochMilliseconds;
}

/** @returns the reading of a clock as ISO 8601 without an offset */
export function renderClock({ asUtc }: ClockReading): string {
  return new Date(asUtc).toISOString().replace(/(?:\.000)?Z$/, "");
}

/**
 * Milliseconds since 1970 of a date and time of the proleptic Gregorian calendar in UTC.
 * @returns NaN when there is no such date or time
 */
export function millisecondsOf(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  millisecond: number,
): number {
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return Number.NaN;
  if (hour > 23 || minute > 59 || second > 59) return Number.NaN;
  // Days since 1970-01-01, counted in years that begin in March so that the leap day comes last.
  const shifted = month > 2 ? year : year - 1;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  const days = era * 146_097 + dayOfEra - 719_468;
  return ((days * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + millisecond;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function withinLimits(instant: number): number {
  if (instant < instantLimits.earliest || instant > instantLimits.latest) {
    throw new TimestampError("Timestamps lie between 1900-01-01 and 2299-12-31, UTC.");
  }
  return instant;
}

const shape = "Datetime has wrong format. Use this format instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].";
