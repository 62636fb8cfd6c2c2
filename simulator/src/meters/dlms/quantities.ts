/** What the meters of the neighbourhood measure: OBIS code, unit (Blue Book, table "unit"), and how it is obtained. */
import type { EnergyRegisters, PhaseMeans } from "../../supply/supply-point.ts";

export type EnergyName = keyof EnergyRegisters;

export interface Quantity {
  readonly description: string;
  readonly logicalName: string;
  /** Enumeration value of the unit: 27 W, 29 var, 30 Wh, 32 varh, 33 A, 35 V, 44 Hz, 255 none. */
  readonly unit: number;
  /** Which resolution of the make applies. */
  readonly resolution: "energy" | "volts" | "amperes" | "watts" | "hertz" | "factor";
  /** Phases a meter must have for it; absent = any. */
  readonly phases?: 3;
  /** Only makes that have a code for it offer it (`codes` of the make). */
  readonly makersOwn?: true;
  /** In the unit, before the resolution. */
  readonly value: (energy: EnergyRegisters, means: PhaseMeans) => number;
}

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
/** Power of one phase that flows in a direction, or reactive power of it: group C is 20, 40 or 60 and a digit more. */
const ofPhase = (
  line: 1 | 2 | 3,
  digit: 1 | 2 | 3 | 4,
  description: string,
  value: (means: PhaseMeans) => readonly number[],
): Quantity => ({
  description: `${description} L${line}`,
  logicalName: `1.0.${20 * line + digit}.7.0.255`,
  unit: digit < 3 ? 27 : 29,
  resolution: "watts",
  phases: 3,
  value: (_, means) => Math.max(0, (digit % 2 === 1 ? 1 : -1) * value(means)[line - 1]!),
});
const importOf = (line: 1 | 2 | 3) => ofPhase(line, 1, "Active power import", ({ watts }) => watts);
const exportOf = (line: 1 | 2 | 3) => ofPhase(line, 2, "Active power export", ({ watts }) => watts);
const reactiveImportOf = (line: 1 | 2 | 3) => ofPhase(line, 3, "Reactive power import", ({ vars }) => vars);
const reactiveExportOf = (line: 1 | 2 | 3) => ofPhase(line, 4, "Reactive power export", ({ vars }) => vars);
const factorOf = (line: 1 | 2 | 3): Quantity => ({
  description: `Power factor L${line}`,
  logicalName: `1.0.${20 * line + 13}.7.0.255`,
  unit: 255,
  resolution: "factor",
  phases: 3,
  value: (_, { watts, vars }) => powerFactor([watts[line - 1]!], [vars[line - 1]!]),
});
/** A single-phase meter calls its phase L1, whichever it hangs on in the street. */
const onlyPhase = (values: readonly number[]) => values.find((value) => value !== 0) ?? 0;

