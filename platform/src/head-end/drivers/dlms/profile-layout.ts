/** What the columns of a profile hold: read once from the meter and kept, because it is the same every time. */
import {
  type CaptureObject,
  captureObjectsFromData,
  type GetDataResult,
  type ScalerUnit,
  type SelectedAttribute,
  scalerUnitFromData,
} from "@anymeter/dlms-cosem";
import { accessFailure } from "./failure-causes.ts";
import { type MeterSession, nameOf } from "./meter-session.ts";
import { gsmDiagnosticClass, signalScalerUnit } from "./signal-strength.ts";

/** Kept as JSON. */
export interface ProfileLayout {
  readonly columns: readonly CaptureObject[];
  /** Of each column; null where the object has none or the meter does not tell. */
  readonly scalerUnits: readonly (ScalerUnit | null)[];
  /** 0 = rows come with events. */
  readonly capturePeriodSeconds: number;
  readonly sortMethod: "fifo" | "lifo";
}

/** Attribute that holds the scaler-unit, by class (Blue Book 4.3). */
export const scalerUnitAttributes: Readonly<Record<number, number>> = { 3: 3, 4: 3, 5: 4 };

const profileGeneric = 7;
const [captureObjects, capturePeriod, sortMethod] = [3, 4, 5];
/** Sort method 2 of class 7. */
const lifo = 2;

/** @throws RunFailure when the meter does not tell the capture objects */
export async function readLayout(session: MeterSession, logicalName: string): Promise<ProfileLayout> {
  const attribute = (number: number): SelectedAttribute => ({
    classId: profileGeneric,
    logicalName,
    attribute: number,
  });
  const [objects, period, sort] = await session.get([captureObjects, capturePeriod, sortMethod].map(attribute));
  if (!objects || !("data" in objects)) {
    throw accessFailure(nameOf(attribute(captureObjects)), objects?.error ?? 250);
  }
  const columns = captureObjectsFromData(objects.data);
  return {
    columns,
    scalerUnits: await readScalerUnits(session, columns),
    capturePeriodSeconds: numberIn(period) ?? 0,
    sortMethod: numberIn(sort) === lifo ? "lifo" : "fifo",
  };
}

/** The scaler-units of objects, in their order; null for a class without one and where the meter refuses. */
export async function readScalerUnits(
  session: MeterSession,
  objects: readonly { readonly classId: number; readonly logicalName: string }[],
): Promise<(ScalerUnit | null)[]> {
  const wanted = new Map<string, SelectedAttribute>();
  for (const { classId, logicalName } of objects) {
    const attribute = scalerUnitAttributes[classId];
    if (attribute !== undefined) wanted.set(`${classId} ${logicalName}`, { classId, logicalName, attribute });
  }
  const results = await session.get([...wanted.values()]);
  const found = new Map([...wanted.keys()].map((key, index) => [key, scalerUnitIn(results[index])]));
  return objects.map(({ classId, logicalName }) =>
    classId === gsmDiagnosticClass ? signalScalerUnit : (found.get(`${classId} ${logicalName}`) ?? null),
  );
}

export function numberIn(result: GetDataResult | undefined): number | undefined {
  return result && "data" in result && typeof result.data.value === "number" ? result.data.value : undefined;
}

function scalerUnitIn(result: GetDataResult | undefined): ScalerUnit | null {
  if (!result || !("data" in result)) return null;
  try {
    return scalerUnitFromData(result.data);
  } catch {
    return null;
  }
}
