/** What the meters measure: each register's identifier, unit and value. */
import { scale } from "@anymeter/sans-io";
import type { EnergyRegisters, PhaseMeans } from "../../supply/supply-point.ts";

export interface MeasuredState {
  readonly energy: EnergyRegisters;
  readonly now: PhaseMeans;
}

export interface Register {
  /** C.D.E. */
  readonly address: string;
  readonly unit: string;
  readonly description: string;
  /** Digits, zeros in front as on the display. */
  text(state: MeasuredState): string;
}

const energy = (address: string, unit: string, description: string, of: keyof EnergyRegisters): Register => ({
  ...{ address, unit, description },
  text: ({ energy }) => padded(scale(energy[of], -3), 10),
});

export const energyRegisters: readonly Register[] = [
  energy("1.8.0", "kWh", "Active energy import", "import"),
  energy("2.8.0", "kWh", "Active energy export", "export"),
  energy("3.8.0", "kvarh", "Reactive energy import", "inductive"),
  energy("4.8.0", "kvarh", "Reactive energy export", "capacitive"),
];

export const presentRegisters: readonly Register[] = [
  {
    ...{ address: "1.7.0", unit: "kW", description: "Active power import" },
    text: ({ now }) => padded(scale(Math.round(Math.max(0, sum(now.watts))), -3), 6),
  },
  {
    ...{ address: "2.7.0", unit: "kW", description: "Active power export" },
    text: ({ now }) => padded(scale(Math.round(Math.max(0, -sum(now.watts))), -3), 6),
  },
  ...[0, 1, 2].map(
    (phase): Register => ({
      ...{ address: `${phase * 20 + 32}.7.0`, unit: "V", description: `Voltage of L${phase + 1}` },
      text: ({ now }) => padded(scale(Math.round(now.volts[phase]! * 10), -1), 5),
    }),
  ),
];

/** Columns of the load profile: average power of the interval, from the energy in it. */
export const profileColumns: readonly {
  readonly address: string;
  readonly unit: string;
  readonly of: keyof EnergyRegisters;
  readonly description: string;
}[] = [
  { address: "1.5", unit: "kW", of: "import", description: "Average active power import" },
  { address: "2.5", unit: "kW", of: "export", description: "Average active power export" },
  { address: "3.5", unit: "kvar", of: "inductive", description: "Average reactive power import" },
];

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function padded(value: string, digits: number): string {
  return value.padStart(digits, "0");
}
