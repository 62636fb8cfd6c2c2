/** Register values as exact decimal text: digits are moved, never computed, so energy does not pass through a float. */
import type { Data } from "../data/data.ts";
import { integerRanges } from "../data/tags.ts";
import { dlmsError } from "../errors.ts";

export interface ScalerUnit {
  /** The value is to be multiplied by ten to this power, -128 to 127. */
  readonly scaler: number;
  /** Code of cosem/units.ts. */
  readonly unit: number;
}

/** Value × 10^scaler: `scale(12340, -2)` is "123.40". Zeros at the end stay, they tell the resolution. */
export function scale(value: number | bigint, scaler: number): string {
  const text = String(value);
  if (scaler === 0 && !text.includes("e")) return text;
  return shift(text, scaler);
}

/** A numeric value as exact decimal text; undefined for a type that is no number, NaN and infinities. */
export function decimalFromData(data: Data, scaler = 0): string | undefined {
  switch (data.type) {
    case "float32":
      return Number.isFinite(data.value) ? shift(shortestFloat32(data.value), scaler) : undefined;
    case "float64":
      return Number.isFinite(data.value) ? scale(data.value, scaler) : undefined;
    default:
      return typeof data.value === "number" || typeof data.value === "bigint" ? scale(data.value, scaler) : undefined;
  }
}

/** Decodes a structure of scaler (integer) and unit (enum). Throws `scaler_unit_invalid`. */
export function scalerUnitFromData(data: Data): ScalerUnit {
  if (data.type !== "structure") throw invalid(`it is ${data.type}, not a structure`);
  const [scaler, unit] = data.value;
  if (data.value.length !== 2 || typeof scaler?.value !== "number" || typeof unit?.value !== "number") {
    throw invalid("it must be a structure of two numbers, scaler and unit");
  }
  // As many zeros would be written as the scaler says: whatever its type, it must be in the range of the standard's.
  const [smallest, largest] = integerRanges.integer;
  if (!Number.isInteger(scaler.value) || scaler.value < smallest || scaler.value > largest) {
    throw invalid(`its scaler ${scaler.value} is not a whole number from ${smallest} to ${largest}`);
  }
  return { scaler: scaler.value, unit: unit.value };
}

export function scalerUnitToData(scalerUnit: ScalerUnit): Data {
  return {
    type: "structure",
    value: [
      { type: "integer", value: scalerUnit.scaler },
      { type: "enum", value: scalerUnit.unit },
    ],
  };
}

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

/** The fewest digits that read back as the same float32: 0.1, not 0.10000000149011612. */
function shortestFloat32(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(Number(value.toPrecision(9)));
}

function invalid(reason: string): Error {
  return dlmsError("scaler_unit_invalid", { reason });
}
