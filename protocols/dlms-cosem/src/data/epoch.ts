/** Between COSEM date-times and instants. */
import type { ClockStatus, CosemDateTime, CosemDay } from "./date-time.ts";

/** A date and time as a clock on the wall shows it. */
export interface LocalDateTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

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
  const { year, month, hour, minute, second = 0, hundredths = 0, deviation, status } = dateTime;
  if (year === undefined || typeof month !== "number" || hour === undefined || minute === undefined) return undefined;
  if (year < firstYear || month < 1 || month > 12 || minute > 59 || second > 59 || hundredths > 99) return undefined;
  if (hour > 24 || (hour === 24 && (minute > 0 || second > 0 || hundredths > 0))) return undefined;
  const day = dayOfMonth(dateTime.day, year, month);
  if (day === undefined) return undefined;
  const local = Date.UTC(year, month - 1, day, hour, minute, second, hundredths * 10);
  if (deviation !== undefined) {
    const minutes = options.deviationSign === "local-minus-utc" ? -deviation : deviation;
    return local + minutes * millisecondsPerMinute;
  }
  if (options.zoneOffset === undefined) return undefined;
  const offset = options.zoneOffset({ year, month, day, hour, minute, second }, status?.daylightSavingActive);
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
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    weekday: local.getUTCDay() || 7,
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
    hundredths: Math.floor(local.getUTCMilliseconds() / 10),
    deviation,
    ...(options.status && { status: options.status }),
  };
}

const millisecondsPerMinute = 60_000;
/** `Date.UTC` would read the years before as 19xx; a meter that sends them has no time. */
const firstYear = 100;

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