export const quantities = {
  import: {
    description: "Active energy import",
    logicalName: "1.0.1.8.0.255",
    unit: 30,
    resolution: "energy",
    value: (energy) => energy.import,
  },
  export: {
    description: "Active energy export",
    logicalName: "1.0.2.8.0.255",
    unit: 30,
    resolution: "energy",
    value: (energy) => energy.export,
  },
  inductive: {
    description: "Reactive energy import",
    logicalName: "1.0.3.8.0.255",
    unit: 32,
    resolution: "energy",
    value: (energy) => energy.inductive,
  },
  capacitive: {
    description: "Reactive energy export",
    logicalName: "1.0.4.8.0.255",
    unit: 32,
    resolution: "energy",
    value: (energy) => energy.capacitive,
  },
  absolute: {
    description: "Active energy, import and export",
    logicalName: "1.0.15.8.0.255",
    unit: 30,
    resolution: "energy",
    value: (energy) => energy.import + energy.export,
  },
  "reactive-absolute": {
    description: "Reactive energy, import and export",
    logicalName: "1.0.128.8.0.255",
    unit: 32,
    resolution: "energy",
    makersOwn: true,
    value: (energy) => energy.inductive + energy.capacitive,
  },
  volts: {
    description: "Voltage L1",
    logicalName: "1.0.32.7.0.255",
    unit: 35,
    resolution: "volts",
    value: (_, { volts }) => onlyPhase(volts),
  },
  amperes: {
    description: "Current L1",
    logicalName: "1.0.31.7.0.255",
    unit: 33,
    resolution: "amperes",
    value: (_, { amperes }) => onlyPhase(amperes),
  },
  "volts-1": {
    description: "Voltage L1",
    logicalName: "1.0.32.7.0.255",
    unit: 35,
    resolution: "volts",
    phases: 3,
    value: (_, m) => m.volts[0]!,
  },
  "volts-2": {
    description: "Voltage L2",
    logicalName: "1.0.52.7.0.255",
    unit: 35,
    resolution: "volts",
    phases: 3,
    value: (_, m) => m.volts[1]!,
  },
  "volts-3": {
    description: "Voltage L3",
    logicalName: "1.0.72.7.0.255",
    unit: 35,
    resolution: "volts",
    phases: 3,
    value: (_, m) => m.volts[2]!,
  },
  "amperes-1": {
    description: "Current L1",
    logicalName: "1.0.31.7.0.255",
    unit: 33,
    resolution: "amperes",
    phases: 3,
    value: (_, m) => m.amperes[0]!,
  },
  "amperes-2": {
    description: "Current L2",
    logicalName: "1.0.51.7.0.255",
    unit: 33,
    resolution: "amperes",
    phases: 3,
    value: (_, m) => m.amperes[1]!,
  },
  "amperes-3": {
    description: "Current L3",
    logicalName: "1.0.71.7.0.255",
    unit: 33,
    resolution: "amperes",
    phases: 3,
    value: (_, m) => m.amperes[2]!,
  },
  "active-import": {
    description: "Active power import",
    logicalName: "1.0.1.7.0.255",
    unit: 27,
    resolution: "watts",
    value: (_, { watts }) => Math.max(0, total(watts)),
  },
  "active-export": {
    description: "Active power export",
    logicalName: "1.0.2.7.0.255",
    unit: 27,
    resolution: "watts",
    value: (_, { watts }) => Math.max(0, -total(watts)),
  },
  "absolute-power": {
    description: "Active power, import and export",
    logicalName: "1.0.15.7.0.255",
    unit: 27,
    resolution: "watts",
    value: (_, { watts }) => Math.abs(total(watts)),
  },
  "reactive-import": {
    description: "Reactive power import",
    logicalName: "1.0.3.7.0.255",
    unit: 29,
    resolution: "watts",
    value: (_, { vars }) => Math.max(0, total(vars)),
  },
  "reactive-export": {
    description: "Reactive power export",
    logicalName: "1.0.4.7.0.255",
    unit: 29,
    resolution: "watts",
    value: (_, { vars }) => Math.max(0, -total(vars)),
  },
  "reactive-absolute-power": {
    description: "Reactive power, import and export",
    logicalName: "1.0.128.27.0.255",
    unit: 29,
    resolution: "watts",
    makersOwn: true,
    value: (_, { vars }) => Math.abs(total(vars)),
  },
  "active-import-1": importOf(1),
  "active-import-2": importOf(2),
  "active-import-3": importOf(3),
  "active-export-1": exportOf(1),
  "active-export-2": exportOf(2),
  "active-export-3": exportOf(3),
  "reactive-import-1": reactiveImportOf(1),
  "reactive-import-2": reactiveImportOf(2),
  "reactive-import-3": reactiveImportOf(3),
  "reactive-export-1": reactiveExportOf(1),
  "reactive-export-2": reactiveExportOf(2),
  "reactive-export-3": reactiveExportOf(3),
  "amperes-total": {
    description: "Current, all phases",
    logicalName: "1.0.90.7.0.255",
    unit: 33,
    resolution: "amperes",
    phases: 3,
    value: (_, { amperes }) => total(amperes),
  },
  "power-factor-1": factorOf(1),
  "power-factor-2": factorOf(2),
  "power-factor-3": factorOf(3),
  "power-factor": {
    description: "Power factor",
    logicalName: "1.0.13.7.0.255",
    unit: 255,
    resolution: "factor",
    value: (_, { watts, vars }) => powerFactor(watts, vars),
  },
  frequency: {
    description: "Frequency",
    logicalName: "1.0.14.7.0.255",
    unit: 44,
    resolution: "hertz",
    value: (_, { hertz }) => hertz,
  },
} as const satisfies Record<string, Quantity>;

export type QuantityName = keyof typeof quantities;

/** Decimal exponents: a value in the unit is `raw · 10^exponent`. Energy and the rest differ from make to make. */
export interface Resolutions {
  readonly energy: number;
  readonly volts: number;
  readonly amperes: number;
}

/** The scaler of a quantity in a make with these resolutions. */
export function scalerOf(quantity: Quantity, resolutions: Resolutions): number {
  const { resolution } = quantity;
  return resolution in resolutions
    ? resolutions[resolution as keyof Resolutions]
    : commonResolutions[resolution as keyof typeof commonResolutions];
}

/** The whole number a meter shows: registers are cut off, as counters are; measurements are rounded. */
export function rawValue(
  quantity: Quantity,
  resolutions: Resolutions,
  energy: EnergyRegisters,
  means: PhaseMeans,
): number {
  const scaled = quantity.value(energy, means) / 10 ** scalerOf(quantity, resolutions);
  return quantity.resolution === "energy" ? Math.floor(scaled) : Math.round(scaled);
}

const commonResolutions = { watts: 0, hertz: -2, factor: -3 } as const;

function powerFactor(watts: readonly number[], vars: readonly number[]): number {
  const apparent = Math.hypot(total(watts), total(vars));
  return apparent === 0 ? 1 : Math.abs(total(watts)) / apparent;
}
