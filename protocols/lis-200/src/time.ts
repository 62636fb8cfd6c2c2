/**
 * A meter's own time, without a zone: on the line `2021-03-01,06:00:00`, here `2021-03-01T06:00:00`. Which instant it is
 * depends on the zone its clock keeps, which only the caller knows.
 */
import { lis200Error } from "./errors.ts";

/** `2021-03-01T06:00:00`; sorts as it reads. */
export type MeterTime = string;

/** @throws ProtocolError `time_invalid` for anything that is no day of the calendar or no time of a day */
export function parseTime(text: string): MeterTime {
  const time = findTime(text);
  if (time === undefined) throw lis200Error("time_invalid", { text });
  return time;
}

/** The time a text is; undefined when it is none. */
export function findTime(text: string): MeterTime | undefined {
  const match = timeForm.exec(text.trim());
  if (!match) return undefined;
  const [, year, month, day, time] = match as unknown as readonly [string, string, string, string, string];
  if (Number(day) > daysOfMonth(Number(year), Number(month))) return undefined;
  return `${year}-${month}-${day}T${time}`;
}

/** As a meter writes and reads it. @throws ProtocolError `time_invalid` */
export function timeText(time: MeterTime): string {
  return parseTime(time.slice(0, 19)).replace("T", ",");
}

const timeForm = /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[,T ]((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)$/;

function daysOfMonth(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}
