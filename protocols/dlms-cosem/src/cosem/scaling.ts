/** Register values as exact decimal text: digits are moved, never computed, so energy does not pass through a float. */
import { decimalFromFloat32, scale } from "@anymeter/sans-io";
import type { Data } from "../data/data.ts";
import { integerRanges } from "../data/tags.ts";
import { dlmsError } from "../errors.ts";

export interface ScalerUnit {
  /** The value is to be multiplied by ten to this power, -128 to 127. */
  readonly scaler: number;
  /** Code of cosem/units.ts. */
  readonly unit: number;
}

/** A numeric value as exact decimal text; undefined for a type that is no number, NaN and infinities. */
export function decimalFromData(data: Data, scaler = 0): string | undefined {
  switch (data.type) {
    case "float32":
      return decimalFromFloat32(data.value, scaler);
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

function invalid(reason: string): Error {
  return dlmsError("scaler_unit_invalid", { reason });
}
