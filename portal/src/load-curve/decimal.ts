/**
 * Exact decimals: register values carry up to 18 digits with 6 after the point, more than a float keeps.
 * A Decimal is the value times 10^6 as a bigint.
 */
export type Decimal = bigint;

const places = 6;
const scale = 10n ** BigInt(places);
const form = /^([+-]?)(\d+)(?:\.(\d{1,6})0*)?$/;

/** @returns the decimal, or undefined when the text is not one with at most 6 places */
export function parseDecimal(text: string): Decimal | undefined {
  const [, sign, whole, fraction = ""] = form.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const size = BigInt(whole) * scale + BigInt(fraction.padEnd(places, "0"));
  return sign === "-" ? -size : size;
}

/** The shortest exact text: `12.5`, `-0.000001`, `3`. */
export function decimalText(value: Decimal): string {
  const digits = (value < 0n ? -value : value).toString().padStart(places + 1, "0");
  const fraction = digits.slice(-places).replace(/0+$/, "");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -places)}${fraction && `.${fraction}`}`;
}

/** For drawing only: the nearest float. */
export function decimalNumber(value: Decimal): number {
  return Number(value) / Number(scale);
}

/** `value × numerator ÷ denominator`, rounded half away from zero at the sixth place. The denominator is positive. */
export function scaleDecimal(value: Decimal, numerator: bigint, denominator: bigint): Decimal {
  const product = value * numerator;
  const half = denominator / 2n;
  return (product < 0n ? product - half : product + half) / denominator;
}
