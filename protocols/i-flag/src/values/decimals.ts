/** Decimal text put together and weighted by moving and multiplying digits, exactly. */
import { scale } from "@anymeter/sans-io";

/** A decimal number as whole digits × 10^exponent. */
export interface Decimal {
  readonly mantissa: number | bigint;
  readonly exponent: number;
}

/**
 * Decimal text such as "0.1" as digits and exponent.
 * @returns undefined when the text is no decimal number
 */
export function decimalOf(text: string): Decimal | undefined {
  const parts = /^(-?\d{1,20})(?:\.(\d{1,20}))?$/.exec(text);
  if (!parts) return undefined;
  const fraction = parts[2] ?? "";
  const mantissa = BigInt(parts[1]! + fraction);
  const small = mantissa <= Number.MAX_SAFE_INTEGER && mantissa >= Number.MIN_SAFE_INTEGER;
  return { mantissa: small ? Number(mantissa) : mantissa, exponent: -fraction.length };
}

/** mantissa × 10^exponent × weight as decimal text. */
export function weighted(mantissa: number, exponent: number, weight: Decimal): string {
  if (typeof weight.mantissa === "number") {
    const product = mantissa * weight.mantissa;
    if (Number.isSafeInteger(product)) return scale(product, exponent + weight.exponent);
  }
  return scale(BigInt(mantissa) * BigInt(weight.mantissa), exponent + weight.exponent);
}

/** A whole part and a fraction of so many decimals, without zeros at the end. */
export function fixedPoint(whole: number, fraction: number, decimals: number): string {
  // A fraction of a whole or more, which no device should send, is carried.
  const unit = 10 ** decimals;
  let rest = fraction % unit;
  const text = String(whole + Math.floor(fraction / unit));
  if (rest === 0) return text;
  let places = decimals;
  for (; rest % 10 === 0; rest /= 10) places--;
  return `${text}.${String(rest).padStart(places, "0")}`;
}

/**
 * The whole digits of decimal text at an exponent, rounded half away from zero: ("21.54", -1) is 215.
 * @returns undefined when the text is no decimal number, or has more digits than a small type could hold
 */
export function digitsAt(text: string, exponent: number): number | undefined {
  const decimal = decimalOf(text);
  if (!decimal || typeof decimal.mantissa === "bigint") return undefined;
  const places = decimal.exponent - exponent;
  if (places >= 0) return decimal.mantissa * 10 ** places;
  const exact = Math.abs(decimal.mantissa) / 10 ** -places;
  return Math.sign(decimal.mantissa) * Math.floor(exact + 0.5);
}
