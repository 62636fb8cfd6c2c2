/** How well a meter's modem hears its network: by where the meter stands, and by the weather of the air. */
import { seedFor, smoothNoise, unit } from "../../random.ts";

/** How a make tells it. */
export type SignalForm = "gsm-diagnostic" | "register" | "octets";

export const signalName = "0.0.96.12.5.255";
/** dBm; strengths are told in steps of 2 dB from it (3GPP TS 27.007, clause 8.5). */
export const weakestSignal = -113;

/** dBm at a true instant. */
export function signalStrength(seed: number, instant: number): number {
  const ownSeed = seedFor(seed, "signal");
  const steps = 4 + Math.floor(20 * unit(ownSeed, 0)) + Math.round(4 * (smoothNoise(ownSeed, instant / hour) - 0.5));
  return weakestSignal + 2 * steps;
}

/** Two octets, of which the second is the strength, signed. */
export function signalOctets(dBm: number): Uint8Array {
  return Uint8Array.of(0, dBm & 0xff);
}

const hour = 3_600_000;
