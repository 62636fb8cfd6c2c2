/**
 * How well a meter's modem hears its network, from the GSM diagnostic (class 47): the cell info, attribute 6, has the signal
 * quality as 3GPP TS 27.007, clause 8.5, counts it.
 */
import type { CaptureObject, Data, ScalerUnit } from "@anymeter/dlms-cosem";

export const gsmDiagnosticClass = 47;
export const cellInfo = 6;
/** What `presentValue` makes of cell info. */
export const signalScalerUnit: ScalerUnit = { scaler: 0, unit: 70 };

/**
 * The value of a column as a number where it is the signal in a GSM diagnostic, in dBm; every other value as it is.
 * undefined: the modem does not know its signal.
 */
export function presentValue({ classId, attribute, dataIndex }: CaptureObject, data: Data): Data | undefined {
  if (classId !== gsmDiagnosticClass || attribute !== cellInfo) return data;
  const quality = dataIndex === 0 ? qualityIn(data) : data;
  if (quality === undefined || typeof quality.value !== "number") return undefined;
  if (quality.value < 0 || quality.value > strongest) return undefined;
  return { type: "long", value: weakestSignal + 2 * quality.value };
}

/** Whether a column is the signal: of the whole cell info, or of its element. */
export function isSignal({ classId, attribute, dataIndex }: CaptureObject): boolean {
  return classId === gsmDiagnosticClass && attribute === cellInfo && (dataIndex === 0 || dataIndex === qualityElement);
}

/** Every version of the class has the cell and its location before it. */
function qualityIn(data: Data): Data | undefined {
  return data.type === "structure" ? data.value[qualityElement - 1] : undefined;
}

/** Data indexes count from 1. */
const qualityElement = 3;
/** dBm of signal quality 0; each more is 2 dB. */
const weakestSignal = -113;
/** 99 is not known. */
const strongest = 31;
