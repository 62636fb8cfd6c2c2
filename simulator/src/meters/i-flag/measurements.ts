/** What a converter counts and measures: the values of a record, in pulses, from the gas that flowed. */
import { clockSetStatus, type DatabaseRecord } from "@anymeter/i-flag";
import { scale } from "@anymeter/sans-io";
import { minuteMilliseconds } from "../../calendar.ts";
import type { GasState, GasSupply } from "../../supply/gas-supply.ts";
import type { IFlagModel, MeasuredDatabase } from "./models.ts";

/** True time, milliseconds UTC, and the same as the clock shows it. */
export interface RecordPeriod {
  readonly from: number;
  readonly to: number;
  readonly start: string;
  readonly end: string;
  readonly clockWasSet: boolean;
}

/** A period of a month's intervals, for its peak. */
export interface PeakPeriod {
  readonly from: number;
  readonly to: number;
  readonly end: string;
}

/** Every column any layout has; a layout takes those it knows. */
export function recordOf(
  database: MeasuredDatabase,
  supply: GasSupply,
  model: IFlagModel,
  { from, to, start, end, clockWasSet }: RecordPeriod,
): DatabaseRecord {
  const litres = Number(model.pulseWeight.value) * 1000;
  const volumes = supply.volumes(to);
  const before = supply.volumes(from);
  const unconverted = pulses(volumes.unconverted, litres) - pulses(before.unconverted, litres);
  const samples = thirds(from, to).map(([begin, finish]) => supply.means(begin, finish));
  const mean = supply.means(from, to);
  return {
    record_duration: Math.round((to - from) / minuteMilliseconds),
    status: clockWasSet ? clockSetStatus : 0,
    start_date: start,
    end_date: end,
    [`consumption_unconverted_${database}`]: unconverted,
    [`consumption_converted_${database}`]: convertedPulses(volumes.converted, before.converted, litres, model),
    [`consumption_unconverted_${database}_under_alarm`]: 0,
    [`consumption_converted_${database}_under_alarm`]: 0,
    ...spread(`temperature_${database}`, samples, mean, ({ temperature }) => scale(temperature, -2)),
    ...spread(`pressure_${database}`, samples, mean, ({ pressure }) => scale(pressure, -5)),
    ...(model.secondPressure.value &&
      spread(`pressure_2_${database}`, samples, mean, ({ pressure }) => scale(pressure + secondSensorOffset, -5))),
    ...spread(`flowrate_unconverted_${database}`, samples, mean, (state) => perHour(state.unconvertedFlow, litres)),
    ...spread(`flowrate_converted_${database}`, samples, mean, (state) => perHour(state.convertedFlow, litres)),
    superior_calorific_value: "11.25",
    index_unconverted: scale(volumes.unconverted, -3),
    index_converted: scale(volumes.converted, -3),
    counter_unconverted_under_alarm: "0",
    counter_converted_under_alarm: "0",
  };
}

/** The greatest consumptions of an interval in a month, and when they were. */
export function peaksOf(supply: GasSupply, model: IFlagModel, intervals: readonly PeakPeriod[]): DatabaseRecord {
  const litres = Number(model.pulseWeight.value) * 1000;
  let unconverted = { value: -1, end: "" };
  let converted = { value: -1, end: "" };
  for (const { from, to, end } of intervals) {
    const [volumes, before] = [supply.volumes(to), supply.volumes(from)];
    const used = pulses(volumes.unconverted, litres) - pulses(before.unconverted, litres);
    const usedConverted = Number(convertedPulses(volumes.converted, before.converted, litres, model));
    if (used > unconverted.value) unconverted = { value: used, end };
    if (usedConverted > converted.value) converted = { value: usedConverted, end };
  }
  if (unconverted.value < 0) return {};
  return {
    consumption_unconverted_monthly_maximum: unconverted.value,
    consumption_unconverted_monthly_maximum_date: unconverted.end,
    consumption_converted_monthly_maximum: model.mid ? String(converted.value) : converted.value,
    consumption_converted_monthly_maximum_date: converted.end,
  };
}

/** Pascal by which the second sensor reads higher: it sits in front of the regulator. */
export const secondSensorOffset = 20_000;

function pulses(litres: number, weight: number): number {
  return Math.floor(litres / weight);
}

/** Whole pulses; thousandths of a pulse, as decimal text, where the model counts these. */
function convertedPulses(litres: number, before: number, weight: number, { mid }: IFlagModel): number | string {
  if (!mid) return pulses(litres, weight) - pulses(before, weight);
  return scale(Math.floor((litres * 1000) / weight) - Math.floor((before * 1000) / weight), -3);
}

function perHour(litresPerHour: number, weight: number): string {
  return (litresPerHour / weight).toFixed(2);
}

function spread(
  name: string,
  samples: readonly GasState[],
  mean: GasState,
  text: (state: GasState) => string,
): DatabaseRecord {
  const values = [...samples, mean].map(text).toSorted((one, other) => Number(one) - Number(other));
  return { [`${name}_minimum`]: values[0]!, [`${name}_maximum`]: values.at(-1)!, [`${name}_average`]: text(mean) };
}

function thirds(from: number, to: number): readonly (readonly [number, number])[] {
  const third = (to - from) / 3;
  return [0, 1, 2].map((index) => [from + index * third, from + (index + 1) * third] as const);
}
