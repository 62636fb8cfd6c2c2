/** The medium-voltage side as the transformers' secondary sees it: a daily sag, noise and the steps of a tap changer. */
import { smoothNoise, unit } from "../random.ts";
import { nominalVolts } from "./feeder.ts";

/** Writes the no-load phase-to-neutral volts of the three phases at an instant into `volts`. */
export function sourceVoltage(seed: number, instant: number, volts: Float64Array): void {
  const hours = instant / hourMilliseconds;
  const eveningSag = -0.008 * Math.max(0, Math.sin(((hours % 24) - 14) * (Math.PI / 9)));
  const wander = 0.008 * (smoothNoise(seed, hours / 3) - 0.5) + 0.003 * (smoothNoise(seed + 1, hours * 6) - 0.5);
  const tap = tapStep * Math.round(3 * (smoothNoise(seed + 2, hours / 6) - 0.5));
  const common = nominalVolts * (1.022 + eveningSag + wander + tap);
  for (let phase = 0; phase < 3; phase++) volts[phase] = common * (1 + 0.002 * (unit(seed + 3, phase) - 0.5));
}

/** One step of an on-load tap changer. */
const tapStep = 0.00625;
const hourMilliseconds = 3_600_000;
