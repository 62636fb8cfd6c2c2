/**
 * Every register of a make as one list: what it measures and counts, by tariff too, and its greatest demands. Objects,
 * profiles and the utility's registration read the same list.
 */
import type { EnergyRegisters, PhaseMeans } from "../../supply/supply-point.ts";
import type { MeterMake } from "./makes.ts";
import type { Measurements } from "./measurements.ts";
import type { Billing } from "./operation/billing.ts";
import { type DemandKind, demandKinds, type EnergyKind, energyKinds } from "./operation/energy-kinds.ts";
import type { EnergyLedger } from "./operation/energy-ledger.ts";
import type { TariffHistory } from "./operation/tariff-history.ts";
import type { CellType } from "./profiles/row-writer.ts";
import { type Quantity, type QuantityName, quantities, rawValue, scalerOf } from "./quantities.ts";

/** Beside quantities: energy by tariff, the greatest demand since the last reset, and the sum of those before. */
export type TariffRegisterName =
  | `${EnergyKind}-of-tariff-${number}`
  | `${DemandKind}-demand-of-tariff-${number}`
  | `${DemandKind}-cumulative-demand-of-tariff-${number}`;
export type RegisterName = QuantityName | TariffRegisterName;

export type RegisterType = Exclude<CellType, "octet-string">;

export interface RegisterDescription {
  readonly name: RegisterName;
  readonly description: string;
  readonly logicalName: string;
  /** 3 register, 4 extended register. */
  readonly classId: 3 | 4;
  readonly unit: number;
  readonly scaler: number;
  readonly type: RegisterType;
}

export interface MeterRegister extends RegisterDescription {
  /** The whole number shown at a moment. */
  readonly value: (moment: Moment) => number;
  /** When it came about, by the meter's clock; undefined = not yet. Of extended registers. */
  readonly capturedAt?: (moment: Moment) => number | undefined;
}

/** What a moment of a meter is told from. */
export interface MomentSource {
  readonly measurements: Measurements;
  readonly ledger: EnergyLedger;
  readonly billing: Billing;
  readonly tariffs: TariffHistory;
  /** All that is random about the meter comes from it. */
  readonly seed: number;
}

/** What a meter measures and has counted at an instant, computed when asked for. */
export class Moment {
  readonly source: MomentSource;
  /** True time, milliseconds UTC. */
  readonly instant: number;
  /** The billing period whose end the moment is, counted from 1: demands are its own. */
  readonly closedPeriod: number | undefined;
  readonly #period: number;
  #energy: EnergyRegisters | undefined;
  #means: PhaseMeans | undefined;

  /** `period` is over how many milliseconds before the instant means are taken; 0 = what flows at it. */
  constructor(
    source: MomentSource,
    instant: number,
    { period = 0, closedPeriod }: { readonly period?: number; readonly closedPeriod?: number } = {},
  ) {
    this.source = source;
    this.instant = instant;
    this.closedPeriod = closedPeriod;
    this.#period = period;
  }

  get energy(): EnergyRegisters {
    this.#energy ??= this.source.measurements.supply.registers(this.instant);
    return this.#energy;
  }

  get means(): PhaseMeans {
    const { supply } = this.source.measurements;
    this.#means ??=
      this.#period === 0 ? supply.now(this.instant) : supply.means(this.instant - this.#period, this.instant);
    return this.#means;
  }
}

/** The registers of a make, the same for all its meters. */
export function registersOf(make: MeterMake): readonly MeterRegister[] {
  const known = registersOfMakes.get(make);
  if (known !== undefined) return known;
  const registers = describeRegisters(make).map((description) => registerOf(description, make));
  registersOfMakes.set(make, registers);
  return registers;
}

const registersOfMakes = new WeakMap<MeterMake, readonly MeterRegister[]>();

function registerOf(description: RegisterDescription, make: MeterMake): MeterRegister {
  const { name } = description;
  if (name in quantities) {
    const quantity: Quantity = quantities[name as QuantityName];
    return { ...description, value: ({ energy, means }) => rawValue(quantity, make.resolutions, energy, means) };
  }
  const { kind, sort, tariff } = partsOf(name as TariffRegisterName);
  if (sort === "energy") {
    const value = ({ source, instant }: Moment) => source.ledger.counted(kind as EnergyKind, tariff, instant);
    return { ...description, value };
  }
  const demand = kind as DemandKind;
  if (sort === "cumulative-demand") {
    return { ...description, value: ({ source, instant }) => source.billing.cumulative(demand, tariff, instant) };
  }
  const maximum = ({ source, instant, closedPeriod }: Moment) =>
    source.billing.maximum(demand, tariff, instant, closedPeriod);
  return {
    ...description,
    value: (moment) => maximum(moment)?.watts ?? 0,
    capturedAt: (moment) => maximum(moment)?.time,
  };
}

