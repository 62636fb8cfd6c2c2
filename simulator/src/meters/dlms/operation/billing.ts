/**
 * Billing periods (schedule 0.0.15.0.0.255, class 22): when each ended, and what its row of the monthly profile tells.
 * Only the ends are remembered; what was counted and the greatest demands are computed when they are asked for.
 */
import type { Measurements } from "../measurements.ts";
import { addMaxima, copyOf, type Demand, type Maxima } from "./demand.ts";
import type { DemandKind } from "./energy-kinds.ts";

/** The end of a billing period. */
export interface StoredReset {
  /** True instant. */
  readonly at: number;
  /** What the meter's clock showed. */
  readonly time: number;
}

export interface BillingPeriod extends StoredReset {
  /** How many had ended with this one. */
  readonly number: number;
  readonly maxima: Maxima;
  /** Sums of the maxima of all periods up to this one, by the same index. */
  readonly cumulative: Float64Array;
}

interface RunningPeriod {
  readonly version: number;
  readonly closed: number;
  /** By the meter's clock. */
  readonly time: number;
  readonly maxima: Maxima;
}

export class Billing {
  readonly #memory: { resets: readonly StoredReset[] };
  readonly #measurements: Measurements;
  readonly #demand: Demand;
  readonly #begin: number;
  readonly #periods: BillingPeriod[] = [];
  #lastRunning: RunningPeriod | undefined;

  /** `begin` is the true instant at which the first period began. */
  constructor(memory: { resets: readonly StoredReset[] }, measurements: Measurements, demand: Demand, begin: number) {
    this.#memory = memory;
    this.#measurements = measurements;
    this.#demand = demand;
    this.#begin = begin;
  }

  /** Ends the period that runs, at a true instant; maximum demands begin anew. */
  close(at: number): void {
    // An end at a full second is shown as one: instants are known to less than a millisecond.
    const time = Math.round(this.#measurements.clock.time(at));
    this.#memory.resets = [...this.#memory.resets, { at, time }];
  }

  /** Ends of periods, oldest first. */
  get resets(): readonly StoredReset[] {
    return this.#memory.resets;
  }

  /** A period that ended, counted from 1. */
  period(number: number): BillingPeriod {
    for (let known = this.#periods.length; known < number; known++) {
      const reset = this.#memory.resets[known]!;
      const maxima = this.#demand.maxima(this.#startOf(known), reset.time);
      const before = this.#periods.at(-1)?.cumulative;
      const cumulative = maxima.watts.map((watts, index) => watts + (before?.[index] ?? 0));
      this.#periods.push({ ...reset, number: known + 1, maxima, cumulative });
    }
    return this.#periods[number - 1]!;
  }

  /**
   * The greatest demand of the period in which a true instant lies, so far, or of a period that ended, counted from 1.
   * Undefined before any was measured.
   */
  maximum(
    kind: DemandKind,
    tariff: number,
    instant: number,
    closedPeriod?: number,
  ): { readonly watts: number; readonly time: number } | undefined {
    const maxima = closedPeriod === undefined ? this.#running(instant) : this.period(closedPeriod).maxima;
    const index = this.#demand.indexOf(kind, tariff);
    const time = maxima.times[index]!;
    return time === 0 ? undefined : { watts: maxima.watts[index]!, time };
  }

  /** Sum of the greatest demands of all periods that had ended at a true instant. */
  cumulative(kind: DemandKind, tariff: number, instant: number): number {
    const closed = this.closedAt(instant);
    return closed === 0 ? 0 : this.period(closed).cumulative[this.#demand.indexOf(kind, tariff)]!;
  }

  /** How many periods had ended at a true instant. */
  closedAt(instant: number): number {
    const { resets } = this.#memory;
    let closed = resets.length;
    while (closed > 0 && resets[closed - 1]!.at > instant) closed--;
    return closed;
  }

  /** Rows of a profile ask for it one after another: what is known of the period so far is gone on from. */
  #running(instant: number): Maxima {
    const { version, clock } = this.#measurements;
    const closed = this.closedAt(instant);
    const time = clock.time(instant);
    const last = this.#lastRunning;
    if (last?.version === version && last.closed === closed && last.time <= time) {
      if (last.time === time) return last.maxima;
      const maxima = addMaxima(copyOf(last.maxima), this.#demand.maxima(last.time, time));
      this.#lastRunning = { version, closed, time, maxima };
    } else {
      this.#lastRunning = { version, closed, time, maxima: this.#demand.maxima(this.#startOf(closed), time) };
    }
    return this.#lastRunning.maxima;
  }

  #startOf(closed: number): number {
    return closed === 0 ? this.#measurements.clock.time(this.#begin) : this.#memory.resets[closed - 1]!.time;
  }
}
