import { parseDecimal, valueDigits } from "../../readings/decimal.ts";

/**
 * A decimal as the store keeps it, or undefined when it has too many digits before the point. Digits finer than the store's
 * millionth are rounded half away from zero, as on a bill; integers with a scaler of −6 and more never are.
 */
export function storedValue(decimal: string): string | undefined {
  try {
    return parseDecimal(rounded(decimal));
  } catch {
    return undefined;
  }
}

function rounded(decimal: string): string {
  const point = decimal.indexOf(".");
  if (point < 0 || decimal.length - point - 1 <= valueDigits.after) return decimal;
  const negative = decimal.startsWith("-");
  const digits = decimal.slice(negative ? 1 : 0).replace(".", "");
  const excess = decimal.length - point - 1 - valueDigits.after;
  const kept = BigInt(digits.slice(0, -excess) || "0") + (digits.at(-excess)! >= "5" ? 1n : 0n);
  return `${negative ? "-" : ""}${kept}e-${valueDigits.after}`;
}
