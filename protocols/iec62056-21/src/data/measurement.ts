/** What a data set measures: which of its brackets is the value, and which is the time it belongs to. */
import { decodeP1Time } from "../p1/values.ts";
import { type DataSet, type DataValue, decimalOf } from "./data-set.ts";
import { decodeMeterTime, type MeterTime } from "./meter-time.ts";

export interface Measurement {
  readonly address: string;
  /** Exact decimal text. */
  readonly value: string;
  readonly unit?: string;
  /** When it was stored, reached or read, where the data set tells. */
  readonly time?: MeterTime;
}

/**
 * `1.8.0(5*kWh)`; `1.6.0(12.3*kW)(2601051530)`, a maximum and its time; `0-1:24.2.1(260105153000W)(1.5*m3)`, a time and what
 * was read then; the seven brackets of `0-1:24.3.0` before DSMR 4, which are told as `0-1:24.2.1`.
 * @returns undefined for a data set that is no number
 */
export function measurementOf({ address, values }: DataSet): Measurement | undefined {
  const [first, second] = values;
  if (values.length === 7 && /:24\.3\.0$/.test(address)) return gasMeasurement(values);
  if (!first) return undefined;
  const timeBefore = second?.unit !== undefined && first.unit === undefined ? timeOf(first) : undefined;
  if (timeBefore) return measured(address, second!, timeBefore);
  return measured(address, first, second && timeOf(second));
}

function gasMeasurement(values: readonly DataValue[]): Measurement | undefined {
  const [time, , , , address, unit, value] = values as [DataValue, ...DataValue[]];
  return measured(address!.value, { value: value!.value, unit: unit!.value }, timeOf(time));
}

function measured(address: string, { value, unit }: DataValue, time: MeterTime | undefined): Measurement | undefined {
  const decimal = decimalOf(value);
  if (decimal === undefined) return undefined;
  return { address, value: decimal, ...(unit && { unit }), ...(time && { time }) };
}

function timeOf({ value }: DataValue): MeterTime | undefined {
  for (const decode of [decodeMeterTime, decodeP1Time]) {
    try {
      return decode(value);
    } catch {}
  }
  return undefined;
}
