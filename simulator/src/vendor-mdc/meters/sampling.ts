/** How often a meter keeps a row of each kind, as `meter_data_sampling` sets it. */
import { dayMilliseconds, minuteMilliseconds } from "../../calendar.ts";
import { midnightOf } from "../local-time.ts";

export const sampledTables = ["INST", "BILL", "LPRO"] as const;
export type SampledTable = (typeof sampledTables)[number];

export interface Sampling {
  /** Minutes; up to 1,440. */
  readonly interval: number;
  /** Minute of the hour at which sampling begins. */
  readonly initialMinute: number;
}

/** One that waits for its activation; true time. */
export interface PendingSampling {
  readonly table: SampledTable;
  readonly sampling: Sampling;
  readonly at: number;
}

export interface SamplingState {
  readonly current: Record<SampledTable, Sampling>;
  pending: PendingSampling[];
  /** What was set last. */
  last?: PendingSampling;
}

/** As UDIL 3.3 has it: instantaneous values twice a day, registers at midnight, the load profile every half hour. */
export const defaultSampling: Readonly<Record<SampledTable, Sampling>> = {
  INST: { interval: 720, initialMinute: 0 },
  BILL: { interval: 1_440, initialMinute: 0 },
  LPRO: { interval: 30, initialMinute: 0 },
};

/** When the next row is kept, after a local time. Each day begins its own series. */
export function nextCapture({ interval, initialMinute }: Sampling, local: number): number {
  const period = interval * minuteMilliseconds;
  const offset = (initialMinute % interval) * minuteMilliseconds;
  const first = midnightOf(local) + offset;
  if (local < first) return first;
  const next = first + (Math.floor((local - first) / period) + 1) * period;
  return Math.min(next, first + dayMilliseconds);
}
