/** The data of a record as a value: coding from the DIF, meaning and scale from the VIF. */
import { decimalFromFloat32, scale } from "@anymeter/sans-io";
import { decodeDecimal, digitsOf } from "./binary-coded-decimal.ts";
import { decodeTime, typeM } from "./calendar-time.ts";
import type { DataCoding } from "./data-information.ts";
import { manufacturerName } from "./manufacturer.ts";
import type { RecordValue } from "./record.ts";
import type { ValueInformation } from "./value-information.ts";
import type { VariableLength } from "./variable-length.ts";

export interface DecodedValue {
  readonly value: RecordValue;
  /** What is wrong with it. */
  readonly problem?: string | undefined;
}

export const noValue: RecordValue = { kind: "none", value: undefined };

/** @param coding that of the DIF, or what the length byte of variable data says */
export function decodeValue(
  bytes: Uint8Array,
  start: number,
  end: number,
  coding: DataCoding | VariableLength,
  meaning: ValueInformation,
): DecodedValue {
  if (coding.type === "none" || coding.type === "readout selection" || start === end) return { value: noValue };
  if (meaning.form === "time") return decodeTimeValue(bytes, start, end, coding);
  switch (coding.type) {
    case "integer":
      return decodeIntegerValue(bytes, start, end, meaning);
    case "float":
      return decodeFloatValue(bytes, start, meaning);
    case "bcd":
    case "negative bcd":
      return decodeDecimalValue(bytes, start, end, meaning, coding.type === "negative bcd");
    case "text":
      return { value: { kind: "text", value: reversedText(bytes, start, end) } };
    case "binary":
      return decodeBinaryValue(bytes, start, end, meaning);
    case "variable":
      return { value: noValue };
  }
}

/** A whole number with all that the VIF and its VIFE say of scale, as exact decimal text. */
export function scaledText(
  value: number | bigint,
  { factor, exponent, addends }: Pick<ValueInformation, "factor" | "exponent" | "addends">,
): string {
  const text = factor === undefined ? scale(value, exponent) : trimmed(scale(BigInt(value) * factor, exponent));
  return addends.reduce(addPowerOfTen, text);
}

/** Two's complement, or without sign; least significant byte first. */
export function integerOf(bytes: Uint8Array, start: number, end: number, signed: boolean): number | bigint {
  const length = end - start;
  if (length > exactBytes) return largeIntegerOf(bytes, start, end, signed);
  let value = 0;
  for (let index = end - 1; index >= start; index--) value = value * 256 + bytes[index]!;
  const range = 2 ** (length * 8);
  return signed && value >= range / 2 ? value - range : value;
}

/** The smallest signed number is kept for "no value" (EN 13757-3:2018, annex A, type B). */
export function isInvalidInteger(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[end - 1] !== 0x80) return false;
  for (let index = start; index < end - 1; index++) if (bytes[index] !== 0) return false;
  return true;
}

function decodeIntegerValue(bytes: Uint8Array, start: number, end: number, meaning: ValueInformation): DecodedValue {
  if (meaning.form === "bytes") return { value: { kind: "bytes", value: bytes.subarray(start, end) } };
  if (meaning.form === "manufacturer" && end - start === 2) {
    return { value: { kind: "text", value: manufacturerName(bytes[start]! | (bytes[start + 1]! << 8)) } };
  }
  const signed = meaning.form === "number";
  if (signed && isInvalidInteger(bytes, start, end))
    return { value: noValue, problem: "the meter marks it as no value" };
  return { value: { kind: "decimal", value: scaledText(integerOf(bytes, start, end, signed), meaning) } };
}

function decodeFloatValue(bytes: Uint8Array, start: number, meaning: ValueInformation): DecodedValue {
  const value = new DataView(bytes.buffer, bytes.byteOffset + start, 4).getFloat32(0, true);
  const { exponent, factor, addends } = meaning;
  const text = decimalFromFloat32(value, factor === undefined ? exponent : 0);
  if (text === undefined) return { value: noValue, problem: "the floating point number is not finite" };
  const scaled = factor === undefined ? text : trimmed(multiplied(text, factor, exponent));
  return { value: { kind: "decimal", value: addends.reduce(addPowerOfTen, scaled) } };
}

function decodeDecimalValue(
  bytes: Uint8Array,
  start: number,
  end: number,
  meaning: ValueInformation,
  negative: boolean,
): DecodedValue {
  const number = end - start <= exactBytes ? decodeDecimal(bytes, start, end) : largeDecimalOf(bytes, start, end);
  if (number === undefined) {
    const digits = digitsOf(bytes, start, end);
    return { value: { kind: "text", value: digits }, problem: `the digits ${digits} are no number but a display code` };
  }
  if (meaning.form === "identification") return { value: { kind: "text", value: digitsOf(bytes, start, end) } };
  return { value: { kind: "decimal", value: scaledText(negative ? -number : number, meaning) } };
}

function decodeTimeValue(
  bytes: Uint8Array,
  start: number,
  end: number,
  coding: DataCoding | VariableLength,
): DecodedValue {
  const time = coding.type === "integer" ? decodeTime(bytes, start, end - start) : undefined;
  if (time) return { value: { kind: "time", value: time } };
  const length = end - start;
  const problem =
    coding.type === "binary" && length >= typeM.shortest && length <= typeM.longest
      ? `it is of type M, ${typeM.says}; no public source tells the order of its bits, so its bytes are given`
      : `no date or time has this coding of ${length} bytes`;
  return { value: { kind: "bytes", value: bytes.subarray(start, end) }, problem };
}

/** Containers and long binaries stay bytes, what fits a number and is meant as one becomes it. */
function decodeBinaryValue(bytes: Uint8Array, start: number, end: number, meaning: ValueInformation): DecodedValue {
  const isNumber = meaning.form !== "bytes" && end - start <= largestNumberBytes;
  if (!isNumber) return { value: { kind: "bytes", value: bytes.subarray(start, end) } };
  return { value: { kind: "decimal", value: scaledText(integerOf(bytes, start, end, false), meaning) } };
}

function largeIntegerOf(bytes: Uint8Array, start: number, end: number, signed: boolean): bigint {
  let value = 0n;
  for (let index = end - 1; index >= start; index--) value = (value << 8n) | BigInt(bytes[index]!);
  return signed ? BigInt.asIntN((end - start) * 8, value) : value;
}

function largeDecimalOf(bytes: Uint8Array, start: number, end: number): bigint | undefined {
  const digits = digitsOf(bytes, start, end);
  const [, minus, number] = /^(F?)(\d*)$/.exec(digits) ?? [];
  if (number === undefined) return undefined;
  return minus ? -BigInt(number) : BigInt(number);
}

/** Text is sent last character first, in ISO 8859-1. */
function reversedText(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let index = end - 1; index >= start; index--) text += String.fromCharCode(bytes[index]!);
  return text;
}

/** Decimal text × factor × 10^exponent. */
function multiplied(text: string, factor: bigint, exponent: number): string {
  const places = text.split(".")[1]?.length ?? 0;
  return scale(BigInt(scale(text, places)) * factor, exponent - places);
}

/** Adds 10^exponent to decimal text. */
function addPowerOfTen(text: string, exponent: number): string {
  const places = Math.max(text.split(".")[1]?.length ?? 0, -exponent, 0);
  const whole = BigInt(scale(text, places)) + 10n ** BigInt(exponent + places);
  return scale(whole, -places);
}

/** 1/4096 has twelve places: those at the end that are zero say nothing. */
function trimmed(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** What a double holds exactly. */
const exactBytes = 6;
const largestNumberBytes = 8;
