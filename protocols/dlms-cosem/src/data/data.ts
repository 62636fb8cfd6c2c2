/**
 * COSEM data values: the `Data` CHOICE of the DLMS Green Book (IEC 62056-5-3, clause 8.5) as plain objects.
 *
 * Every value is `{ type, value }` with the standard's type name, so that a value re-encodes to the bytes it came from
 * and shows in a trace as what it is. 64-bit integers are bigint: energy never passes through a float.
 */
import type { CosemDate, CosemDateTime, CosemTime } from "./date-time.ts";

export type Data =
  | { readonly type: "null-data"; readonly value: null }
  | { readonly type: "array"; readonly value: readonly Data[] }
  | { readonly type: "structure"; readonly value: readonly Data[] }
  | { readonly type: "boolean"; readonly value: boolean }
  /** Bits as text, first bit first: "0110". */
  | { readonly type: "bit-string"; readonly value: string }
  | { readonly type: NumberType; readonly value: number }
  | { readonly type: "long64" | "long64-unsigned"; readonly value: bigint }
  | { readonly type: "octet-string"; readonly value: Uint8Array }
  | { readonly type: "visible-string" | "utf8-string"; readonly value: string }
  | { readonly type: "compact-array"; readonly description: TypeDescription; readonly value: readonly Data[] }
  | { readonly type: "date-time"; readonly value: CosemDateTime }
  | { readonly type: "date"; readonly value: CosemDate }
  | { readonly type: "time"; readonly value: CosemTime }
  | { readonly type: "dont-care"; readonly value: null };

/** The types whose value is a JavaScript number; `bcd` is one byte holding two decimal digits. */
export type NumberType =
  | "double-long"
  | "double-long-unsigned"
  | "bcd"
  | "integer"
  | "long"
  | "unsigned"
  | "long-unsigned"
  | "enum"
  | "float32"
  | "float64"
  | "delta-integer"
  | "delta-long"
  | "delta-double-long"
  | "delta-unsigned"
  | "delta-long-unsigned"
  | "delta-double-long-unsigned";

export type DataType = Data["type"];

/** What a compact-array's elements look like (type-description, tag 0x13): a type, or a fixed array or structure of them. */
export type TypeDescription =
  | { readonly type: Exclude<DataType, "array" | "structure" | "compact-array"> }
  | { readonly type: "array"; readonly count: number; readonly element: TypeDescription }
  | { readonly type: "structure"; readonly elements: readonly TypeDescription[] };
