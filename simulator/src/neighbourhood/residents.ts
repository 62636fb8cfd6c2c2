/** Makes the planned meters: each with its supply, its clock and its memory, and what is true about it. */
import { DlmsMeter } from "../meters/dlms/dlms-meter.ts";
import { freshMemory } from "../meters/dlms/memory.ts";
import type { MeterMemoryCell, SimulatedMeter, SimulatedMeterOptions, Supply } from "../meters/simulated-meter.ts";
import type { JointFault } from "../physics/joint-faults.ts";
import { GasSupply } from "../supply/gas-supply.ts";
import { HeatSupply } from "../supply/heat-supply.ts";
import type { PipeSettings } from "../supply/pipe-uses.ts";
import type { SupplyArea } from "../supply/supply-area.ts";
import { SupplyPoint } from "../supply/supply-point.ts";
import { WaterSupply } from "../supply/water-supply.ts";
import { type MeterTruth, serviceTruth } from "./description.ts";
import type { OtherMeter } from "./others.ts";
import type { DlmsMeterPlan, NeighbourhoodPlan, OtherMeterPlan } from "./plan.ts";

export interface Resident {
  readonly meter: SimulatedMeter;
  readonly supply: Supply;
  readonly truth: MeterTruth;
  /** Name of the line it shares with others. */
  readonly gateway?: string;
}

export interface ResidentSettings {
  readonly plan: NeighbourhoodPlan;
  /** Those of the plan, in its order. */
  readonly areas: readonly SupplyArea[];
  readonly now: () => number;
  readonly historyDays: number;
  readonly capturePeriod: number;
  readonly memory: (serial: string) => MeterMemoryCell;
  readonly jointFaults: Readonly<Record<number, readonly JointFault[]>>;
  /** Somebody listens for meters that dial in. */
  readonly canDialIn: boolean;
}

/** DLMS meters first. */
export function residentsOf(settings: ResidentSettings): Resident[] {
  const { meters, others } = settings.plan;
  return [
    ...meters.map((plan) => dlmsResident(plan, settings)),
    ...others.map((plan) => otherResident(plan, settings)),
  ];
}

function dlmsResident(plan: DlmsMeterPlan, settings: ResidentSettings): Resident {
  const { make, identity, seed, clockError, faults, wrongKeyRegistered, customer, number } = plan;
  const dialsIn = plan.dialsIn && settings.canDialIn;
  const { now, historyDays, capturePeriod } = settings;
  const supply = new SupplyPoint(settings.areas[plan.area]!, plan.service);
  supply.setJointFaults(settings.jointFaults[number] ?? []);
  const cell = settings.memory(identity.serial);
  const meter = new DlmsMeter({
    ...{ make, identity, supply, now, seed, clockError, historyDays, capturePeriod, wrongKeyRegistered, dialsIn },
    ...{ memory: cell.state(freshMemory), remember: cell.remember },
  });
  meter.faults.set(faults);
  const healthy = !wrongKeyRegistered && Object.keys(faults).length === 0;
  const service = serviceTruth(settings.plan.areas[plan.area]!.feeder, plan.service);
  return { meter, supply, truth: { medium: supply.medium, customer, clockError, healthy, service } };
}

function otherResident({ entry, ...plan }: OtherMeterPlan, settings: ResidentSettings): Resident {
  const { number, position, seed, clockError } = plan;
  const { now, historyDays, capturePeriod, memory } = settings;
  const { model, gateway, trait } = entry;
  const world = { model, number, position, seed, now, clockError, historyDays, capturePeriod, memory };
  const { supply, customer, meter } = madeFor(entry, plan.supply, world, settings.areas);
  meter.faults.set(trait?.faults ?? {});
  const truth: MeterTruth = {
    ...{ medium: supply.medium, customer, clockError, healthy: trait?.faults === undefined },
    ...("area" in plan.supply && {
      service: serviceTruth(settings.plan.areas[plan.supply.area]!.feeder, plan.supply.service),
    }),
  };
  return { meter, supply, truth, ...(gateway !== undefined && { gateway }) };
}

function madeFor(
  entry: OtherMeter,
  source: OtherMeterPlan["supply"],
  world: Omit<SimulatedMeterOptions, "supply">,
  areas: readonly SupplyArea[],
): { supply: Supply; customer: MeterTruth["customer"]; meter: SimulatedMeter } {
  if ("electricity" in entry) {
    const { area, service } = source as Extract<typeof source, { area: number }>;
    const supply = new SupplyPoint(areas[area]!, service);
    return { supply, customer: entry.electricity, meter: entry.make({ ...world, supply }) };
  }
  const pipe = source as PipeSettings;
  if ("gas" in entry) {
    const supply = new GasSupply({ ...pipe, customer: entry.gas });
    return { supply, customer: entry.gas, meter: entry.make({ ...world, supply }) };
  }
  if ("heat" in entry) {
    const supply = new HeatSupply({ ...pipe, customer: entry.heat });
    return { supply, customer: entry.heat, meter: entry.make({ ...world, supply }) };
  }
  const supply = new WaterSupply({ ...pipe, customer: entry.water });
  return { supply, customer: entry.water, meter: entry.make({ ...world, supply }) };
}
