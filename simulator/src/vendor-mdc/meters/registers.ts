/** What a meter counts: energies by tariff, and the greatest demand since the last reset. Whole Wh, varh and W. */
import type { EnergyRegisters } from "../../supply/supply-point.ts";
import { mostTariffs } from "./tariff-calendar.ts";

/** Of each quantity: one value for each tariff. */
export interface DirectedRegisters {
  readonly pos: Float64Array;
  readonly neg: Float64Array;
}

export class Registers {
  readonly active: DirectedRegisters = directed();
  readonly reactive: DirectedRegisters = directed();
  /** Greatest demand since the last reset, and the sum of those before it. */
  readonly demand: DirectedRegisters = directed();
  readonly cumulativeDemand: DirectedRegisters = directed();
  resetCount: number;
  resetAt: number | undefined;
  /** Energy of the demand period under way. */
  readonly #period = { pos: 0, neg: 0 };

  /** `total`: what a meter that hung here from the start would show. `shares`: how it spread over the tariffs. */
  constructor(total: EnergyRegisters, shares: readonly number[], resetCount: number) {
    spread(this.active.pos, total.import, shares);
    spread(this.active.neg, total.export, shares);
    spread(this.reactive.pos, total.inductive, shares);
    spread(this.reactive.neg, total.capacitive, shares);
    this.resetCount = resetCount;
  }

  /** What flowed while a tariff was in force. */
  count(tariff: number, flowed: EnergyRegisters): void {
    this.active.pos[tariff - 1]! += flowed.import;
    this.active.neg[tariff - 1]! += flowed.export;
    this.reactive.pos[tariff - 1]! += flowed.inductive;
    this.reactive.neg[tariff - 1]! += flowed.capacitive;
    this.#period.pos += flowed.import;
    this.#period.neg += flowed.export;
  }

  /** A demand period of so many hours ends. */
  closePeriod(tariff: number, hours: number): void {
    for (const direction of ["pos", "neg"] as const) {
      const watts = Math.round(this.#period[direction] / hours);
      this.demand[direction][tariff - 1] = Math.max(this.demand[direction][tariff - 1]!, watts);
      this.#period[direction] = 0;
    }
  }

  /** The billing period ends; demands are added up and begin anew. */
  resetDemand(): void {
    for (const direction of ["pos", "neg"] as const) {
      const demand = this.demand[direction];
      for (let tariff = 0; tariff < mostTariffs; tariff++) {
        this.cumulativeDemand[direction][tariff]! += demand[tariff]!;
      }
      demand.fill(0);
    }
  }
}

/** Of energies the sum, of demands the greatest: what stands in the column of the total. */
export function totalEnergy(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

export function greatestDemand(values: Float64Array): number {
  return Math.max(...values);
}

function directed(): DirectedRegisters {
  return { pos: new Float64Array(mostTariffs), neg: new Float64Array(mostTariffs) };
}

function spread(values: Float64Array, total: number, shares: readonly number[]): void {
  let left = total;
  for (let tariff = 1; tariff < shares.length; tariff++) {
    values[tariff] = Math.floor(total * shares[tariff]!);
    left -= values[tariff]!;
  }
  values[0] = left;
}
