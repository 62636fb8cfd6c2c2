/**
 * Modbus electricity meters: make Tallinder, models T3-630 and T1-120 (RTU); Campana CG-340 (RTU, low word
 * first); Brevik BE-23 (transaction id 0); Sonnfeld SF-203 (SunSpec); Jaspis J-96 (refuses one register of its map);
 * Ilmen iE-3155 (RTU). All measure electricity; T1-120 one phase. Behind one gateway go models of one framing.
 */
import type { SupplyPoint } from "../../supply/supply-point.ts";
import type { SimulatedMeter, SimulatedMeterOptions } from "../simulated-meter.ts";
import { ModbusMeter } from "./modbus-meter.ts";

export function makeModbusMeter(options: SimulatedMeterOptions<SupplyPoint>): SimulatedMeter {
  return new ModbusMeter(options);
}
