/** What a meter counts: energies by tariff, and the greatest demand since the last reset. Whole Wh, varh and W. */
import type { EnergyRegisters } from "../../supply/supply-point.ts";
import { mostTariffs } from "./tariff-calendar.ts";

/** One value for each tariff. */
export interface DirectedRegisters {
  readonly pos: number[];
  readonly neg: number[];
}

export interface RegisterState {
  readonly active: DirectedRegisters;
  readonly reactive: DirectedRegisters;
  /** Greatest demand since the last reset, and the sum of those before it. */
  readonly demand: DirectedRegisters;
  readonly cumulativeDemand: DirectedRegisters;
  /** Energy of the demand period under way. */
  readonly period: { pos: number; neg: number };
  resetCount: number;
  /** By the meter's clock. */
  resetAt?: number | undefined;
}

/** `total`: what a meter that hung here from the start would show. `shares`: how it spread over the tariffs. */
export function registersOf(total: EnergyRegisters, shares: readonly number[], resetCount: number): RegisterState {
  return {
    active: { pos: spread(total.import, shares), neg: spread(total.export, shares) },
    reactive: { pos: spread(total.inductive, shares), neg: spread(total.capacitive, shares) },
    demand: { pos: nothing(), neg: nothing() },
    cumulativeDemand: { pos: nothing(), neg: nothing() },
    period: { pos: 0, neg: 0 },
    resetCount,
  };
}

/**
 * Adds what flowed between two instants while a tariff was in force. What the roof gives is used up in the house first:
 * either direction counts what is left, as the power of all phases together shows it.
 */
export function count(state: RegisterState, tariff: number, before: EnergyRegisters, after: EnergyRegisters): void {
  const active = after.import - before.import - (after.export - before.export);
  add(state.active, tariff, active);
  add(state.reactive, tariff, after.inductive - before.inductive - (after.capacitive - before.capacitive));
  state.period[active > 0 ? "pos" : "neg"] += Math.abs(active);
}

/** A demand period of so many hours ends; it belongs to the tariff it began in. */
export function closeDemandPeriod({ demand, period }: RegisterState, tariff: number, hours: number): void {
  for (const direction of ["pos", "neg"] as const) {
    const watts = Math.round(period[direction] / hours);
    demand[direction][tariff - 1] = Math.max(demand[direction][tariff - 1]!, watts);
    period[direction] = 0;
  }
}

/** Demands are added up and begin anew. */
export function resetDemand({ demand, cumulativeDemand }: RegisterState): void {
  for (const direction of ["pos", "neg"] as const) {
    for (let tariff = 0; tariff < mostTariffs; tariff++) {
      cumulativeDemand[direction][tariff]! += demand[direction][tariff]!;
    }
    demand[direction].fill(0);
  }
}

/** Of energies the sum, of demands the greatest: what stands in the column of the total. */
export function totalEnergy(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

export function greatestDemand(values: readonly number[]): number {
  return Math.max(...values);
}

function add(registers: DirectedRegisters, tariff: number, net: number): void {
  registers[net > 0 ? "pos" : "neg"][tariff - 1]! += Math.abs(net);
}

function nothing(): number[] {
  return Array.from({ length: mostTariffs }, () => 0);
}

/** The first tariff has what rounding leaves of the others. */
function spread(total: number, shares: readonly number[]): number[] {
  const values = nothing().map((_, tariff) => (tariff === 0 ? 0 : Math.floor(total * (shares[tariff] ?? 0))));
  values[0] = total - totalEnergy(values);
  return values;
}
