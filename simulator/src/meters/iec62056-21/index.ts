/**
 * IEC 62056-21 electricity meters: make Sperber, models D3Z (readout), L6Q (load profile, programming mode), L5Q (the same;
 * the utility has a wrong password); make Tarnow, models E4P (7E1 characters in an 8-bit stream) and B1 (battery, mode B);
 * make Zeeland, model P5 (a P1 port that only sends). All measure electricity.
 */
import type { SupplyPoint } from "../../supply/supply-point.ts";
import type { SimulatedMeter, SimulatedMeterOptions } from "../simulated-meter.ts";
import { Iec62056Meter } from "./iec62056-meter.ts";

export function makeIec62056Meter(options: SimulatedMeterOptions<SupplyPoint>): SimulatedMeter {
  return new Iec62056Meter(options);
}
