/** `yyyy-MM-dd HH:mm:ss`, 24 hours, in the peer's zone (section 3.5.3, notes). */
import type { LocalDateTime } from "@anymeter/sans-io";
import type { Zone } from "../zone.ts";

/** A date and time as UDIL writes it; `T` for the blank and missing seconds are taken too. undefined: it is none. */
export function parseLocalDateTime(text: string): LocalDateTime | undefined {
  const found = pattern.exec(text);
  if (found === null) return undefined;
  const [, year, month, day, hour = "0", minute = "0", second = "0"] = found;
  const local = {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
  };
  return exists(local) ? local : undefined;
}

/** `0000-00-00 00:00:00` and its like: no time at all (register, 17). */
export function isZeroDate(text: string): boolean {
  return text.startsWith("0000-00-00") || text.startsWith("0001-01-01");
}

/** Reads and writes times of one peer. Neighbouring rows have the same minutes, so those are converted once. */
export class DateTimes {
  readonly #zone: Zone;
  readonly #instants = new Map<string, number>();
  readonly #texts = new Map<number, string>();

  constructor(zone: Zone) {
    this.#zone = zone;
  }

  /** The instant of text in UDIL's form; undefined: it is none. */
  parse(text: string): number | undefined {
    if (text.length !== 19) return this.#parseLoosely(text);
    const second = twoDigits(text, 17);
    if (!(second < 60) || text.charCodeAt(16) !== colon) return undefined;
    const minute = text.slice(0, 16);
    let instant = this.#instants.get(minute);
    if (instant === undefined) {
      const local = parseLocalDateTime(minute);
      if (local === undefined) return undefined;
      instant = this.#zone.toInstant(local);
      if (this.#instants.size >= mostKept) this.#instants.clear();
      this.#instants.set(minute, instant);
    }
    return instant + second * 1000;
  }

  /** Text of an instant, parts of a second dropped. */
  format(instant: number): string {
    const minute = Math.floor(instant / 60_000);
    let text = this.#texts.get(minute);
    if (text === undefined) {
      const { year, month, day, hour, minute: minutes } = this.#zone.toLocal(minute * 60_000);
      text = `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)} ${digits(hour, 2)}:${digits(minutes, 2)}:`;
      if (this.#texts.size >= mostKept) this.#texts.clear();
      this.#texts.set(minute, text);
    }
    const second = Math.floor(instant / 1000) - minute * 60;
    return second < 10 ? `${text}0${second}` : `${text}${second}`;
  }

  #parseLoosely(text: string): number | undefined {
    const local = parseLocalDateTime(text);
    return local === undefined ? undefined : this.#zone.toInstant(local);
  }
}

/** `HH:mm:ss` of a time of day with or without seconds; undefined: it is none. */
export function timeOfDay(text: string): string | undefined {
  const found = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text);
  if (found === null) return undefined;
  const [, hour = "", minute = "", second = "00"] = found;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  return `${hour.padStart(2, "0")}:${minute}:${second}`;
}

const pattern = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?)?$/;

function exists({ year, month, day, hour, minute, second }: LocalDateTime): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return false;
  return day <= new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}

function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - zero;
  const ones = text.charCodeAt(at + 1) - zero;
  return tens >= 0 && tens < 10 && ones >= 0 && ones < 10 ? tens * 10 + ones : Number.NaN;
}

const digits = (value: number, length: number) => String(value).padStart(length, "0");
const zero = 0x30;
const colon = 0x3a;
/** Minutes kept of each direction; a month of one meter's quarters is 3,000. */
const mostKept = 20_000;
