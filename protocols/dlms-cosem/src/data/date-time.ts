/**
 * COSEM date, time and date-time (Blue Book, "date and time formats"): 5, 4 and 12 bytes in which every field may be
 * unspecified. An absent property is an unspecified field; the wildcard days and months keep their own names.
 *
 * Fields are taken as they are: meters send all zeros for "never", hour 24, a weekday that contradicts the date. What
 * is no instant becomes undefined in `toEpochMilliseconds`, and any 12 bytes encode back to themselves.
 */
import type { ByteReader } from "../bytes/byte-reader.ts";
import { ByteWriter } from "../bytes/byte-writer.ts";
import { dlmsError } from "../errors.ts";
import { decodeWhole } from "./whole.ts";

/** Day of month; "last" and "second-last" are FE and FD. */
export type CosemDay = number | "last" | "second-last";
/** Month; "daylight-saving-end" and "daylight-saving-begin" are FD and FE. */
export type CosemMonth = number | "daylight-saving-begin" | "daylight-saving-end";

export interface CosemDate {
  readonly year?: number;
  readonly month?: CosemMonth;
  readonly day?: CosemDay;
  /** 1 = Monday … 7 = Sunday. */
  readonly weekday?: number;
}

export interface CosemTime {
  readonly hour?: number;
  readonly minute?: number;
  readonly second?: number;
  readonly hundredths?: number;
}

export interface CosemDateTime extends CosemDate, CosemTime {
  /** Minutes to add to local time to get UTC (so CET is -60); absent when unspecified (8000). */
  readonly deviation?: number;
  /** Clock status bits; absent when unspecified (FF), which is neither "good" nor "all bits set". */
  readonly status?: ClockStatus;
}

export interface ClockStatus {
  readonly invalidValue: boolean;
  readonly doubtfulValue: boolean;
  readonly differentClockBase: boolean;
  readonly invalidClockStatus: boolean;
  readonly daylightSavingActive: boolean;
  /** Bits the standard reserves (10, 20, 40), when a meter sets any. */
  readonly reserved?: number;
}

/** Decodes 12 bytes, the content of an octet-string or date-time. */
export function decodeDateTime(bytes: Uint8Array): CosemDateTime {
  return decodeWhole(bytes, "a date-time", readDateTime);
}

/** Decodes 5 bytes. */
export function decodeDate(bytes: Uint8Array): CosemDate {
  return decodeWhole(bytes, "a date", readDate);
}

/** Decodes 4 bytes. */
export function decodeTime(bytes: Uint8Array): CosemTime {
  return decodeWhole(bytes, "a time", readTime);
}

/** Encodes to 12 bytes. Throws `value_not_encodable` naming a field that does not fit its bytes. */
export function encodeDateTime(value: CosemDateTime): Uint8Array {
  const writer = new ByteWriter(12);
  writeDateTime(writer, value);
  return writer.finish();
}

/** Encodes to 5 bytes. */
export function encodeDate(value: CosemDate): Uint8Array {
  const writer = new ByteWriter(5);
  writeDate(writer, value);
  return writer.finish();
}

/** Encodes to 4 bytes. */
export function encodeTime(value: CosemTime): Uint8Array {
  const writer = new ByteWriter(4);
  writeTime(writer, value);
  return writer.finish();
}

export function readDateTime(reader: ByteReader): CosemDateTime {
  const year = reader.unsigned16("a year");
  const month = reader.unsigned8("a month");
  const day = reader.unsigned8("a day of month");
  const weekday = reader.unsigned8("a day of week");
  const hour = reader.unsigned8("an hour");
  const minute = reader.unsigned8("a minute");
  const second = reader.unsigned8("a second");
  const hundredths = reader.unsigned8("hundredths of a second");
  const deviation = reader.signed16("a deviation");
  const status = reader.unsigned8("a clock status");
  const value: Writable<CosemDateTime> = {};
  setDate(value, year, month, day, weekday);
  setTime(value, hour, minute, second, hundredths);
  if (deviation !== unspecifiedDeviation) value.deviation = deviation;
  if (status !== unspecified) value.status = clockStatusFromBits(status);
  return value;
}

export function readDate(reader: ByteReader): CosemDate {
  const value: Writable<CosemDate> = {};
  const year = reader.unsigned16("a year");
  const month = reader.unsigned8("a month");
  const day = reader.unsigned8("a day of month");
  setDate(value, year, month, day, reader.unsigned8("a day of week"));
  return value;
}