function describeRegisters(make: MeterMake): readonly RegisterDescription[] {
  const measured = Object.entries<Quantity>(quantities)
    .filter(([name, quantity]) => isOffered(name as QuantityName, quantity, make))
    .map(([name]) => quantityRegister(name as QuantityName, make));
  const kinds = energyKinds.filter((kind) => isOffered(kind, quantities[kind], make));
  const tariffs = Array.from({ length: make.tariffs }, (_, index) => index + 1);
  return [
    ...measured,
    ...kinds.flatMap((kind) => tariffs.map((tariff) => energyRegister(kind, tariff, make))),
    ...demandKinds.flatMap((kind) => [0, ...tariffs].map((tariff) => demandRegister(kind, tariff))),
    ...demandKinds.flatMap((kind) => [0, ...tariffs].map((tariff) => cumulativeRegister(kind, tariff))),
  ];
}

/** Where a make shows a quantity. */
export function logicalNameOf(name: QuantityName, make: MeterMake): string {
  return make.codes?.value[name] ?? quantities[name].logicalName;
}

/** The type a make shows a quantity in, in registers and profiles alike. */
export function cellType(quantity: Quantity, make: MeterMake): RegisterType {
  if (quantity.resolution === "energy") return make.energyType;
  const wide = quantity.resolution === "watts" || (quantity.resolution === "amperes" && make.resolutions.amperes < -2);
  return wide ? "double-long-unsigned" : "long-unsigned";
}

function isOffered(name: QuantityName, { phases, makersOwn }: Quantity, make: MeterMake): boolean {
  if (makersOwn && make.codes?.value[name] === undefined) return false;
  return make.phases === 3 ? !singlePhaseOnly.has(name) : phases === undefined;
}

/** The names a single-phase meter has instead of those of three phases. */
const singlePhaseOnly: ReadonlySet<QuantityName> = new Set(["volts", "amperes"]);

function quantityRegister(name: QuantityName, make: MeterMake): RegisterDescription {
  const quantity: Quantity = quantities[name];
  const { description, unit } = quantity;
  const shown = { scaler: scalerOf(quantity, make.resolutions), type: cellType(quantity, make) };
  return { name, description, logicalName: logicalNameOf(name, make), classId: 3, unit, ...shown };
}

function energyRegister(kind: EnergyKind, tariff: number, make: MeterMake): RegisterDescription {
  const total = quantityRegister(kind, make);
  return {
    ...total,
    name: `${kind}-of-tariff-${tariff}`,
    description: `${total.description}, tariff ${tariff}`,
    logicalName: total.logicalName.replace(/\.0\.255$/, `.${tariff}.255`),
  };
}

function demandRegister(kind: DemandKind, tariff: number): RegisterDescription {
  return {
    ...demandTraits(kind, 6, tariff),
    name: `${kind}-demand-of-tariff-${tariff}`,
    description: demandDescription("Maximum demand", kind, tariff),
    classId: 4,
  };
}

function cumulativeRegister(kind: DemandKind, tariff: number): RegisterDescription {
  return {
    ...demandTraits(kind, 2, tariff),
    name: `${kind}-cumulative-demand-of-tariff-${tariff}`,
    description: demandDescription("Cumulative maximum demand", kind, tariff),
    classId: 3,
  };
}

/** Group D of an OBIS code: 6 is a maximum, 2 the sum of those of billing periods. Whole watts. */
function demandTraits(kind: DemandKind, group: 2 | 6, tariff: number) {
  const quantity = { import: 1, export: 2, absolute: 15 }[kind];
  return {
    logicalName: `1.0.${quantity}.${group}.${tariff}.255`,
    unit: watt,
    scaler: 0,
    type: "double-long-unsigned",
  } as const;
}

function demandDescription(what: string, kind: DemandKind, tariff: number): string {
  const direction = kind === "absolute" ? "import and export" : kind;
  return `${what}, ${direction}${tariff === 0 ? "" : `, tariff ${tariff}`}`;
}

function partsOf(name: TariffRegisterName): {
  kind: string;
  sort: "energy" | "demand" | "cumulative-demand";
  tariff: number;
} {
  const [, kind = "", sort, tariff] = /^(.*?)(-demand|-cumulative-demand)?-of-tariff-(\d+)$/.exec(name)!;
  return {
    kind,
    sort: sort === undefined ? "energy" : (sort.slice(1) as "demand" | "cumulative-demand"),
    tariff: Number(tariff),
  };
}

const watt = 27;
