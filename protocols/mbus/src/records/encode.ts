/** Writes records, for simulated meters and for data to a meter. */
import { ByteWriter, commonError, joinBytes, scale } from "@anymeter/sans-io";
import { encodeDecimal, encodeDigits } from "./binary-coded-decimal.ts";
import { type CalendarTime, encodeTime } from "./calendar-time.ts";
import { extensionBit, mostDataExtensions } from "./data-information.ts";
import { type RecordFunction, recordFunctions } from "./record.ts";
import { readValueInformation, type ValueInformation } from "./value-information.ts";
import { binaryLength, longestShortBinary, longestText } from "./variable-length.ts";

export interface RecordToEncode {
  readonly coding: RecordCoding;
  /** VIF and VIFE as they go over the line: `[0x06]` is energy in steps of 1000 Wh, `[0xfd, 0x49]` voltage in V. */
  readonly valueInformation: readonly number[] | Uint8Array;
  /**
   * Numbers in the unit that decoding gives, not in steps of the VIF: 12000 for 12 kWh, "12.345" for m³. Digits for BCD
   * that names something, text, a time, or bytes, as the coding wants it. Absent for a record without data.
   */
  readonly value?: string | number | bigint | CalendarTime | Uint8Array;
  readonly function?: RecordFunction;
  readonly storage?: number;
  readonly tariff?: number;
  readonly subunit?: number;
}

/** The coding by its name, with the low four bits of the DIF and the bytes of data. */
const codings = {
  none: { dif: 0x0, length: 0 },
  int8: { dif: 0x1, length: 1 },
  int16: { dif: 0x2, length: 2 },
  int24: { dif: 0x3, length: 3 },
  int32: { dif: 0x4, length: 4 },
  int48: { dif: 0x6, length: 6 },
  int64: { dif: 0x7, length: 8 },
  float32: { dif: 0x5, length: 4 },
  bcd2: { dif: 0x9, length: 1 },
  bcd4: { dif: 0xa, length: 2 },
  bcd6: { dif: 0xb, length: 3 },
  bcd8: { dif: 0xc, length: 4 },
  bcd12: { dif: 0xe, length: 6 },
  /** Type G. */
  date: { dif: 0x2, length: 2 },
  /** Type J. */
  time: { dif: 0x3, length: 3 },
  /** Type F. */
  dateTime: { dif: 0x4, length: 4 },
  /** Type I. */
  dateTimeSeconds: { dif: 0x6, length: 6 },
  /** Of variable length, ISO 8859-1. */
  text: { dif: 0xd, length: 0 },
  /** Of variable length, up to 15 bytes. */
  binary: { dif: 0xd, length: 0 },
} as const;

export type RecordCoding = keyof typeof codings;

/** @throws ProtocolError `value_not_encodable`, for a value that does not fit coding or resolution */
export function encodeRecord(record: RecordToEncode): Uint8Array {
  const valueInformation = Uint8Array.from(record.valueInformation);
  const meaning = readValueInformation(valueInformation, 0, "from meter");
  const isWhole = meaning.length === valueInformation.length && (!meaning.fault || meaning.fault.type === "reserved");
  if (!isWhole) throw notEncodable("the value information", "it is not one VIF with its VIFE");
  return joinBytes([encodeDataInformation(record), valueInformation, encodeData(record, meaning)]);
}

function encodeDataInformation(record: RecordToEncode): Uint8Array {
  const { coding, function: name = "instantaneous" } = record;
  let [storage, tariff, subunit] = [record.storage ?? 0, record.tariff ?? 0, record.subunit ?? 0];
  const writer = new ByteWriter(1 + mostDataExtensions);
  let byte = codings[coding].dif | (recordFunctions.indexOf(name) << 4) | ((storage % 2) << 6);
  storage = Math.floor(storage / 2);
  for (let count = 0; storage > 0 || tariff > 0 || subunit > 0; count++) {
    if (count === mostDataExtensions) throw notEncodable("storage, tariff or subunit", "it needs more than 10 DIFE");
    writer.unsigned8(byte | extensionBit);
    byte = (storage % 16) | ((tariff % 4) << 4) | ((subunit % 2) << 6);
    [storage, tariff, subunit] = [Math.floor(storage / 16), Math.floor(tariff / 4), Math.floor(subunit / 2)];
  }
  writer.unsigned8(byte);
  return writer.finish();
}

