/**
 * LIS-200 gas devices: make Hagenau, models VC280 and VC260 (volume converters; the utility has the wrong code of the
 * VC260's lock), and make Brauwald, model GL230 (data logger). All measure gas.
 */
import type { GasSupply } from "../../supply/gas-supply.ts";
import type { SimulatedMeter, SimulatedMeterOptions } from "../simulated-meter.ts";
import { Lis200Meter } from "./lis200-meter.ts";

export function makeLis200Meter(options: SimulatedMeterOptions<GasSupply>): SimulatedMeter {
  return new Lis200Meter(options);
}
