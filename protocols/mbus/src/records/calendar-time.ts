/** Dates and times of day as meters code them (EN 13757-3, annex A): types F, G, I and J. */

/** A meter's clock reading: local time of the meter, of which the meter may leave out fields. */
export interface CalendarTime {
  /** Absent: every year. */
  readonly year?: number | undefined;
  /** 1 to 12; absent: every month. */
  readonly month?: number | undefined;
  /** 1 to 31; absent: every day. */
  readonly day?: number | undefined;
  /** 0 to 23; absent: every hour, or a date alone. */
  readonly hour?: number | undefined;
  readonly minute?: number | undefined;
  readonly second?: number | undefined;
  /** 1 Monday to 7 Sunday. */
  readonly weekday?: number | undefined;
  /** Of the year, 1 to 53. */
  readonly week?: number | undefined;
  /** The meter says that this is summer time. */
  readonly summerTime?: boolean | undefined;
  /** The meter itself says that this time is not valid. */
  readonly invalid?: boolean | undefined;
}

/** By their length in bytes. */
export const timeTypes: Readonly<Record<number, { readonly type: string; readonly what: string }>> = {
  2: { type: "G", what: "date" },
  3: { type: "J", what: "time of day" },
  4: { type: "F", what: "date and time" },
  6: { type: "I", what: "date and time with seconds" },
};

/**
 * Type M: data of variable length (LVAR E2 to EA) behind the VIF that may also say a time by type F, I or J. Not decoded: what
 * is public of it tells what it holds and its length, not the order of its bits, and a guessed time would be a wrong one.
 * Two open libraries, both citing the standard, agree as far as they go, and neither decodes it: mbusmaster for Python
 * (length, epochs, resolutions, offsets) and exmbus for Elixir (always UTC, offset, no summer time).
 */
export const typeM = {
  shortest: 2,
  longest: 10,
  says:
    "a time in UTC, counted from 2013-01-01 or 1970-01-01 in steps of 2 s, 1 s, 1/256 s or 1/32768 s beside the offset of the " +
    "local time in hours, or a duration when that offset is -16",
} as const;

/** The type is told by the length; undefined when none has that length. */
export function decodeTime(bytes: Uint8Array, at: number, length: number): CalendarTime | undefined {
  switch (length) {
    case 2:
      return decodeDate(bytes, at);
    case 3:
      return {
        hour: within(bytes[at + 2]! & 0x1f, 0, 23),
        minute: within(bytes[at + 1]! & 0x3f, 0, 59),
        second: within(bytes[at]! & 0x3f, 0, 59),
      };
    case 4:
      return decodeMinutes(bytes, at);
    case 6:
      return decodeSeconds(bytes, at);
    default:
      return undefined;
  }
}

/**
 * "2024-05-31", "2024-05-31T23:59", "2024-05-31T23:59:30" or "23:59:30": local time of the meter. undefined for times that
 * recur, say nothing, do not exist in the calendar, or are invalid by the meter's own word.
 */
export function timeText(time: CalendarTime): string | undefined {
  const { year, month, day, hour, minute, second } = time;
  if (time.invalid) return undefined;
  const clock = hour === undefined || minute === undefined ? "" : [hour, minute, second].flatMap(twoDigits).join(":");
  if (year === undefined && month === undefined && day === undefined) return clock || undefined;
  if (year === undefined || month === undefined || day === undefined || day > daysOf(year, month)) return undefined;
  const date = [year, ...twoDigits(month), ...twoDigits(day)].join("-");
  return clock ? `${date}T${clock}` : date;
}

