/** The byte before data of variable length says how long and what it is (LVAR; EN 13757-3:2018, table 5). */

export interface VariableLength {
  readonly type: "text" | "bcd" | "negative bcd" | "binary";
  /** Bytes of data behind the length byte. */
  readonly length: number;
}

/** @returns undefined for the reserved values, whose length nobody knows */
export function readVariableLength(lvar: number): VariableLength | undefined {
  for (const { first, last, type, lengthOf } of ranges) {
    if (lvar >= first && lvar <= last) return { type, length: lengthOf(lvar) };
  }
  return undefined;
}

/** Longest text. */
export const longestText = 0xbf;
/** A binary of this many bytes has the length byte E0 + n. */
export const longestShortBinary = 15;
export const binaryLength = 0xe0;

interface Range {
  readonly first: number;
  readonly last: number;
  readonly type: VariableLength["type"];
  readonly lengthOf: (lvar: number) => number;
}

const ranges: readonly Range[] = [
  { first: 0x00, last: longestText, type: "text", lengthOf: (lvar) => lvar },
  { first: 0xc0, last: 0xc9, type: "bcd", lengthOf: (lvar) => lvar - 0xc0 },
  { first: 0xd0, last: 0xd9, type: "negative bcd", lengthOf: (lvar) => lvar - 0xd0 },
  { first: 0xe0, last: 0xef, type: "binary", lengthOf: (lvar) => lvar - binaryLength },
  { first: 0xf0, last: 0xf4, type: "binary", lengthOf: (lvar) => 4 * (lvar - 0xec) },
  { first: 0xf5, last: 0xf5, type: "binary", lengthOf: () => 48 },
  { first: 0xf6, last: 0xf6, type: "binary", lengthOf: () => 64 },
];
