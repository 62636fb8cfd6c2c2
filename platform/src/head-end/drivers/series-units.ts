/**
 * From the unit a meter captures in to the unit a series is kept in. Only powers of ten of the same unit are converted
 * (Wh to kWh, l to m³), by moving the decimal point: exact, and never a guess between different units.
 */

import type { AllowedSeries } from "./driver.ts";

/**
 * Powers of ten to add to the exponent so that the value is in the series' unit; undefined when the units differ.
 * @param captured the unit as a symbol, such as "Wh"; null = a plain number, which is whatever the series calls it
 * @param wanted the series' unit as registered, such as "kWh"
 */
export function shiftBetween(captured: string | null, wanted: AllowedSeries["unit"]): number | undefined {
  if (typeof wanted === "function") {
    wanted(captured);
    return 0;
  }
  if (captured === null) return 0;
  const from = parted(captured);
  const to = parted(wanted);
  return from.base === to.base ? from.power - to.power : undefined;
}

/** Units without a power of ten, longer ones before those they end in. */
const bases = [
  "varh",
  "VAh",
  "var",
  "VA",
  "Wh",
  "W",
  "V",
  "A",
  "Hz",
  "m³/h",
  "m³",
  "kg",
  "Pa",
  "J/h",
  "J",
  "°C",
  "K",
  "Ω",
];

/** Units that are a power of ten of another one. */
const equals: Readonly<Record<string, { readonly base: string; readonly power: number }>> = {
  l: { base: "m³", power: -3 },
  "l/h": { base: "m³/h", power: -3 },
  bar: { base: "Pa", power: 5 },
  t: { base: "kg", power: 3 },
};

const prefixes: Readonly<Record<string, number>> = { m: -3, c: -2, d: -1, h: 2, k: 3, M: 6, G: 9, T: 12, µ: -6, u: -6 };

/** How people write units on a keyboard. */
const spellings: readonly (readonly [RegExp, string])[] = [
  [/\s+/g, ""],
  [/m(?:3|\^3)/g, "m³"],
  [/VAr/gi, "var"],
  [/Ohm/gi, "Ω"],
  [/^(?:deg|degC)$/i, "°"],
];

interface PartedUnit {
  readonly base: string;
  /** Power of ten of the base. */
  readonly power: number;
}

function parted(unit: string): PartedUnit {
  const known = parts.get(unit);
  if (known) return known;
  const found = part(spellings.reduce((text, [spelling, symbol]) => text.replace(spelling, symbol), unit));
  if (parts.size < mostParts) parts.set(unit, found);
  return found;
}

function part(unit: string): PartedUnit {
  for (const [symbol, { base, power }] of [
    ...bases.map((own) => [own, { base: own, power: 0 }] as const),
    ...Object.entries(equals),
  ]) {
    if (!unit.endsWith(symbol)) continue;
    const prefix = unit.slice(0, -symbol.length);
    const more = prefix === "" ? 0 : prefixes[prefix];
    if (more !== undefined) return { base, power: power + more };
  }
  return { base: unit, power: 0 };
}

const parts = new Map<string, PartedUnit>();
/** Units come from operators: what is remembered is bounded. */
const mostParts = 1_000;
