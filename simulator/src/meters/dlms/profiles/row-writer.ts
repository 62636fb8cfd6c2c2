/**
 * Writes profile rows as A-XDR, by hand and not with the codec of the protocol library: it is the hot path of the
 * simulator, and an error in the library's encoder must not hide the same error in its decoder.
 */
import { isDaylightSaving, zoneOffset } from "../../zone.ts";
import type { ClockHabit } from "../makes.ts";

export type CellType =
  | "unsigned"
  | "long"
  | "long-unsigned"
  | "double-long-unsigned"
  | "long64-unsigned"
  | "octet-string";

export class RowWriter {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  structure(count: number): void {
    this.#grow(2);
    this.#bytes[this.#length++] = 0x02;
    this.#bytes[this.#length++] = count;
  }

  nullData(): void {
    this.#grow(1);
    this.#bytes[this.#length++] = 0x00;
  }

  /** A number; octet-strings are written by `octets`. */
  cell(type: CellType, value: number): void {
    this.#grow(9);
    const at = this.#length + 1;
    switch (type) {
      case "unsigned":
        this.#bytes[this.#length] = 0x11;
        this.#bytes[at] = value;
        this.#length += 2;
        return;
      case "long":
        this.#bytes[this.#length] = 0x10;
        this.#view.setInt16(at, value);
        this.#length += 3;
        return;
      case "long-unsigned":
        this.#bytes[this.#length] = 0x12;
        this.#view.setUint16(at, value);
        this.#length += 3;
        return;
      case "double-long-unsigned":
        this.#bytes[this.#length] = 0x06;
        this.#view.setUint32(at, value);
        this.#length += 5;
        return;
      case "long64-unsigned":
        this.#bytes[this.#length] = 0x15;
        this.#view.setBigUint64(at, BigInt(value));
        this.#length += 9;
    }
  }

  /** An octet-string of less than 128 bytes. */
  octets(octets: Uint8Array): void {
    this.#grow(2 + octets.length);
    this.#bytes[this.#length] = 0x09;
    this.#bytes[this.#length + 1] = octets.length;
    this.#bytes.set(octets, this.#length + 2);
    this.#length += 2 + octets.length;
  }

  /** An octet-string with a date-time; `time` is milliseconds UTC. */
  clock(time: number, habit: ClockHabit): void {
    this.#grow(14);
    this.#bytes[this.#length] = 0x09;
    this.#bytes[this.#length + 1] = 12;
    writeMeterTime(this.#view, this.#length + 2, time, habit);
    this.#length += 14;
  }

  #grow(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(this.#bytes.length * 2);
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

/** The 12 bytes of a date-time as this make writes it. */
export function meterTime(time: number, habit: ClockHabit): Uint8Array {
  const bytes = new Uint8Array(12);
  writeMeterTime(new DataView(bytes.buffer), 0, time, habit);
  return bytes;
}

/** year(2) month day weekday hour minute second hundredths deviation(2) status. */
function writeMeterTime(view: DataView, at: number, time: number, habit: ClockHabit): void {
  const offset = zoneOffset(habit.zone, time);
  const local = new Date(time + offset * 60_000);
  view.setUint16(at, local.getUTCFullYear());
  view.setUint8(at + 2, local.getUTCMonth() + 1);
  view.setUint8(at + 3, local.getUTCDate());
  view.setUint8(at + 4, local.getUTCDay() || 7);
  view.setUint8(at + 5, local.getUTCHours());
  view.setUint8(at + 6, local.getUTCMinutes());
  view.setUint8(at + 7, local.getUTCSeconds());
  view.setUint8(at + 8, Math.floor(local.getUTCMilliseconds() / 10));
  view.setInt16(at + 9, habit.deviation === "given" ? -offset : unspecifiedDeviation);
  view.setUint8(at + 11, habit.status === "given" ? (isDaylightSaving(habit.zone, time) ? 0x80 : 0) : 0xff);
}

const unspecifiedDeviation = -0x8000;
