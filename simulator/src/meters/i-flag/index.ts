/**
 * Corus gas converters over i-flag: make Kaldern, models KV100 (not MID) and KV300M (MID, two pressure sensors), and make
 * Ossig, model GC7 (short frames, a parameter map that is not published). All measure gas.
 */
import type { GasSupply } from "../../supply/gas-supply.ts";
import type { SimulatedMeter, SimulatedMeterOptions } from "../simulated-meter.ts";
import { CorusConverter } from "./corus-converter.ts";

export function makeIFlagMeter(options: SimulatedMeterOptions<GasSupply>): SimulatedMeter {
  return new CorusConverter(options);
}
