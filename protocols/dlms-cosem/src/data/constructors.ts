/** Short ways to write data by hand: `structure(octetString(name), unsigned(1))`. Ranges are checked when encoded. */
import type { Data, TypeDescription } from "./data.ts";
import type { CosemDate, CosemDateTime, CosemTime } from "./date-time.ts";

export const nullData: Data = Object.freeze({ type: "null-data", value: null });
export const dontCare: Data = Object.freeze({ type: "dont-care", value: null });

export const array = (...value: readonly Data[]): Data => ({ type: "array", value });
export const structure = (...value: readonly Data[]): Data => ({ type: "structure", value });
export const boolean = (value: boolean): Data => ({ type: "boolean", value });
/** "0110", first bit first. */
export const bitString = (value: string): Data => ({ type: "bit-string", value });
export const doubleLong = (value: number): Data => ({ type: "double-long", value });
export const doubleLongUnsigned = (value: number): Data => ({ type: "double-long-unsigned", value });
export const octetString = (value: Uint8Array): Data => ({ type: "octet-string", value });
export const visibleString = (value: string): Data => ({ type: "visible-string", value });
export const utf8String = (value: string): Data => ({ type: "utf8-string", value });
/** 0 to 99. */
export const bcd = (value: number): Data => ({ type: "bcd", value });
export const integer = (value: number): Data => ({ type: "integer", value });
export const long = (value: number): Data => ({ type: "long", value });
export const unsigned = (value: number): Data => ({ type: "unsigned", value });
export const longUnsigned = (value: number): Data => ({ type: "long-unsigned", value });
export const long64 = (value: bigint): Data => ({ type: "long64", value });
export const long64Unsigned = (value: bigint): Data => ({ type: "long64-unsigned", value });
export const enumerated = (value: number): Data => ({ type: "enum", value });
export const float32 = (value: number): Data => ({ type: "float32", value });
export const float64 = (value: number): Data => ({ type: "float64", value });
export const dateTime = (value: CosemDateTime): Data => ({ type: "date-time", value });
export const date = (value: CosemDate): Data => ({ type: "date", value });
export const time = (value: CosemTime): Data => ({ type: "time", value });
export const compactArray = (description: TypeDescription, ...value: readonly Data[]): Data => ({
  type: "compact-array",
  description,
  value,
});
