/** Water in front of a water meter: volume, flow and temperature; some pipes drip behind it day and night. */
import { dayOf, minuteMilliseconds, yearFraction } from "../calendar.ts";
import type { CumulatedCurve } from "../loads/cumulated-curve.ts";
import { seedFor, smoothNoise } from "../random.ts";
import { counted, drawUses, flowBetween, type PipeSettings, type PipeUse } from "./pipe-uses.ts";

export type WaterCustomer = keyof typeof waterCustomers;

export interface WaterSettings extends PipeSettings {
  readonly customer: WaterCustomer;
}

/** Whole numbers of the units named. */
export interface WaterState {
  /** Litres an hour. */
  readonly flow: number;
  /** Hundredths of a degree Celsius. */
  readonly temperature: number;
}

export class WaterSupply {
  readonly medium = "water";
  readonly customer: WaterCustomer;
  readonly #seed: number;
  readonly #uses: readonly CumulatedCurve[];

  constructor(settings: WaterSettings) {
    this.customer = settings.customer;
    this.#seed = seedFor(settings.seed, "water");
    this.#uses = drawUses(waterCustomers[settings.customer], settings);
  }

  /** Whole litres since installation; they never fall. */
  volume(instant: number): number {
    return counted(this.#uses, instant);
  }

  /** Means over `from` … `to`, milliseconds UTC; the temperature is that of the middle. */
  means(from: number, to: number): WaterState {
    return { flow: flowBetween(this.#uses, from, to), temperature: Math.round(this.#celsius((from + to) / 2) * 100) };
  }

  /** What a meter shows at an instant: the flow is that of the last minute. */
  now(instant: number): WaterState {
    return this.means(instant - minuteMilliseconds, instant);
  }

  #celsius(instant: number): number {
    const noise = 2 * (smoothNoise(this.#seed, instant / (60 * minuteMilliseconds)) - 0.5);
    if (this.customer === "hot tap") return 54 + 3 * noise;
    return 12 - 4 * Math.cos(2 * Math.PI * (yearFraction(dayOf(instant)) - 0.12)) + noise;
  }
}

/** Litres for a day. */
export const waterCustomers = {
  apartment: [{ shape: "taps", daily: [90, 240], season: 0 }],
  house: [{ shape: "taps", daily: [200, 480], season: 0.05 }],
  "house with a leak": [
    { shape: "taps", daily: [200, 480], season: 0.05 },
    { shape: "standby", daily: [150, 300], season: 0 },
  ],
  "hot tap": [{ shape: "taps", daily: [40, 110], season: 0.05 }],
} as const satisfies Record<string, readonly PipeUse[]>;