function encodeData({ coding, value }: RecordToEncode, meaning: ValueInformation): Uint8Array {
  const { length } = codings[coding];
  switch (coding) {
    case "none":
      return new Uint8Array(0);
    case "text":
      return encodeText(value);
    case "binary":
      return encodeBinary(value);
    case "date":
    case "time":
    case "dateTime":
    case "dateTimeSeconds":
      return encodeTimeValue(value, length);
    case "float32":
      return encodeFloat(value, meaning);
    default:
      return coding.startsWith("bcd") ? encodeBcd(value, meaning, length) : encodeInteger(value, meaning, length);
  }
}

function encodeInteger(value: RecordToEncode["value"], meaning: ValueInformation, length: number): Uint8Array {
  const whole = wholeOf(value, meaning);
  const bits = BigInt(length * 8);
  const signed = meaning.form === "number";
  const [smallest, largest] = signed ? [-(1n << (bits - 1n)) + 1n, (1n << (bits - 1n)) - 1n] : [0n, (1n << bits) - 1n];
  if (whole < smallest || whole > largest) throw notEncodable(`${value}`, `${length} bytes do not hold it`);
  const writer = new ByteWriter(length);
  for (let index = 0n; index < bits; index += 8n) writer.unsigned8(Number((whole >> index) & 0xffn));
  return writer.finish();
}

function encodeBcd(value: RecordToEncode["value"], meaning: ValueInformation, length: number): Uint8Array {
  const isName = meaning.form === "identification" && typeof value === "string";
  const bytes = isName ? encodeDigits(value, length) : encodeDecimal(wholeOf(value, meaning), length);
  if (!bytes) throw notEncodable(`${value}`, `${length * 2} digits do not hold it`);
  return bytes;
}

function encodeFloat(value: RecordToEncode["value"], meaning: ValueInformation): Uint8Array {
  if (typeof value === "object" || value === undefined) throw notEncodable("the value", "a number is needed");
  const writer = new ByteWriter(4);
  writer.float32LE(Number(scale(value, -meaning.exponent)));
  return writer.finish();
}

function encodeTimeValue(value: RecordToEncode["value"], length: number): Uint8Array {
  if (typeof value !== "object" || value instanceof Uint8Array) throw notEncodable("the value", "a time is needed");
  const bytes = encodeTime(value, length);
  if (!bytes) throw notEncodable("the time", "a field is out of its range, or the year not of 1981 to 2080");
  return bytes;
}

function encodeText(value: RecordToEncode["value"]): Uint8Array {
  const text = String(value);
  const codes = [...text].map((character) => character.charCodeAt(0)).reverse();
  if (codes.length > longestText) throw notEncodable("the text", `it has more than ${longestText} characters`);
  if (codes.some((code) => code > 0xff)) throw notEncodable(`"${text}"`, "a character is not of ISO 8859-1");
  return Uint8Array.of(codes.length, ...codes);
}

function encodeBinary(value: RecordToEncode["value"]): Uint8Array {
  if (!(value instanceof Uint8Array) || value.length > longestShortBinary) {
    throw notEncodable("the value", `up to ${longestShortBinary} bytes are needed`);
  }
  return Uint8Array.of(binaryLength + value.length, ...value);
}

/** The number in steps of the VIF. */
function wholeOf(value: RecordToEncode["value"], { exponent, factor, addends }: ValueInformation): bigint {
  if (typeof value === "object" || value === undefined) throw notEncodable("the value", "a number is needed");
  if (factor !== undefined || addends.length > 0) throw notEncodable(`${value}`, "the VIF is no power of ten");
  const text = scale(value, -exponent);
  if (!/^-?\d+(\.0*)?$/.test(text)) throw notEncodable(`${value}`, `it is no whole number of 10^${exponent}`);
  return BigInt(text.split(".")[0]!);
}

function notEncodable(what: string, reason: string): Error {
  return commonError("value_not_encodable", { what, reason });
}
