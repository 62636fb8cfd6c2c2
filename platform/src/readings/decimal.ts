/** Digits of a reading's value before and after the point: what `Decimal(18, 6)` keeps exactly. */
export const valueDigits = { before: 12, after: 6 } as const;

/** Longest text taken for a value; leaves room for the zeros that meters put in front. */
const longestText = 64;
const decimalText = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,2}))?$/;

/** What is wrong with a text that is not a value, in the words of the REST framework the contract comes from. */
export class DecimalError extends Error {}

/**
 * Reads a decimal exactly, without a float in between: an optional sign, digits with an optional point, an optional exponent.
 * Zeros that say nothing are dropped, so that equal numbers are equal texts.
 *
 * @returns plain digits, `-12.5` for example
 * @throws DecimalError when it is no number, or has more digits than `valueDigits`
 */
export function parseDecimal(text: string): string {
  const match = text.length <= longestText ? decimalText.exec(text.trim()) : null;
  if (!match || (match[2] === "" && !match[3])) throw new DecimalError("A valid number is required.");
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  const { before, after } = shift(whole, fraction, Number(exponent));
  if (before.length > valueDigits.before) {
    throw new DecimalError(`Ensure that there are no more than ${valueDigits.before} digits before the decimal point.`);
  }
  if (after.length > valueDigits.after) {
    throw new DecimalError(`Ensure that there are no more than ${valueDigits.after} decimal places.`);
  }
  const digits = after === "" ? before || "0" : `${before || "0"}.${after}`;
  return sign === "-" && digits !== "0" ? `-${digits}` : digits;
}

/** @returns the decimal with all six digits after the point, as the API renders it */
export function renderDecimal(decimal: string): string {
  const [whole, fraction = ""] = decimal.split(".");
  return `${whole}.${fraction.padEnd(valueDigits.after, "0")}`;
}

function shift(whole: string, fraction: string, exponent: number): { before: string; after: string } {
  const digits = whole + fraction;
  const point = whole.length + exponent;
  const before = point <= 0 ? "" : digits.slice(0, point).padEnd(point, "0");
  const after = point >= digits.length ? "" : "0".repeat(Math.max(0, -point)) + digits.slice(Math.max(0, point));
  return { before: before.replace(/^0+/, ""), after: after.replace(/0+$/, "") };
}
