/** Patterns of OBIS codes: six groups with dots between, each "*", "7", "0-63" or a list "31,51,71". */
import { dlmsError } from "../errors.ts";
import type { Obis } from "./obis.ts";

export type ObisPattern = readonly (readonly (readonly [from: number, to: number])[])[];

/** Throws `obis_invalid` when the text is no pattern. */
export function parseObisPattern(text: string): ObisPattern {
  const groups = text.split(".");
  if (groups.length !== 6) throw dlmsError("obis_invalid", { text });
  return groups.map((group) => group.split(",").map((range) => parseRange(range, text)));
}

export function matchesObis(pattern: ObisPattern, code: Obis): boolean {
  const groups = [code.a, code.b, code.c, code.d, code.e, code.f];
  return groups.every((value, index) => pattern[index]!.some(([from, to]) => value >= from && value <= to));
}

function parseRange(range: string, text: string): readonly [number, number] {
  if (range === "*") return [0, 255];
  const match = /^(\d{1,3})(?:-(\d{1,3}))?$/.exec(range);
  if (match === null) throw dlmsError("obis_invalid", { text });
  const from = Number(match[1]);
  const to = Number(match[2] ?? match[1]);
  if (from > to || to > 255) throw dlmsError("obis_invalid", { text });
  return [from, to];
}
