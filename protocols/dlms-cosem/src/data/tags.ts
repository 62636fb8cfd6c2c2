/** The tags of the COSEM data types (Green Book, clause 8.5 `Data`; Blue Book, "common data types"). */
import type { DataType, NumberType } from "./data.ts";

export const dataTags = {
  "null-data": 0x00,
  array: 0x01,
  structure: 0x02,
  boolean: 0x03,
  "bit-string": 0x04,
  "double-long": 0x05,
  "double-long-unsigned": 0x06,
  "octet-string": 0x09,
  "visible-string": 0x0a,
  "utf8-string": 0x0c,
  bcd: 0x0d,
  integer: 0x0f,
  long: 0x10,
  unsigned: 0x11,
  "long-unsigned": 0x12,
  "compact-array": 0x13,
  long64: 0x14,
  "long64-unsigned": 0x15,
  enum: 0x16,
  float32: 0x17,
  float64: 0x18,
  "date-time": 0x19,
  date: 0x1a,
  time: 0x1b,
  "delta-integer": 0x1c,
  "delta-long": 0x1d,
  "delta-double-long": 0x1e,
  "delta-unsigned": 0x1f,
  "delta-long-unsigned": 0x20,
  "delta-double-long-unsigned": 0x21,
  "dont-care": 0xff,
} as const satisfies Record<DataType, number>;

/** The type of a tag; undefined where the standard has none. */
export const dataTypes: readonly (DataType | undefined)[] = typesByTag();

/** Smallest and largest value of the integer types; a bcd byte holds 0 to 99. */
export const integerRanges: Readonly<Record<IntegerType, readonly [smallest: number, largest: number]>> = {
  "double-long": [-0x8000_0000, 0x7fff_ffff],
  "double-long-unsigned": [0, 0xffff_ffff],
  bcd: [0, 99],
  integer: [-0x80, 0x7f],
  long: [-0x8000, 0x7fff],
  unsigned: [0, 0xff],
  "long-unsigned": [0, 0xffff],
  enum: [0, 0xff],
  "delta-integer": [-0x80, 0x7f],
  "delta-long": [-0x8000, 0x7fff],
  "delta-double-long": [-0x8000_0000, 0x7fff_ffff],
  "delta-unsigned": [0, 0xff],
  "delta-long-unsigned": [0, 0xffff],
  "delta-double-long-unsigned": [0, 0xffff_ffff],
};
export type IntegerType = Exclude<NumberType, "float32" | "float64">;

function typesByTag(): (DataType | undefined)[] {
  const types = new Array<DataType | undefined>(256).fill(undefined);
  for (const [type, tag] of Object.entries(dataTags)) types[tag] = type as DataType;
  return types;
}
