/**
 * The types of parameters and record columns. Whole numbers are numbers; what has a decimal point is decimal text, never
 * computed; bytes that are all FF are no value (undefined). Least significant byte first everywhere.
 */
import { ByteReader, ByteWriter, commonError, decimalFromFloat32, scale } from "@anymeter/sans-io";
import { type Alarm, alarmLength, readAlarm, writeAlarm } from "./alarm.ts";
import { digitsAt, fixedPoint } from "./decimals.ts";
import { bitsOfMeterTime, meterTimeOf } from "./meter-time.ts";

/** What a value of each type is here. */
export interface ValueOf {
  readonly byte: number;
  readonly word: number;
  /** 24 bits. */
  readonly eword: number;
  readonly ulong: number;
  /** 40 bits. */
  readonly eulong: number;
  /** IEEE 754, single: the fewest digits that read back as the same float. */
  readonly float: string;
  /** Hundredths, signed: temperatures of records. */
  readonly float1: string;
  /** Bits 0-14 × 10^(bit 15 − 3): pressures of records. */
  readonly float2: string;
  /** Bits 0-13 × 10^(bits 14-15 + the Float3 exponent): flows of records. */
  readonly float3: string;
  /** A whole part of 32 bits and a fraction of 32 bits in 1/10^8. */
  readonly index: string;
  /** A whole part of 40 bits and a fraction of 32 bits in 1/10^8. */
  readonly index9: string;
  /** "2026-03-01T06:00:00", without a zone. */
  readonly date: string;
  /** Eight characters of Latin-1 at most. */
  readonly string: string;
  readonly alarm: Alarm;
  /** A parameter's value as it stands in a log, in the parameter's own type. */
  readonly raw: Uint8Array;
}
export type ValueType = keyof ValueOf;
export type Value = ValueOf[ValueType];

/**
 * What is added to the exponent bits of a Float3. The published clients disagree: −1 in the code of iflag 1.0, −2 in its
 * comment and in its release 0.2; so it is a switch, to be checked on a device by its flow against the display.
 */
export type Float3Exponent = -1 | -2;
export const usualFloat3Exponent: Float3Exponent = -1;

export interface ValueTypeEntry<Kept> {
  readonly length: number;
  /** The type in words. */
  readonly meaning: string;
  decode(bytes: Uint8Array, at: number, float3Exponent: Float3Exponent): Kept | undefined;
  encode(value: Kept, writer: ByteWriter, float3Exponent: Float3Exponent): void;
}

/** A number of a record as digits before the decimal point is set, so that pulses can be weighted exactly. */
export interface Digits {
  mantissa(bytes: Uint8Array, at: number): number;
  exponent(bytes: Uint8Array, at: number, float3Exponent: Float3Exponent): number;
}

const whole = (length: number, meaning: string): ValueTypeEntry<number> & Digits => ({
  length,
  meaning,
  decode: (bytes, at) => unsignedAt(bytes, at, length),
  encode(value, writer) {
    if (!Number.isInteger(value) || value < 0 || value >= 256 ** length) throw notEncodable(value, meaning);
    writer.unsignedLE(value, length);
  },
  mantissa: (bytes, at) => unsignedAt(bytes, at, length),
  exponent: () => 0,
});

/** A number in 16 bits with exponents to choose from, the finest that holds it. */
const scaled = (
  meaning: string,
  digits: Digits,
  range: readonly [smallest: number, greatest: number],
  exponents: number,
  place: (mantissa: number, exponentBits: number) => number,
): ValueTypeEntry<string> & Digits => ({
  length: 2,
  meaning,
  decode: (bytes, at, float3Exponent) => scale(digits.mantissa(bytes, at), digits.exponent(bytes, at, float3Exponent)),
  encode(value, writer, float3Exponent) {
    for (let bits = 0; bits < exponents; bits++) {
      const raw = place(0, bits);
      const exponent = digits.exponent(Uint8Array.of(raw & 0xff, raw >> 8), 0, float3Exponent);
      const mantissa = digitsAt(value, exponent);
      if (mantissa === undefined || mantissa < range[0] || mantissa > range[1]) continue;
      writer.unsigned16LE(place(mantissa, bits) & 0xffff);
      return;
    }
    throw notEncodable(value, meaning);
  },
  ...digits,
});

const index = (wholeLength: number, meaning: string): ValueTypeEntry<string> => ({
  length: wholeLength + 4,
  meaning,
  decode: (bytes, at) =>
    fixedPoint(unsignedAt(bytes, at, wholeLength), unsignedAt(bytes, at + wholeLength, 4), indexDecimals),
  encode(value, writer) {
    const parts = /^(\d{1,13})(?:\.(\d{1,8}))?$/.exec(value);
    if (!parts || Number(parts[1]) >= 256 ** wholeLength) throw notEncodable(value, meaning);
    writer.unsignedLE(Number(parts[1]), wholeLength);
    writer.unsigned32LE(Number((parts[2] ?? "").padEnd(indexDecimals, "0")));
  },
});

const indexDecimals = 8;
export const stringLength = 8;

