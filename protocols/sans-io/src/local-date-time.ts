/** A date and time as a clock on the wall shows it. */
export interface LocalDateTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** Milliseconds since 1970 as if the local time were UTC; a month, day, hour or minute past its range runs over into the next. */
export function localMilliseconds({ year, month, day, hour, minute, second }: LocalDateTime): number {
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** The time that a clock shows so many milliseconds after 1970 if its local time were UTC; parts of a second are dropped. */
export function localDateTimeOf(milliseconds: number): LocalDateTime {
  const date = new Date(milliseconds);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
  };
}
