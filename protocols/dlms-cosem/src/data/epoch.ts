/** Between COSEM date-times and instants. */
import { type LocalDateTime, localDateTimeOf } from "@anymeter/sans-io";
import type { ClockStatus, CosemDateTime, CosemDay } from "./date-time.ts";

export interface EpochOptions {
  /**
   * The zone's offset at that local time in minutes east of UTC (60 for CET), asked only when the deviation is
   * unspecified. `daylightSaving` is the clock status bit, which decides in the repeated hour; undefined when the
   * status is unspecified.
   */
  readonly zoneOffset?: (local: LocalDateTime, daylightSaving: boolean | undefined) => number;
  /** "utc-minus-local" is the standard's; some makers store the deviation the other way round. */
  readonly deviationSign?: "utc-minus-local" | "local-minus-utc";
}

/**
 * The instant in milliseconds since 1970, or undefined when the value names none: a date, the hour or the minute
 * unspecified or impossible, or neither deviation nor `zoneOffset`. Unspecified seconds and hundredths count as 0, and
 * 24:00:00 is midnight at the end of the day. The weekday is ignored: meters get it wrong.
 */
export function toEpochMilliseconds(dateTime: CosemDateTime, options: EpochOptions = {}): number | undefined {
  const local = localMilliseconds(dateTime);
  if (local === undefined) return undefined;
  const { deviation, status } = dateTime;
  if (deviation !== undefined) {
    const minutes = options.deviationSign === "local-minus-utc" ? -deviation : deviation;
    return local + minutes * millisecondsPerMinute;
  }
  if (options.zoneOffset === undefined) return undefined;
  const offset = options.zoneOffset(localDateTimeOf(local), status?.daylightSavingActive);
  return local - offset * millisecondsPerMinute;
}

/**
 * The date-time of an instant, every field specified, on the clock of the given deviation (minutes to add to local
 * time to get UTC; default 0). For a meter that refuses a deviation, spread it without: `{ ...value, deviation: undefined }`.
 */
export function fromEpochMilliseconds(
  epochMilliseconds: number,
  options: { readonly deviation?: number; readonly status?: ClockStatus } = {},
): CosemDateTime {
  const deviation = options.deviation ?? 0;
  const local = new Date(epochMilliseconds - deviation * millisecondsPerMinute);
  return {
    ...localDateTimeOf(local.getTime()),
    weekday: local.getUTCDay() || 7,
    hundredths: Math.floor(local.getUTCMilliseconds() / 10),
    deviation,
    ...(options.status && { status: options.status }),
  };
}

/**
 * The time so much later (or earlier) on the same clock: deviation and status stay, an unspecified weekday, second or
 * hundredth stays unspecified. Undefined when the value names no local time.
 */
export function addMilliseconds(dateTime: CosemDateTime, milliseconds: number): CosemDateTime | undefined {
  const local = localMilliseconds(dateTime);
  if (local === undefined) return undefined;
  const sum = new Date(local + milliseconds);
  const later: { -readonly [Field in keyof CosemDateTime]: CosemDateTime[Field] } = { ...dateTime };
  later.year = sum.getUTCFullYear();
  later.month = sum.getUTCMonth() + 1;
  later.day = sum.getUTCDate();
  later.hour = sum.getUTCHours();
  later.minute = sum.getUTCMinutes();
  if (later.weekday !== undefined) later.weekday = sum.getUTCDay() || 7;
  if (later.second !== undefined) later.second = sum.getUTCSeconds();
  if (later.hundredths !== undefined) later.hundredths = Math.floor(sum.getUTCMilliseconds() / 10);
  return later;
}

const millisecondsPerMinute = 60_000;
/** `Date.UTC` would read the years before as 19xx; a meter that sends them has no time. */
const firstYear = 100;

/** What the clock shows, as milliseconds of a clock on UTC. */
function localMilliseconds(dateTime: CosemDateTime): number | undefined {
  const { year, month, hour, minute, second = 0, hundredths = 0 } = dateTime;
  if (year === undefined || typeof month !== "number" || hour === undefined || minute === undefined) return undefined;
  if (year < firstYear || month < 1 || month > 12 || minute > 59 || second > 59 || hundredths > 99) return undefined;
  if (hour > 24 || (hour === 24 && (minute > 0 || second > 0 || hundredths > 0))) return undefined;
  const day = dayOfMonth(dateTime.day, year, month);
  if (day === undefined) return undefined;
  return Date.UTC(year, month - 1, day, hour, minute, second, hundredths * 10);
}

function dayOfMonth(day: CosemDay | undefined, year: number, month: number): number | undefined {
  if (day === undefined) return undefined;
  const days = daysInMonth(year, month);
  if (day === "last") return days;
  if (day === "second-last") return days - 1;
  return day >= 1 && day <= days ? day : undefined;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