/** Days of a month, 1 to 12. */
export function daysOf(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/**
 * Encodes what `decodeTime` of the same length reads; undefined when a field does not fit or no type has that length.
 * The 31st of every month of every year is FFFF, which says "no date", and does not fit either.
 */
export function encodeTime(time: CalendarTime, length: number): Uint8Array | undefined {
  const fits = ranges.every(([field, smallest, largest]) => {
    const value = time[field];
    return value === undefined || (Number.isInteger(value) && within(value, smallest, largest) !== undefined);
  });
  if (!fits) return undefined;
  const { hour = everyHour, minute = everyMinute, second = everyMinute } = time;
  const date = encodeDate(time);
  if (date[0] === 0xff && date[1] === 0xff) return undefined;
  const century = time.year === undefined ? 0 : Math.floor(time.year / 100) - 19;
  const clock = (time.summerTime ? 0x80 : 0) | (century << 5) | hour;
  switch (length) {
    case 2:
      return Uint8Array.of(...date);
    case 3:
      return Uint8Array.of(second, minute, hour);
    case 4:
      return Uint8Array.of(minute | (time.invalid ? invalidBit : 0), clock, ...date);
    case 6:
      return Uint8Array.of(
        second | (time.summerTime ? 0x40 : 0),
        minute | (time.invalid ? invalidBit : 0),
        hour | ((time.weekday ?? 0) << 5),
        ...date,
        time.week ?? 0,
      );
    default:
      return undefined;
  }
}

/** Type G: day 5 bits, year 3, month 4, year 4. FFFF is no date at all. */
function decodeDate(bytes: Uint8Array, at: number, century = 0): CalendarTime {
  const [low, high] = [bytes[at]!, bytes[at + 1]!];
  if (low === 0xff && high === 0xff) return {};
  const year = ((high & 0xf0) >> 1) | (low >> 5);
  return { year: yearOf(year, century), month: within(high & 0x0f, 1, 12), day: within(low & 0x1f, 1, 31) };
}

/** Type F. */
function decodeMinutes(bytes: Uint8Array, at: number): CalendarTime {
  const [minute, hour] = [bytes[at]!, bytes[at + 1]!];
  const { year, month, day } = decodeDate(bytes, at + 2, (hour >> 5) & 3);
  return {
    year,
    month,
    day,
    hour: within(hour & 0x1f, 0, 23),
    minute: within(minute & 0x3f, 0, 59),
    summerTime: (hour & 0x80) !== 0,
    invalid: (minute & invalidBit) !== 0,
  };
}

/** Type I. */
function decodeSeconds(bytes: Uint8Array, at: number): CalendarTime {
  const [second, minute, hour] = [bytes[at]!, bytes[at + 1]!, bytes[at + 2]!];
  const { year, month, day } = decodeDate(bytes, at + 3);
  return {
    year,
    month,
    day,
    hour: within(hour & 0x1f, 0, 23),
    minute: within(minute & 0x3f, 0, 59),
    second: within(second & 0x3f, 0, 59),
    weekday: within(hour >> 5, 1, 7),
    week: within(bytes[at + 5]! & 0x3f, 1, 53),
    summerTime: (second & 0x40) !== 0,
    invalid: (minute & invalidBit) !== 0,
  };
}

/** 127 is every year. Meters without a century mean 2000 to 2080 by 0 to 80, and 1981 to 1999 by the rest. */
function yearOf(year: number, century: number): number | undefined {
  if (year > 99) return undefined;
  if (century > 0) return 1900 + century * 100 + year;
  return year <= lastYearOfThisCentury ? 2000 + year : 1900 + year;
}

function encodeDate({ year, month = everyMonth, day = everyDay }: CalendarTime): [number, number] {
  const short = year === undefined ? everyYear : year % 100;
  return [day | ((short & 7) << 5), month | ((short >> 3) << 4)];
}

function within(value: number, smallest: number, largest: number): number | undefined {
  return value >= smallest && value <= largest ? value : undefined;
}

function twoDigits(value: number | undefined): string[] {
  return value === undefined ? [] : [String(value).padStart(2, "0")];
}

/** What can be written; years beyond need a century, which most types do not have. */
const ranges = [
  ["year", 1981, 2080],
  ["month", 1, 12],
  ["day", 1, 31],
  ["hour", 0, 23],
  ["minute", 0, 59],
  ["second", 0, 59],
  ["weekday", 1, 7],
  ["week", 1, 53],
] as const;

const invalidBit = 0x80;
const lastYearOfThisCentury = 80;
const [everyYear, everyMonth, everyDay, everyHour, everyMinute] = [127, 15, 0, 31, 63];
