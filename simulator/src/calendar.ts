/** Whole days and weeks of UTC, counted from 1970, and the neighbourhood's wall clock: all that habits depend on. */

export const minuteMilliseconds = 60_000;
export const dayMilliseconds = 86_400_000;

/** Days since 1970-01-01 of an instant in milliseconds. */
export function dayOf(instant: number): number {
  return Math.floor(instant / dayMilliseconds);
}

/** Weeks since the Monday before 1970-01-01. */
export function weekOf(day: number): number {
  return Math.floor((day + 3) / 7);
}

/** The Monday of a week, in days since 1970-01-01. */
export function mondayOf(week: number): number {
  return week * 7 - 3;
}

/** 0 = Monday … 6 = Sunday. */
export function weekdayOf(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

/** Where in the year a day lies, 0–1; leap days shift it by less than anyone sees. */
export function yearFraction(day: number): number {
  const years = day / 365.2425;
  return years - Math.floor(years);
}

/** People live by central European standard time the whole year: shapes need no more of a zone than that. */
export const livingOffsetMinutes = 60;
