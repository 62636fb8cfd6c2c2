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
  /** The meter says that it keeps summer time now. */
  readonly summerTime?: boolean | undefined;
  /** The meter itself says that its clock is not right. */
  readonly invalid?: boolean | undefined;
  /** Minutes from UTC, in the one type that has it (M). */
  readonly utcOffsetMinutes?: number | undefined;
}
