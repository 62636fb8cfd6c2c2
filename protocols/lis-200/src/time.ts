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
  const [, date, time] = timeForm.exec(text.trim()) ?? [];
  if (date === undefined || time === undefined) return undefined;
  const candidate = `${date}T${time}`;
  const instant = new Date(`${candidate}Z`);
  // Date rolls 31 April over to 1 May; a rolled date does not read as it was written.
  const exists = !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(candidate);
  return exists ? candidate : undefined;
}

/** As a meter writes and reads it. @throws ProtocolError `time_invalid` */
export function timeText(time: MeterTime): string {
  return parseTime(time.slice(0, 19)).replace("T", ",");
}

const timeForm = /^(\d{4}-\d\d-\d\d)[,T ](\d\d:\d\d:\d\d)$/;
