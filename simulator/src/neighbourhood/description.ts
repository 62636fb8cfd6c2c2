/** What a utility is told about its meters when it buys them, as JSON: names, addresses, settings, keys, captured series. */
import type { CustomerKindName } from "../loads/customers.ts";
import type { ProtocolName } from "../meters/protocols.ts";
import type { Medium, MeterRegistration, SimulatedMeter } from "../meters/simulated-meter.ts";
import type { Feeder } from "../physics/feeder.ts";
import type { GasCustomer } from "../supply/gas-supply.ts";
import type { HeatCustomer } from "../supply/heat-supply.ts";
import type { WaterCustomer } from "../supply/water-supply.ts";

export interface NeighbourhoodDescription {
  readonly seed: number;
  readonly historyDays: number;
  readonly capturePeriod: number;
  readonly meters: readonly MeterDescription[];
}

/** Meters with the same host and port are behind one gateway. */
export interface MeterDescription extends MeterRegistration {
  readonly name: string;
  readonly protocol: ProtocolName;
  readonly host: string;
  readonly port: number;
  readonly make: string;
  readonly model: string;
  readonly firmware: string;
  readonly serial: string;
  /** Zone the meter's clock and its naive times are in. */
  readonly timezone: string;
  readonly truth: MeterTruth;
}

/** What no head-end is told, to judge what it finds out. */
export interface MeterTruth {
  readonly medium: Medium;
  readonly customer: CustomerKindName | GasCustomer | HeatCustomer | WaterCustomer;
  /** Milliseconds the clock was fast when the meter came. */
  readonly clockError: number;
  readonly healthy: boolean;
  /** How an electricity meter is connected. */
  readonly service?: ServiceTruth;
}

/** Ohms are of one phase's loop: out by the line, back by the neutral. */
export interface ServiceTruth {
  readonly area: string;
  readonly phases: readonly [boolean, boolean, boolean];
  readonly serviceResistance: number;
  readonly serviceReactance: number;
  readonly totalResistance: number;
  readonly totalReactance: number;
}

export function describeMeter(meter: SimulatedMeter, host: string, port: number, truth: MeterTruth): MeterDescription {
  const { serial, make, model, firmware } = meter.identity;
  return {
    ...{ name: serial, protocol: meter.protocol, host, port, make, model, firmware, serial },
    ...{ timezone: meter.timezone, ...meter.registration, truth },
  };
}

/** The truth of a feeder's service, by its index. */
export function serviceTruth(feeder: Feeder, index: number): ServiceTruth {
  const service = feeder.services[index]!;
  const loop = ({ impedance: { phase, neutral } }: Feeder["nodes"][number] | typeof service) => ({
    resistance: phase.resistance + neutral.resistance,
    reactance: phase.reactance + neutral.reactance,
  });
  const drop = loop(service);
  let { resistance, reactance } = drop;
  for (let node = service.node; node >= 0; node = feeder.nodes[node]!.parent) {
    const segment = loop(feeder.nodes[node]!);
    resistance += segment.resistance;
    reactance += segment.reactance;
  }
  return {
    area: feeder.nodes[0]!.name.split(" ")[0]!,
    phases: service.phases,
    serviceResistance: drop.resistance,
    serviceReactance: drop.reactance,
    totalResistance: resistance,
    totalReactance: reactance,
  };
}
