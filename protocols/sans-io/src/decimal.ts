/** Register values as exact decimal text: digits are moved, never computed, so energy does not pass through a float. */

/**
 * Value × 10^exponent as text: `scale(12340, -2)` is "123.40". Zeros at the end stay, they tell the resolution.
 * @param value a whole or finite number, or decimal text such as "-0.5"
 */
export function scale(value: number | bigint | string, exponent: number): string {
  if (typeof value === "number" && exponent < 0 && Number.isSafeInteger(value)) {
    const unit = powersOfTen[-exponent];
    if (unit !== undefined) return pointed(value, unit);
  }
  const text = String(value);
  if (exponent === 0 && !text.includes("e")) return text;
  return shift(text, exponent);
}

/** The fewest digits that read back as the same float32: 0.1, not 0.10000000149011612. undefined for NaN and infinities. */
export function decimalFromFloat32(value: number, exponent = 0): string | undefined {
  if (!Number.isFinite(value)) return undefined;
  for (let digits = 1; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return scale(Number(text), exponent);
  }
  return scale(Number(value.toPrecision(9)), exponent);
}

/** The usual case, without taking text apart: whole divisions of safe integers are exact. */
function pointed(value: number, unit: number): string {
  const size = Math.abs(value);
  const fraction = size % unit;
  return `${value < 0 ? "-" : ""}${(size - fraction) / unit}.${String(unit + fraction).slice(1)}`;
}

const powersOfTen: readonly (number | undefined)[] = [undefined, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

/** Moves the decimal point of a decimal number, whose text may have an exponent. */
function shift(text: string, places: number): string {
  const negative = text.startsWith("-");
  const [mantissa = "", exponent = "0"] = (negative ? text.slice(1) : text).split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  const digits = whole + fraction;
  const point = whole.length + Number(exponent) + places;
  return (negative ? "-" : "") + placePoint(digits, point);
}

/** `point` is the number of digits before the decimal point; it may lie outside the digits. */
function placePoint(digits: string, point: number): string {
  if (point <= 0) return `0.${"0".repeat(-point)}${digits}`;
  const whole = digits
    .slice(0, point)
    .padEnd(point, "0")
    .replace(/^0+(?=\d)/, "");
  return point < digits.length ? `${whole}.${digits.slice(point)}` : whole;
}