export function readTime(reader: ByteReader): CosemTime {
  const value: Writable<CosemTime> = {};
  const hour = reader.unsigned8("an hour");
  const minute = reader.unsigned8("a minute");
  const second = reader.unsigned8("a second");
  setTime(value, hour, minute, second, reader.unsigned8("hundredths of a second"));
  return value;
}

export function writeDateTime(writer: ByteWriter, value: CosemDateTime): void {
  writeDate(writer, value);
  writeTime(writer, value);
  writer.unsigned16(inRange("deviation", value.deviation ?? unspecifiedDeviation, unspecifiedDeviation, 0x7fff));
  writer.unsigned8(value.status === undefined ? unspecified : bitsFromClockStatus(value.status));
}

export function writeDate(writer: ByteWriter, value: CosemDate): void {
  writer.unsigned16(inRange("year", value.year ?? unspecifiedYear, 0, unspecifiedYear));
  writer.unsigned8(typeof value.month === "string" ? monthNames[value.month] : byte("month", value.month));
  writer.unsigned8(typeof value.day === "string" ? dayNames[value.day] : byte("day", value.day));
  writer.unsigned8(byte("weekday", value.weekday));
}

export function writeTime(writer: ByteWriter, value: CosemTime): void {
  writer.unsigned8(byte("hour", value.hour));
  writer.unsigned8(byte("minute", value.minute));
  writer.unsigned8(byte("second", value.second));
  writer.unsigned8(byte("hundredths", value.hundredths));
}

/** The status byte's bits by name (class 8 attribute 4); FF is unspecified, not a status: check before. */
export function clockStatusFromBits(bits: number): ClockStatus {
  const status = {
    invalidValue: (bits & 0x01) !== 0,
    doubtfulValue: (bits & 0x02) !== 0,
    differentClockBase: (bits & 0x04) !== 0,
    invalidClockStatus: (bits & 0x08) !== 0,
    daylightSavingActive: (bits & 0x80) !== 0,
  };
  const reserved = bits & 0x70;
  return reserved === 0 ? status : { ...status, reserved };
}

export function bitsFromClockStatus(status: ClockStatus): number {
  return (
    (status.invalidValue ? 0x01 : 0) |
    (status.doubtfulValue ? 0x02 : 0) |
    (status.differentClockBase ? 0x04 : 0) |
    (status.invalidClockStatus ? 0x08 : 0) |
    (status.daylightSavingActive ? 0x80 : 0) |
    ((status.reserved ?? 0) & 0x70)
  );
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

const unspecified = 0xff;
const unspecifiedYear = 0xffff;
const unspecifiedDeviation = -0x8000;
const monthNames = { "daylight-saving-end": 0xfd, "daylight-saving-begin": 0xfe } as const;
const dayNames = { "second-last": 0xfd, last: 0xfe } as const;

function setDate(value: Writable<CosemDate>, year: number, month: number, day: number, weekday: number): void {
  if (year !== unspecifiedYear) value.year = year;
  if (month < 0xfd) value.month = month;
  else if (month === monthNames["daylight-saving-end"]) value.month = "daylight-saving-end";
  else if (month === monthNames["daylight-saving-begin"]) value.month = "daylight-saving-begin";
  if (day < 0xfd) value.day = day;
  else if (day === dayNames["second-last"]) value.day = "second-last";
  else if (day === dayNames.last) value.day = "last";
  if (weekday !== unspecified) value.weekday = weekday;
}

function setTime(value: Writable<CosemTime>, hour: number, minute: number, second: number, hundredths: number): void {
  if (hour !== unspecified) value.hour = hour;
  if (minute !== unspecified) value.minute = minute;
  if (second !== unspecified) value.second = second;
  if (hundredths !== unspecified) value.hundredths = hundredths;
}

function byte(field: string, value: number | undefined): number {
  return value === undefined ? unspecified : inRange(field, value, 0, 0xff);
}

function inRange(field: string, value: number, smallest: number, largest: number): number {
  if (Number.isInteger(value) && value >= smallest && value <= largest) return value;
  throw dlmsError("value_not_encodable", {
    what: `The ${field} ${value} of a date and time`,
    reason: `it must be a whole number from ${smallest} to ${largest}`,
  });
}
