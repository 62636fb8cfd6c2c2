/** Why a row was written: a 16-bit number in hexadecimal, `0x8105`. */
import { lis200Error } from "../errors.ts";

export interface EventEntry {
  /** 0 to 0xFFFF. */
  readonly number: number;
  /** A measuring period ended, the usual reason; the low byte says which period. */
  readonly endOfPeriod: boolean;
}

/** @throws ProtocolError `event_invalid` */
export function parseEvent(text: string): EventEntry {
  const [, digits] = /^(?:0?x)?([0-9A-F]{1,4})$/i.exec(text.trim()) ?? [];
  if (digits === undefined) throw lis200Error("event_invalid", { text });
  const number = Number.parseInt(digits, 16);
  return { number, endOfPeriod: number >> 8 === endOfPeriodGroup };
}

/** True for the form that only events have: 0x and four digits. */
export function isEventText(text: string): boolean {
  return text.length === 6 && /^0x[0-9A-F]{4}$/i.test(text);
}

/** 0x8104 → "0x8104" */
export function eventText(number: number): string {
  return `0x${number.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** High byte of the events of ended periods; seen are 0x8104 (EK) and 0x8105 (DL). */
const endOfPeriodGroup = 0x81;
