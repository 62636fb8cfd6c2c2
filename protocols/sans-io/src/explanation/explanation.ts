/**
 * What bytes say, byte by byte: the output of `anymeter decode`. An explanation is JSON as it stands (a 64-bit integer is
 * decimal text). The parts of one level follow each other without a gap and together are all bytes of their whole.
 */
import { hexFromBytes } from "../bytes/hex.ts";

export interface Explanation {
  /** "mbus", "modbus", … */
  readonly protocol: string;
  /** One sentence: what this telegram is. */
  readonly summary: string;
  /** Bytes explained. */
  readonly length: number;
  readonly parts: readonly ExplainedPart[];
  /** The telegram as the library's decoder gives it, for programs. */
  readonly decoded?: Json;
}

export interface ExplainedPart {
  /** Of the first byte, counted from 0 in the bytes explained. */
  readonly offset: number;
  readonly length: number;
  /** What these bytes are, for people: "C field: SND_UD, FCB 1". */
  readonly meaning: string;
  /** What they hold, where that is a value: "21.5 °C" or 4711. */
  readonly value?: Json;
  /** The parts of these bytes. */
  readonly parts?: readonly ExplainedPart[];
  /** Bytes that do not stand in the input as such, because they were deciphered or joined, with offsets of their own. */
  readonly content?: ExplainedContent;
}

export interface ExplainedContent {
  /** "deciphered", "joined from 3 blocks", … */
  readonly origin: string;
  /** Upper-case hexadecimal. */
  readonly hex: string;
  readonly parts: readonly ExplainedPart[];
}

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** Makes anything a decoder returns JSON: bytes become hexadecimal text, bigint decimal text, undefined is left out. */
export function jsonOf(value: unknown): Json {
  if (value === null || value === undefined) return null;
  if (typeof value === "bigint") return value.toString();
  // JSON knows no negative zero.
  if (typeof value === "number") return Number.isFinite(value) ? value + 0 : String(value);
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (value instanceof Uint8Array) return hexFromBytes(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(jsonOf);
  if (value instanceof Map || value instanceof Set) return jsonOf([...value]);
  return Object.fromEntries(
    Object.entries(value as object).flatMap(([name, inner]) => (inner === undefined ? [] : [[name, jsonOf(inner)]])),
  );
}