export const valueTypes: { readonly [Type in ValueType]: ValueTypeEntry<ValueOf[Type]> } = {
  byte: whole(1, "Byte"),
  word: whole(2, "Word"),
  eword: whole(3, "EWord, 24 bits"),
  ulong: whole(4, "ULong"),
  eulong: whole(5, "EULong, 40 bits"),
  float: {
    length: 4,
    meaning: "Float",
    decode: (bytes, at) => decimalFromFloat32(new ByteReader(bytes, at).float32LE("the float")),
    encode(value, writer) {
      const number = Math.fround(Number(value));
      if (value.trim() === "" || !Number.isFinite(number)) throw notEncodable(value, "Float");
      writer.float32LE(number);
    },
  },
  float1: scaled(
    "Float1, hundredths",
    { mantissa: (bytes, at) => (unsignedAt(bytes, at, 2) << 16) >> 16, exponent: () => -2 },
    [-0x8000, 0x7fff],
    1,
    (mantissa) => mantissa,
  ),
  float2: scaled(
    "Float2, m × 10^(e-3)",
    {
      mantissa: (bytes, at) => unsignedAt(bytes, at, 2) & 0x7fff,
      exponent: (bytes, at) => (bytes[at + 1]! >> 7) - 3,
    },
    [0, 0x7fff],
    2,
    (mantissa, bits) => mantissa | (bits << 15),
  ),
  float3: scaled(
    "Float3, m × 10^e",
    {
      mantissa: (bytes, at) => unsignedAt(bytes, at, 2) & 0x3fff,
      exponent: (bytes, at, float3Exponent) => (bytes[at + 1]! >> 6) + float3Exponent,
    },
    [0, 0x3fff],
    4,
    (mantissa, bits) => mantissa | (bits << 14),
  ),
  index: index(4, "Index"),
  index9: index(5, "Index9"),
  date: {
    length: 4,
    meaning: "Date",
    decode: (bytes, at) => meterTimeOf(unsignedAt(bytes, at, 4)),
    encode: (value, writer) => writer.unsigned32LE(bitsOfMeterTime(value)),
  },
  string: {
    length: stringLength,
    meaning: "String",
    decode: (bytes, at) => latin1(bytes.subarray(at, at + stringLength)),
    encode(value, writer) {
      const codes = Array.from(value, (letter) => letter.codePointAt(0)!);
      const fits = codes.length <= stringLength && codes.every((code) => code > 0 && code <= 0xff);
      if (!fits) throw notEncodable(value, "String of 8 Latin-1 characters");
      for (let at = 0; at < stringLength; at++) writer.unsigned8(codes[at] ?? 0);
    },
  },
  alarm: {
    length: alarmLength,
    meaning: "Alarm",
    decode: (bytes, at) => readAlarm(new ByteReader(bytes, at)),
    encode: (value, writer) => writeAlarm(writer, value),
  },
  raw: {
    length: 8,
    meaning: "a value in its parameter's own type",
    decode: (bytes, at) => bytes.slice(at, at + 8),
    encode(value, writer) {
      if (value.length !== 8) throw notEncodable(`${value.length} bytes`, "8 bytes");
      writer.write(value);
    },
  },
};

/** The types that stand for digits and a decimal point, as columns with pulses do. */
export function digitsOf(type: ValueType): Digits | undefined {
  const entry: object = valueTypes[type];
  return "mantissa" in entry ? (entry as unknown as Digits) : undefined;
}

/**
 * The value of a type at a place of bytes that are known to reach so far.
 * @returns undefined for no value (all FF; a date of zeros; a float that is no number)
 */
export function decodeValue<Type extends ValueType>(
  type: Type,
  bytes: Uint8Array,
  at = 0,
  float3Exponent: Float3Exponent = usualFloat3Exponent,
): ValueOf[Type] | undefined {
  const entry = valueTypes[type] as ValueTypeEntry<ValueOf[Type]>;
  return isNoValue(bytes, at, entry.length) ? undefined : entry.decode(bytes, at, float3Exponent);
}

/**
 * A value as bytes; undefined (no value) as bytes FF. Numbers finer than their type are rounded to its last digit.
 * @throws ProtocolError `value_not_encodable` or `date_invalid`
 */
export function encodeValue<Type extends ValueType>(
  type: Type,
  value: ValueOf[Type] | undefined,
  float3Exponent: Float3Exponent = usualFloat3Exponent,
): Uint8Array {
  const entry = valueTypes[type] as ValueTypeEntry<ValueOf[Type]>;
  if (value === undefined) return new Uint8Array(entry.length).fill(0xff);
  const writer = new ByteWriter(entry.length);
  entry.encode(value, writer, float3Exponent);
  const bytes = writer.finish();
  if (isNoValue(bytes, 0, bytes.length)) throw notEncodable(value, `${entry.meaning}: its bytes mean no value`);
  return bytes;
}

/** All bytes FF. */
export function isNoValue(bytes: Uint8Array, at: number, length: number): boolean {
  for (let index = at; index < at + length; index++) if (bytes[index] !== 0xff) return false;
  return true;
}

function unsignedAt(bytes: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let index = at + length - 1; index >= at; index--) value = value * 256 + bytes[index]!;
  return value;
}

function latin1(bytes: Uint8Array): string {
  const end = bytes.findLastIndex((byte) => byte !== 0) + 1;
  return String.fromCharCode(...bytes.subarray(0, end));
}

function notEncodable(value: unknown, type: string): Error {
  return commonError("value_not_encodable", { what: String(value), reason: `it is no ${type}` });
}
