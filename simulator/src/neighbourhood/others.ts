/**
 * The meters that are not DLMS: one line of this table each. Meters with the same `gateway` share a port; a model is an
 * entry of its protocol's own table.
 */
import type { CustomerKindName } from "../loads/customers.ts";
import type { LineFaults } from "../meters/faults.ts";
import { makeIFlagMeter } from "../meters/i-flag/index.ts";
import { makeIec62056Meter } from "../meters/iec62056-21/index.ts";
import { makeLis200Meter } from "../meters/lis-200/index.ts";
import { makeMbusMeter } from "../meters/mbus/index.ts";
import { makeModbusMeter } from "../meters/modbus/index.ts";
import type { SimulatedMeter, SimulatedMeterOptions, Supply } from "../meters/simulated-meter.ts";
import type { GasCustomer, GasSupply } from "../supply/gas-supply.ts";
import type { HeatCustomer, HeatSupply } from "../supply/heat-supply.ts";
import type { SupplyPoint } from "../supply/supply-point.ts";
import type { WaterCustomer, WaterSupply } from "../supply/water-supply.ts";

/** A meter, what it measures, and at whose place. */
export type OtherMeter = (
  | { readonly make: Factory<SupplyPoint>; readonly electricity: CustomerKindName }
  | { readonly make: Factory<GasSupply>; readonly gas: GasCustomer }
  | { readonly make: Factory<HeatSupply>; readonly heat: HeatCustomer }
  | { readonly make: Factory<WaterSupply>; readonly water: WaterCustomer }
) & {
  readonly model: string;
  /** Name of the gateway it is behind; absent = it has a port of its own. */
  readonly gateway?: string;
  readonly trait?: Trait;
};

/** Exported by a protocol's folder as `make<Protocol>Meter`. */
export type Factory<Measured extends Supply> = (options: SimulatedMeterOptions<Measured>) => SimulatedMeter;

/** How a meter is not as the others. */
export interface Trait {
  /** Milliseconds the clock is fast. */
  readonly clockError?: number;
  readonly faults?: LineFaults;
  readonly because: string;
}

export const otherMeters: readonly OtherMeter[] = [
  { make: makeLis200Meter, model: "VC280", gas: "apartment block" },
  { make: makeLis200Meter, model: "GL230", gas: "bakery" },
  { make: makeLis200Meter, model: "VC260", gas: "school" },

  { make: makeIFlagMeter, model: "KV100", gas: "dairy" },
  { make: makeIFlagMeter, model: "KV300M", gas: "greenhouse" },
  { make: makeIFlagMeter, model: "GC7", gas: "apartment block" },

  { make: makeMbusMeter, model: "HM100", heat: "apartment", gateway: "M-Bus gateway 1" },
  { make: makeMbusMeter, model: "HM200", heat: "house", gateway: "M-Bus gateway 1" },
  { make: makeMbusMeter, model: "KW5", heat: "apartment", gateway: "M-Bus gateway 1" },
  { make: makeMbusMeter, model: "KW5-W", water: "apartment", gateway: "M-Bus gateway 1" },
  { make: makeMbusMeter, model: "Q4", water: "house", gateway: "M-Bus gateway 1" },
  { make: makeMbusMeter, model: "R2", water: "hot tap", gateway: "M-Bus gateway 1" },

  { make: makeMbusMeter, model: "HM100", heat: "house", gateway: "M-Bus gateway 2" },
  { make: makeMbusMeter, model: "HM200", heat: "apartment", gateway: "M-Bus gateway 2" },
  { make: makeMbusMeter, model: "KW5", heat: "house", gateway: "M-Bus gateway 2" },
  { make: makeMbusMeter, model: "KW5-W", water: "house with a leak", gateway: "M-Bus gateway 2" },
  { make: makeMbusMeter, model: "Q7", water: "apartment", gateway: "M-Bus gateway 2" },
  { make: makeMbusMeter, model: "R3", water: "apartment", gateway: "M-Bus gateway 2" },

  { make: makeModbusMeter, model: "T3-630", electricity: "shop", gateway: "RTU gateway" },
  { make: makeModbusMeter, model: "T1-120", electricity: "home", gateway: "RTU gateway" },
  { make: makeModbusMeter, model: "CG-340", electricity: "house with heat pump" },
  { make: makeModbusMeter, model: "BE-23", electricity: "house with car" },
  { make: makeModbusMeter, model: "SF-203", electricity: "shop" },
  { make: makeModbusMeter, model: "J-96", electricity: "house" },

  { make: makeIec62056Meter, model: "D3Z", electricity: "house" },
  { make: makeIec62056Meter, model: "L6Q", electricity: "shop" },
  { make: makeIec62056Meter, model: "E4P", electricity: "house with car" },
  { make: makeIec62056Meter, model: "B1", electricity: "holiday home" },
  { make: makeIec62056Meter, model: "P5", electricity: "house with heat pump" },
  { make: makeIec62056Meter, model: "L5Q", electricity: "shop" },
];
