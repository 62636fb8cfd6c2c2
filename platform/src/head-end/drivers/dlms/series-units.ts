/**
 * From the unit a meter captures in to the unit a series is kept in. Only powers of ten of the same unit are converted
 * (Wh to kWh), by moving the decimal point: exact, and never a guess between different units.
 */
import { units } from "@anymeter/dlms-cosem";

/**
 * Powers of ten to add to the scaler so that the value is in the series' unit; undefined when the units differ.
 * @param captured code of the scaler-unit (Blue Book 4.3.2)
 * @param wanted the series' unit as registered, such as "kWh"
 */
export function shiftBetween(captured: number, wanted: string): number | undefined {
  if (unitless.has(captured)) return 0;
  const symbol = units.get(captured)?.symbol;
  if (symbol === undefined) return undefined;
  const target = normalized(wanted);
  const base = normalized(symbol);
  if (target === base) return 0;
  if (!target.endsWith(base)) return undefined;
  const power = prefixes[target.slice(0, -base.length)];
  return power === undefined ? undefined : -power;
}

/** 254 other, 255 count: whatever the series calls it. */
const unitless: ReadonlySet<number> = new Set([254, 255]);

const prefixes: Readonly<Record<string, number>> = { m: -3, c: -2, d: -1, h: 2, k: 3, M: 6, G: 9, T: 12, µ: -6, u: -6 };

/** How people write units on a keyboard. */
const spellings: readonly (readonly [RegExp, string])[] = [
  [/\s+/g, ""],
  [/m(?:3|\^3)/g, "m³"],
  [/VAr/gi, "var"],
  [/Ohm/gi, "Ω"],
  [/^(?:deg|degC)$/i, "°"],
];

function normalized(unit: string): string {
  return spellings.reduce((text, [spelling, symbol]) => text.replace(spelling, symbol), unit);
}
