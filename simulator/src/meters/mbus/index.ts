/**
 * M-Bus meters behind gateways: heat meters Fernau HM100 (three telegrams) and HM200 (secondary address, enciphered) and
 * Talwerk KW5 (negative BCD, slow); water meters Talwerk KW5-W (the number of the KW5 before it in the table), Quellbach Q4
 * (fixed structure) and Q7 (repeats its telegram for ever), Rohrau R2 (hot water, wildcards) and R3 (the utility has the
 * secondary address of the meter that hung there before).
 */
import type { SimulatedMeter, SimulatedMeterOptions } from "../simulated-meter.ts";
import { MbusMeter, type MbusSupply } from "./mbus-meter.ts";

export function makeMbusMeter(options: SimulatedMeterOptions<MbusSupply>): SimulatedMeter {
  return new MbusMeter(options);
}
