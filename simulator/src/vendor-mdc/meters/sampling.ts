/** How often a meter keeps a row of each kind, as `meter_data_sampling` sets it. Local milliseconds. */
import { minuteMilliseconds } from "../../calendar.ts";
import { midnightOf } from "../local-time.ts";

export const sampledTables = ["INST", "BILL", "LPRO"] as const;
export type SampledTable = (typeof sampledTables)[number];

export interface Sampling {
  /** Minutes; up to 1,440. */
  readonly interval: number;
  /** Minute of the hour at which sampling begins. */
  readonly initialMinute: number;
}

/** As UDIL 3.3 has it: instantaneous values twice a day, registers at midnight, the load profile every half hour. */
export const defaultSampling: Readonly<Record<SampledTable, Sampling>> = {
  INST: { interval: 720, initialMinute: 0 },
  BILL: { interval: 1_440, initialMinute: 0 },
  LPRO: { interval: 30, initialMinute: 0 },
};

/** When the next row is kept, after a local time. Each day begins its own series. */
export function nextCapture({ interval, initialMinute }: Sampling, local: number): number {
  const midnight = midnightOf(local);
  const period = interval * minuteMilliseconds;
  const first = midnight + (initialMinute % interval) * minuteMilliseconds;
  if (local < first) return first;
  const next = first + (Math.floor((local - first) / period) + 1) * period;
  const tomorrow = nextMidnight(midnight) + (initialMinute % interval) * minuteMilliseconds;
  return Math.min(next, tomorrow);
}

function nextMidnight(midnight: number): number {
  return midnight + 1_440 * minuteMilliseconds;
}
