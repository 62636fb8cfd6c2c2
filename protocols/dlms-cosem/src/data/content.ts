/** The content of every type that holds no other values, without its tag, as compact-array elements have it. */

import { hexFromByte } from "@anymeter/sans-io";
import type { ByteReader } from "../bytes/byte-reader.ts";
import type { ByteWriter } from "../bytes/byte-writer.ts";
import { dlmsError } from "../errors.ts";
import { readBits, readLatin1, readUtf8, writeBits, writeLatin1, writeUtf8 } from "./character-strings.ts";
import type { Data } from "./data.ts";
import { readDate, readDateTime, readTime, writeDate, writeDateTime, writeTime } from "./date-time.ts";
import { type IntegerType, integerRanges } from "./tags.ts";

/** A value that holds no other values. */
export type SimpleData = Exclude<Data, { type: "array" | "structure" | "compact-array" }>;

/** The numbers are `dataTags`, written out because this switch is the hot path of every decode. */
export function decodeContent(reader: ByteReader, tag: number): SimpleData {
  switch (tag) {
    case 0x00:
      return nullData;
    case 0x03:
      return { type: "boolean", value: reader.unsigned8("a boolean") !== 0 };
    case 0x04:
      return { type: "bit-string", value: readBits(reader) };
    case 0x05:
      return { type: "double-long", value: reader.signed32("a double-long") };
    case 0x06:
      return { type: "double-long-unsigned", value: reader.unsigned32("a double-long-unsigned") };
    case 0x09:
      return { type: "octet-string", value: reader.lengthAndBytes("an octet-string") };
    case 0x0a:
      return { type: "visible-string", value: readLatin1(reader) };
    case 0x0c:
      return { type: "utf8-string", value: readUtf8(reader) };
    case 0x0d:
      return { type: "bcd", value: readBcd(reader) };
    case 0x0f:
      return { type: "integer", value: reader.signed8("an integer") };
    case 0x10:
      return { type: "long", value: reader.signed16("a long") };
    case 0x11:
      return { type: "unsigned", value: reader.unsigned8("an unsigned") };
    case 0x12:
      return { type: "long-unsigned", value: reader.unsigned16("a long-unsigned") };
    case 0x14:
      return { type: "long64", value: reader.signed64("a long64") };
    case 0x15:
      return { type: "long64-unsigned", value: reader.unsigned64("a long64-unsigned") };
    case 0x16:
      return { type: "enum", value: reader.unsigned8("an enum") };
    case 0x17:
      return { type: "float32", value: reader.float32("a float32") };
    case 0x18:
      return { type: "float64", value: reader.float64("a float64") };
    case 0x19:
      return { type: "date-time", value: readDateTime(reader) };
    case 0x1a:
      return { type: "date", value: readDate(reader) };
    case 0x1b:
      return { type: "time", value: readTime(reader) };
    case 0x1c:
      return { type: "delta-integer", value: reader.signed8("a delta-integer") };
    case 0x1d:
      return { type: "delta-long", value: reader.signed16("a delta-long") };
    case 0x1e:
      return { type: "delta-double-long", value: reader.signed32("a delta-double-long") };
    case 0x1f:
      return { type: "delta-unsigned", value: reader.unsigned8("a delta-unsigned") };
    case 0x20:
      return { type: "delta-long-unsigned", value: reader.unsigned16("a delta-long-unsigned") };
    case 0x21:
      return { type: "delta-double-long-unsigned", value: reader.unsigned32("a delta-double-long-unsigned") };
    case 0xff:
      return dontCare;
    default:
      throw dlmsError("data_tag_unknown", { tag: hexFromByte(tag), offset: reader.offset - 1 });
  }
}

export function encodeContent(writer: ByteWriter, data: SimpleData): void {
  switch (data.type) {
    case "null-data":
    case "dont-care":
      return;
    case "boolean":
      return writer.unsigned8(data.value ? 1 : 0);
    case "double-long-unsigned":
    case "double-long":
    case "delta-double-long":
    case "delta-double-long-unsigned":
      return writer.unsigned32(inRange(data.type, data.value));
    case "long-unsigned":
    case "long":
    case "delta-long":
    case "delta-long-unsigned":
      return writer.unsigned16(inRange(data.type, data.value));
    case "unsigned":
    case "integer":
    case "enum":
    case "delta-integer":
    case "delta-unsigned":
      return writer.unsigned8(inRange(data.type, data.value));
    case "octet-string":
      return writer.lengthAndBytes(data.value);
    case "long64":
      return writer.unsigned64(inRange64("long64", data.value, -(2n ** 63n), 2n ** 63n - 1n));
    case "long64-unsigned":
      return writer.unsigned64(inRange64("long64-unsigned", data.value, 0n, 2n ** 64n - 1n));
    case "visible-string":
      return writeLatin1(writer, data.value);
    case "utf8-string":
      return writeUtf8(writer, data.value);
    case "bit-string":
      return writeBits(writer, data.value);
    case "bcd":
      inRange("bcd", data.value);
      return writer.unsigned8((Math.floor(data.value / 10) << 4) | (data.value % 10));
    case "float32":
      return writer.float32(data.value);
    case "float64":
      return writer.float64(data.value);
    case "date-time":
      return writeDateTime(writer, data.value);
    case "date":
      return writeDate(writer, data.value);
    case "time":
      return writeTime(writer, data.value);
  }
}

/** Compressed profiles are full of nulls: they share one object. */
const nullData = Object.freeze({ type: "null-data", value: null } as const);
const dontCare = Object.freeze({ type: "dont-care", value: null } as const);

function readBcd(reader: ByteReader): number {
  const byte = reader.unsigned8("a bcd");
  const tens = byte >> 4;
  const ones = byte & 0x0f;
  if (tens > 9 || ones > 9) throw dlmsError("bcd_invalid", { byte: hexFromByte(byte), offset: reader.offset - 1 });
  return tens * 10 + ones;
}

function inRange(type: IntegerType, value: number): number {
  const range = integerRanges[type];
  if (value >= range[0] && value <= range[1] && Number.isInteger(value)) return value;
  throw notEncodable(type, value, `${range[0]} to ${range[1]}`);
}

function inRange64(type: string, value: bigint, smallest: bigint, largest: bigint): bigint {
  if (typeof value === "bigint" && value >= smallest && value <= largest) return value;
  throw notEncodable(type, value, `${smallest} to ${largest}, as a bigint`);
}

function notEncodable(type: string, value: number | bigint, range: string): Error {
  return dlmsError("value_not_encodable", {
    what: `The ${type} ${value}`,
    reason: `it must be a whole number from ${range}`,
  });
}
