/**
 * Times of a Corus: 32 bits, least significant byte first, without a zone. Second in bits 0-5, minute 6-11, hour 12-16,
 * day 17-21, month 22-25, years since 2000 in bits 26-31. Here they are text: "2026-03-01T06:00:00".
 */
import { iFlagError } from "../errors.ts";

/** @returns the time; undefined for none (0), and for bits that are no time of any calendar */
export function meterTimeOf(bits: number): string | undefined {
  const second = bits & 0x3f;
  const minute = (bits >>> 6) & 0x3f;
  const hour = (bits >>> 12) & 0x1f;
  const day = (bits >>> 17) & 0x1f;
  const month = (bits >>> 22) & 0x0f;
  const year = 2000 + (bits >>> 26);
  if (second > 59 || minute > 59 || hour > 23 || month < 1 || month > 12) return undefined;
  if (day < 1 || day > daysOf(year, month)) return undefined;
  return `${year}-${twoDigits[month]}-${twoDigits[day]}T${twoDigits[hour]}:${twoDigits[minute]}:${twoDigits[second]}`;
}

/** @throws ProtocolError `date_invalid` for text that is no time from 2000 to 2063 */
export function bitsOfMeterTime(text: string): number {
  const fields = pattern.exec(text)?.slice(1).map(Number);
  if (!fields) throw iFlagError("date_invalid", { text });
  const [year, month, day, hour, minute, second] = fields as [number, number, number, number, number, number];
  const bits = (((year - 2000) << 26) | (month << 22) | (day << 17) | (hour << 12) | (minute << 6) | second) >>> 0;
  // What does not fit its bits, or is no day of the calendar, does not read back as the same.
  if (year < 2000 || year > 2063 || meterTimeOf(bits) !== text) throw iFlagError("date_invalid", { text });
  return bits;
}

const pattern = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)$/;
const twoDigits = Array.from({ length: 64 }, (_, value) => String(value).padStart(2, "0"));

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
