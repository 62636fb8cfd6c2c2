/** Scaler and unit of columns for which a meter tells none, where its model is known to keep them in certain ones. */
import type { CaptureObject, ScalerUnit } from "@anymeter/dlms-cosem";
import { fieldOfObis } from "@anymeter/udil";
import { commandHomes } from "../../../registry/protocols/dlms-profiles.ts";

/** What the meter tells of each column, else what its model's profile says. */
export function scalerUnitsByModel(
  columns: readonly CaptureObject[],
  told: readonly (ScalerUnit | null | undefined)[],
  model: string | undefined,
): (ScalerUnit | null)[] {
  const { untoldUnits = {} } = commandHomes(model).on_demand_read;
  return columns.map(({ classId, logicalName }, index) => {
    const scalerUnit = told[index] ?? null;
    const field = registerClasses.has(classId) ? fieldOfObis(logicalName) : undefined;
    if (!field || hasUnit(scalerUnit, field.unit)) return scalerUnit;
    return untoldUnits[(field.unit ?? "none") as keyof typeof untoldUnits] ?? scalerUnit;
  });
}

/** A column of UDIL without a unit is right with a plain number. */
function hasUnit(scalerUnit: ScalerUnit | null, wanted: string | undefined): boolean {
  return scalerUnit !== null && (wanted === undefined || !unitless.has(scalerUnit.unit));
}

/** Codes of the Blue Book: 254 other, 255 count; 0 is none of them, and what meters send that tell no unit. */
export const unitless: ReadonlySet<number> = new Set([0, 254, 255]);
/** Register, Extended register, Demand register: objects of class Data have no scaler and unit at all. */
const registerClasses: ReadonlySet<number> = new Set([3, 4, 5]);
