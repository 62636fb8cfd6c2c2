/**
 * The meters that are not DLMS: one line of this table each. Meters with the same `gateway` share a port; a model is an
 * entry of its protocol's own table.
 */
import type { CustomerKindName } from "../loads/customers.ts";
import type { LineFaults } from "../meters/faults.ts";
import { makeIFlagMeter } from "../meters/i-flag/index.ts";
import { makeLis200Meter } from "../meters/lis-200/index.ts";
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
  { make: makeLis200Meter, model: "VC280", gas: "greenhouse" },
  { make: makeIFlagMeter, model: "KV100", gas: "school" },
  { make: makeIFlagMeter, model: "KV300M", gas: "dairy" },
  { make: makeIFlagMeter, model: "GC7", gas: "bakery" },
];
