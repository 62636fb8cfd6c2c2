/** Which series each column of a profile goes to, and in which scale. */
import { type CaptureObject, formatObis, type ScalerUnit, units } from "@anymeter/dlms-cosem";
import type { AllowedSeries } from "../driver.ts";
import { shiftFromCode } from "./series-units.ts";
import { cellInfo, gsmDiagnosticClass } from "./signal-strength.ts";

export interface ColumnPlan {
  /** For each column its series, or undefined for one that is not stored. */
  readonly series: readonly (AllowedSeries | undefined)[];
  /** For each column how its numbers become decimals in the series' unit. */
  readonly scalerUnits: readonly (ScalerUnit | undefined)[];
  /** Numbers of the series that are fed. */
  readonly fed: readonly number[];
  /** Why columns that hold values are left out: sentences. */
  readonly notes: readonly string[];
}

/**
 * Attributes whose value is a quantity, by class (Blue Book 4.3): Data, Register, Extended register, Demand register, and the
 * signal in a GSM diagnostic.
 */
const valueAttributes: Readonly<Record<number, readonly number[]>> = {
  ...{ 1: [2], 3: [2], 4: [2], 5: [2, 3] },
  [gsmDiagnosticClass]: [cellInfo],
};

/** Plans columns by the OBIS names of the device's series; CT and VT ratios are applied by whoever reads the series, not here. */
export function planColumns(
  columns: readonly CaptureObject[],
  scalerUnits: readonly (ScalerUnit | null)[],
  allowed: ReadonlyMap<string, AllowedSeries>,
): ColumnPlan {
  const taken = new Set<number>();
  const notes: string[] = [];
  const planned = columns.map((column, index) => {
    const planOne = planColumn(column, scalerUnits[index] ?? null, allowed);
    if (planOne === undefined) return undefined;
    if (typeof planOne === "string") {
      notes.push(planOne);
      return undefined;
    }
    if (taken.has(planOne.series.number)) {
      notes.push(`${planOne.series.name} is captured more than once: the first column is stored.`);
      return undefined;
    }
    taken.add(planOne.series.number);
    return planOne;
  });
  return {
    series: planned.map((plan) => plan?.series),
    scalerUnits: planned.map((plan) => plan?.scalerUnit),
    fed: [...taken],
    notes,
  };
}

interface PlannedColumn {
  readonly series: AllowedSeries;
  readonly scalerUnit: ScalerUnit;
}

/** A plan, a sentence why a column with values is left out, or undefined for clocks, states and the like. */
function planColumn(
  { classId, logicalName, attribute, dataIndex }: CaptureObject,
  captured: ScalerUnit | null,
  allowed: ReadonlyMap<string, AllowedSeries>,
): PlannedColumn | string | undefined {
  if (!valueAttributes[classId]?.includes(attribute)) return undefined;
  const name = formatObis(logicalName);
  const series = allowed.get(name);
  // Objects of class Data are states and texts unless the operator registered a series for one.
  if (!series) return classId === 1 ? undefined : `${name} is not stored: the meter's config has no such series.`;
  if (dataIndex !== 0) return `${name} is not stored: only a part of the object is captured (data index ${dataIndex}).`;
  const scalerUnit = captured ?? (classId === 1 ? { scaler: 0, unit: countUnit } : null);
  if (!scalerUnit) return `${name} is not stored: the meter does not tell its scaler and unit.`;
  const shift = shiftFromCode(scalerUnit.unit, series.unit);
  if (shift === undefined) {
    const unit = units.get(scalerUnit.unit)?.symbol ?? `unit ${scalerUnit.unit}`;
    return `${name} is not stored: the meter captures ${unit}, the series is kept in ${series.unit}.`;
  }
  return { series, scalerUnit: { scaler: scalerUnit.scaler + shift, unit: scalerUnit.unit } };
}

/** Unit 255: a plain number. */
const countUnit = 255;
