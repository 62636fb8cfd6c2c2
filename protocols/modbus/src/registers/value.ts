/** Values to and from registers. Numbers leave as exact decimal text: digits are moved, never computed. */
import { bytesFromHex, commonError, decimalFromFloat32, hexFromBytes, scale } from "@anymeter/sans-io";
import { modbusError } from "../errors.ts";
import { type Order, reorder } from "./order.ts";
import { type ValueType, valueTypes } from "./value-type.ts";

/** How a value lies in registers. */
export interface ValueLayout {
  readonly type: ValueType;
  /** Default ABCD. */
  readonly order?: Order;
  /** Registers of a string. */
  readonly registers?: number;
  /**
   * What means "not available": the first upper-case hexadecimal digits, most significant byte first ("80000000", or "7FFF" where the
   * rest does not matter). Floats that are no number always do.
   */
  readonly unavailable?: readonly string[];
}

/** Registers that a value takes. */
export function registersOf({ type, registers = 1 }: ValueLayout): number {
  return valueTypes[type].registers ?? registers;
}

/**
 * The value of the registers that begin at byte `start`, times 10^exponent; of a string its text without what pads it.
 * @returns undefined when the device says that it has no value
 * @throws ProtocolError `register_bytes_missing`, `bcd_invalid`
 */
export function decodeValue(bytes: Uint8Array, start: number, layout: ValueLayout, exponent = 0): string | undefined {
  const { type, order = "ABCD", unavailable } = layout;
  const length = registersOf(layout) * 2;
  if (start + length > bytes.length) {
    throw modbusError("register_bytes_missing", { type, expected: length, found: Math.max(bytes.length - start, 0) });
  }
  if (type === "string") return textOf(bytes, start, length, order);
  reorder(bytes, start, length, order, scratch);
  if (unavailable && isUnavailable(hexFromBytes(scratch.subarray(0, length)), unavailable)) return undefined;
  return numbers[type](exponent);
}

/**
 * The registers of a value: decimal text or a number, without an exponent; text for a string, padded with zeros. undefined
 * makes the first pattern for "not available", or NaN.
 * @throws ProtocolError `value_not_encodable`
 */
export function encodeValue(value: string | number | bigint | undefined, layout: ValueLayout): Uint8Array {
  const { type, order = "ABCD", unavailable } = layout;
  const length = registersOf(layout) * 2;
  const bytes = new Uint8Array(length);
  if (type === "string") return stringBytes(String(value ?? ""), bytes, order);
  if (value === undefined && !type.startsWith("float")) {
    const pattern = unavailable?.[0];
    if (!pattern) throw notEncodable(type, "nothing means that it is not available");
    scratch.set(bytesFromHex(pattern.padEnd(length * 2, "F")));
  } else writers[type](value ?? Number.NaN, type);
  reorder(scratch, 0, length, order, bytes);
  return bytes;
}

function isUnavailable(hex: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => hex.startsWith(pattern));
}

type NumericType = Exclude<ValueType, "string">;

/** Most significant byte first. One value is converted at a time. */
const scratch = new Uint8Array(8);
const view = new DataView(scratch.buffer);

const numbers: Readonly<Record<NumericType, (exponent: number) => string | undefined>> = {
  uint16: (exponent) => scale(view.getUint16(0), exponent),
  int16: (exponent) => scale(view.getInt16(0), exponent),
  uint32: (exponent) => scale(view.getUint32(0), exponent),
  int32: (exponent) => scale(view.getInt32(0), exponent),
  uint64: (exponent) => scale(view.getBigUint64(0), exponent),
  int64: (exponent) => scale(view.getBigInt64(0), exponent),
  float32: (exponent) => decimalFromFloat32(view.getFloat32(0), exponent),
  float64: (exponent) => (Number.isFinite(view.getFloat64(0)) ? scale(view.getFloat64(0), exponent) : undefined),
  bcd16: (exponent) => scale(digits(2), exponent),
  bcd32: (exponent) => scale(digits(4), exponent),
  bcd64: (exponent) => scale(digits(8), exponent),
};

const writers: Readonly<Record<NumericType, (value: string | number | bigint, type: NumericType) => void>> = {
  uint16: (value, type) => view.setUint16(0, Number(whole(value, type, 0n, 0xffffn))),
  int16: (value, type) => view.setInt16(0, Number(whole(value, type, -0x8000n, 0x7fffn))),
  uint32: (value, type) => view.setUint32(0, Number(whole(value, type, 0n, 0xffff_ffffn))),
  int32: (value, type) => view.setInt32(0, Number(whole(value, type, -0x8000_0000n, 0x7fff_ffffn))),
  uint64: (value, type) => view.setBigUint64(0, whole(value, type, 0n, 2n ** 64n - 1n)),
  int64: (value, type) => view.setBigInt64(0, whole(value, type, -(2n ** 63n), 2n ** 63n - 1n)),
  float32: (value, type) => view.setFloat32(0, real(value, type, Math.fround)),
  float64: (value, type) => view.setFloat64(0, real(value, type, Number)),
  bcd16: (value, type) => setDigits(whole(value, type, 0n, 9_999n), 2),
  bcd32: (value, type) => setDigits(whole(value, type, 0n, 99_999_999n), 4),
  bcd64: (value, type) => setDigits(whole(value, type, 0n, 9_999_999_999_999_999n), 8),
};

function digits(length: number): string {
  const hex = hexFromBytes(scratch.subarray(0, length));
  if (/[A-F]/.test(hex)) throw modbusError("bcd_invalid", { hex });
  return hex.replace(/^0+(?=\d)/, "");
}

function setDigits(value: bigint, length: number): void {
  const text = value.toString().padStart(length * 2, "0");
  for (let index = 0; index < length; index++)
    scratch[index] = Number.parseInt(text.slice(index * 2, index * 2 + 2), 16);
}

function whole(value: string | number | bigint, type: NumericType, least: bigint, most: bigint): bigint {
  if (!/^-?\d+$/.test(String(value))) throw notEncodable(type, `${value} is no whole number`);
  const number = BigInt(value);
  if (number < least || number > most) throw notEncodable(type, `${value} is not from ${least} to ${most}`);
  return number;
}

/** A number, and NaN as it is; never text that JavaScript takes for one, such as a blank for 0. */
function real(value: string | number | bigint, type: NumericType, rounded: (number: number) => number): number {
  if (typeof value === "string" && !/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value)) {
    throw notEncodable(type, `"${value}" is no number`);
  }
  const number = rounded(Number(value));
  if (number === Infinity || number === -Infinity) throw notEncodable(type, `${value} is too great`);
  return number;
}

function notEncodable(type: ValueType, reason: string): Error {
  return commonError("value_not_encodable", { what: `a value of type ${type}`, reason });
}

/** Characters of Latin-1; zeros and blanks at the end pad it. */
function textOf(bytes: Uint8Array, start: number, length: number, order: Order): string {
  const flip = order === "BADC" || order === "DCBA" ? 1 : 0;
  let text = "";
  for (let index = 0; index < length; index++) text += String.fromCharCode(bytes[start + (index ^ flip)]!);
  return text.replace(/[\0 \xff]+$/, "");
}

function stringBytes(text: string, bytes: Uint8Array, order: Order): Uint8Array {
  if (text.length > bytes.length)
    throw notEncodable("string", `${text.length} characters are more than ${bytes.length}`);
  const flip = order === "BADC" || order === "DCBA" ? 1 : 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0xff) throw notEncodable("string", `"${text[index]}" is no character of Latin-1`);
    bytes[index ^ flip] = code;
  }
  return bytes;
}
