/** The energies a meter counts by tariff, and the demands it finds the greatest of. */
import type { EnergyRegisters } from "../../../supply/supply-point.ts";
import { quantities } from "../quantities.ts";

export const energyKinds = ["import", "export", "inductive", "capacitive", "absolute", "reactive-absolute"] as const;
export type EnergyKind = (typeof energyKinds)[number];

export const demandKinds = ["import", "export", "absolute"] as const;
export type DemandKind = (typeof demandKinds)[number];

/** A register's whole steps of 10^exponent Wh: it shows what is full. */
export function rawEnergy(kind: EnergyKind, energy: EnergyRegisters, exponent: number): number {
  const wattHours = (quantities[kind].value as (energy: EnergyRegisters) => number)(energy);
  return Math.floor(wattHours / 10 ** exponent);
}
