import { instantLimits, millisecondsOf } from "../timestamp.ts";

/** Bytes of a field, from `start` to `end`; `start` is -1 while the field is missing. */
export interface Span {
  start: number;
  end: number;
}

const [quote, backslash, comma, colon, openBrace, closeBrace] = [0x22, 0x5c, 0x2c, 0x3a, 0x7b, 0x7d];
const [space, tab, newline, carriageReturn] = [0x20, 0x09, 0x0a, 0x0d];
const [zero, nine, minus, plus, point, letterT, letterZ] = [0x30, 0x39, 0x2d, 0x2b, 0x2e, 0x54, 0x5a];

/** FNV-1a, 32 bits. */
const hashSeed = 0x811c9dc5 | 0;
function hashStep(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193);
}

/**
 * Reads one reading from the bytes of a JSON object without making a string: the way nearly every line is written. What
 * is written otherwise (escapes, other fields, times without an offset, exponents) is answered with `false` and left to
 * a whole JSON parser; so is everything that is wrong. After `true`, the fields tell where things are.
 */
export class ReadingLine {
  readonly device: Span = { start: -1, end: -1 };
  readonly series: Span = { start: -1, end: -1 };
  readonly organization: Span = { start: -1, end: -1 };
  readonly value: Span = { start: -1, end: -1 };
  /** Milliseconds since 1970, UTC. */
  timestamp = 0;
  /** Of the names, in the order organization, device, series. */
  get hash(): number {
    return hashStep(hashStep(this.#organizationHash, 0) ^ this.#deviceHash, 0) ^ Math.imul(this.#seriesHash, 31);
  }

  #bytes: Uint8Array = new Uint8Array();
  #at = 0;
  #end = 0;
  #lastHash = 0;
  #deviceHash = 0;
  #seriesHash = 0;
  #organizationHash = 0;
  #timed = false;

  /** @returns whether the bytes from `start` to `end` are a reading in the ordinary form */
  parse(bytes: Uint8Array, start: number, end: number): boolean {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#timed = false;
    this.#organizationHash = 0;
    this.device.start = this.series.start = this.organization.start = this.value.start = -1;
    if (!this.#take(openBrace)) return false;
    do {
      if (!this.#field()) return false;
    } while (this.#take(comma));
    if (!this.#take(closeBrace)) return false;
    this.#skipBlanks();
    const complete = this.device.start >= 0 && this.series.start >= 0 && this.value.start >= 0 && this.#timed;
    return complete && this.#at === this.#end;
  }

  /** One `"name": value`. The four names differ in length, and the fifth from all of them. */
  #field(): boolean {
    if (!this.#take(quote)) return false;
    const start = this.#at;
    const end = this.#stringEnd();
    if (end < 0 || !this.#take(colon)) return false;
    switch (end - start) {
      case 17:
        if (this.device.start >= 0 || !this.#is(start, deviceName) || !this.#name(this.device)) return false;
        this.#deviceHash = this.#lastHash;
        return true;
      case 11:
        if (this.series.start >= 0 || !this.#is(start, seriesName) || !this.#name(this.series)) return false;
        this.#seriesHash = this.#lastHash;
        return true;
      case 12:
        if (this.organization.start >= 0 || !this.#is(start, organizationName)) return false;
        if (!this.#name(this.organization)) return false;
        this.#organizationHash = this.#lastHash;
        return true;
      case 9:
        return !this.#timed && this.#is(start, timestampName) && this.#timestamp();
      case 5:
        return this.value.start < 0 && this.#is(start, valueName) && this.#value();
      default:
        return false;
    }
  }

  #name(span: Span): boolean {
    if (!this.#take(quote)) return false;
    span.start = this.#at;
    span.end = this.#stringEnd();
    return span.end >= 0;
  }

  /** Goes over a string's bytes to behind its closing quote, hashing them. @returns where it ends, or -1 */
  #stringEnd(): number {
    const bytes = this.#bytes;
    let hash = hashSeed;
    for (let at = this.#at; at < this.#end; at++) {
      const byte = bytes[at]!;
      if (byte === quote) {
        this.#at = at + 1;
        this.#lastHash = hash;
        return at;
      }
      if (byte === backslash || byte < space) return -1;
      hash = hashStep(hash, byte);
    }
    return -1;
  }

  /** Plain digits, in quotes or as a JSON number: at most 12 before and 6 after the point. */
  #value(): boolean {
    const quoted = this.#take(quote);
    const bytes = this.#bytes;
    let at = this.#at;
    this.value.start = at;
    if (bytes[at] === minus) at++;
    const whole = at;
    while (isDigit(bytes[at]!)) at++;
    const digits = at - whole;
    if (digits === 0 || digits > 12 || (!quoted && digits > 1 && bytes[whole] === zero)) return false;
    if (bytes[at] === point) {
      const fraction = ++at;
      while (isDigit(bytes[at]!)) at++;
      if (at === fraction || at - fraction > 6) return false;
    }
    if (at > this.#end) return false;
    this.value.end = at;
    this.#at = at;
    // A bare number must end here too: what follows is checked by the caller.
    return !quoted || (bytes[at] === quote && ++this.#at > 0);
  }

  /** `"YYYY-MM-DDThh:mm:ss[.f…]"` with `Z`, `±hh:mm` or `±hhmm`. */
  #timestamp(): boolean {
    if (!this.#take(quote)) return false;
    const bytes = this.#bytes;
    const start = this.#at;
    const separators = bytes[start + 4] === minus && bytes[start + 7] === minus && bytes[start + 10] === letterT;
    if (!separators || bytes[start + 13] !== colon || bytes[start + 16] !== colon) return false;
    const year = this.#two(start) * 100 + this.#two(start + 2);
    const [month, day, hour] = [this.#two(start + 5), this.#two(start + 8), this.#two(start + 11)];
    let at = start + 19;
    let millisecond = 0;
    if (bytes[at] === point) {
      const fraction = ++at;
      while (isDigit(bytes[at]!)) at++;
      if (at === fraction || at - fraction > 9) return false;
      for (let index = 0; index < 3; index++) {
        millisecond = millisecond * 10 + (fraction + index < at ? bytes[fraction + index]! - zero : 0);
      }
    }
    const instant = millisecondsOf(year, month, day, hour, this.#two(start + 14), this.#two(start + 17), millisecond);
    const offset = this.#offset(at);
    this.timestamp = instant - offset;
    this.#timed = true;
    // NaN, from digits that are none, compares as false.
    const inRange = this.timestamp >= instantLimits.earliest && this.timestamp <= instantLimits.latest;
    return inRange && bytes[this.#at] === quote && ++this.#at <= this.#end;
  }

  /** @returns the offset in milliseconds, or NaN; and goes behind it */
  #offset(at: number): number {
    const sign = this.#bytes[at];
    if (sign === letterZ) {
      this.#at = at + 1;
      return 0;
    }
    if (sign !== plus && sign !== minus) return Number.NaN;
    const minutes = this.#bytes[at + 3] === colon ? at + 4 : at + 3;
    const [hours, rest] = [this.#two(at + 1), this.#two(minutes)];
    if (!(hours <= 23 && rest <= 59)) return Number.NaN;
    this.#at = minutes + 2;
    return (sign === plus ? 1 : -1) * (hours * 60 + rest) * 60_000;
  }

  /** Two digits, or NaN. */
  #two(at: number): number {
    const [high, low] = [this.#bytes[at]!, this.#bytes[at + 1]!];
    return isDigit(high) && isDigit(low) ? (high - zero) * 10 + low - zero : Number.NaN;
  }

  #is(start: number, name: Uint8Array): boolean {
    for (let index = 0; index < name.length; index++) if (this.#bytes[start + index] !== name[index]) return false;
    return true;
  }

  #take(byte: number): boolean {
    this.#skipBlanks();
    if (this.#at >= this.#end || this.#bytes[this.#at] !== byte) return false;
    this.#at++;
    return true;
  }

  #skipBlanks(): void {
    while (this.#at < this.#end && isBlank(this.#bytes[this.#at]!)) this.#at++;
  }
}

const deviceName = Buffer.from("meter_device_name");
const seriesName = Buffer.from("series_name");
const organizationName = Buffer.from("organization");
const timestampName = Buffer.from("timestamp");
const valueName = Buffer.from("value");

function isDigit(byte: number): boolean {
  return byte >= zero && byte <= nine;
}

export function isBlank(byte: number): boolean {
  return byte === space || byte === tab || byte === carriageReturn || byte === newline;
}
