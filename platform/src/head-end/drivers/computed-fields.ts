/** Columns of UDIL's tables that no object of a meter holds, made of others (v3.3, section 3.1.1). */
import type { UdilRow } from "@anymeter/udil";

/**
 * A row of the moment with the sum of its currents and the mean of its voltages, where the meter does not tell them.
 * @param isWhole the row has every phase of the meter: one phase alone is then all there is. Else it may be one of three
 */
export function withComputedFields(fields: UdilRow, isWhole: boolean): UdilRow {
  const phasesOf = (quantity: string) => {
    const values = valuesOf(fields, quantity);
    return isWhole || values.length > 1 ? values : [];
  };
  const current_total = fields.current_total ?? totalOf(phasesOf("current_phase"));
  const voltage_average = fields.voltage_average ?? averageOf(energised(phasesOf("voltage_phase")));
  return {
    ...fields,
    ...(current_total !== undefined && { current_total }),
    ...(voltage_average !== undefined && { voltage_average }),
  };
}

/** The exact sum of decimals: "1.20" and "0.005" are "1.205". undefined for none. */
export function totalOf(decimals: readonly string[]): string | undefined {
  if (decimals.length === 0) return undefined;
  const digits = Math.max(...decimals.map((decimal) => fractionOf(decimal).length));
  const sum = decimals.reduce((total, decimal) => total + shifted(decimal, digits), 0n);
  return placed(sum, digits);
}

/** With three digits after the point, rounded half up. */
function averageOf(decimals: readonly string[]): string | undefined {
  const total = totalOf(decimals);
  if (total === undefined) return undefined;
  const digits = Math.max(fractionOf(total).length, averageDigits);
  const count = BigInt(decimals.length) * 10n ** BigInt(digits - averageDigits);
  return placed((2n * shifted(total, digits) + count) / (2n * count), averageDigits);
}

/** A dead phase of a meter shows a few volts at most; which of them live is told by the highest. */
function energised(voltages: readonly string[]): readonly string[] {
  const highest = Math.max(...voltages.map(Number));
  return voltages.filter((voltage) => Number(voltage) > 0 && Number(voltage) >= highest * leastOfHighest);
}

function valuesOf(fields: UdilRow, quantity: string): readonly string[] {
  return phases.flatMap((phase) => {
    const value = fields[`${quantity}_${phase}`];
    return value === undefined || value === "" ? [] : String(value);
  });
}

function fractionOf(decimal: string): string {
  return decimal.split(".")[1] ?? "";
}

/** As a whole number of units of the given digit after the point. */
function shifted(decimal: string, digits: number): bigint {
  return BigInt(decimal.replace(".", "") + "0".repeat(digits - fractionOf(decimal).length));
}

function placed(whole: bigint, digits: number): string {
  if (digits === 0) return String(whole);
  const text = String(whole < 0n ? -whole : whole).padStart(digits + 1, "0");
  return `${whole < 0n ? "-" : ""}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

const phases = ["a", "b", "c"] as const;
const averageDigits = 3;
const leastOfHighest = 0.2;
