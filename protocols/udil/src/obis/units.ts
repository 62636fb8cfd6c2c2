/** Units of meters and units of columns: digits are moved, never computed. */
import { scale } from "@anymeter/sans-io";

/** Powers of ten in front of the units UDIL's columns are in. */
const prefixes = { "": 0, m: -3, k: 3, M: 6, G: 9 } as const;
const bases = ["Wh", "varh", "W", "var", "VA", "VAh", "V", "A", "Hz", "dBm"] as const;

/**
 * A value in another unit of the same quantity: "1234" Wh is "1.234" kWh. undefined: the units are of different quantities.
 * @param value decimal text
 */
export function inUnit(value: string, from: string, to: string): string | undefined {
  const [given, wanted] = [unitOf(from), unitOf(to)];
  if (given === undefined || wanted === undefined || given.base !== wanted.base) return undefined;
  const exponent = given.exponent - wanted.exponent;
  return exponent === 0 ? value : scale(value, exponent);
}

/** `kVARh` of the document is `kvarh` of the standards. */
function unitOf(unit: string): { readonly base: string; readonly exponent: number } | undefined {
  for (const base of bases) {
    if (unit.slice(-base.length).toLowerCase() !== base.toLowerCase()) continue;
    const prefix = unit.slice(0, -base.length);
    if (Object.hasOwn(prefixes, prefix)) return { base, exponent: prefixes[prefix as keyof typeof prefixes] };
  }
  return undefined;
}
