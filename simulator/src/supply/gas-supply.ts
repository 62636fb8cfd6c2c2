/**
 * Gas in front of a volume converter: what the gas meter counts, what that is at base conditions, and the pressure and
 * temperature in between. A function of seed and time, as everything here.
 */
import { dayOf, minuteMilliseconds, yearFraction } from "../calendar.ts";
import { CompanionCurve } from "../loads/companion-curve.ts";
import type { CumulatedCurve } from "../loads/cumulated-curve.ts";
import { between, seedFor, smoothNoise } from "../random.ts";
import { counted, drawUses, flowBetween, type PipeSettings, type PipeUse } from "./pipe-uses.ts";

export type GasCustomer = keyof typeof gasCustomers;

export interface GasSettings extends PipeSettings {
  readonly customer: GasCustomer;
}

/** Whole litres since installation; they never fall. */
export interface GasVolumes {
  /** At measurement conditions: what the gas meter's wheel counted. */
  readonly unconverted: number;
  /** At base conditions. */
  readonly converted: number;
}

/** Whole numbers of the units named. */
export interface GasState {
  /** Litres an hour at measurement conditions, and at base conditions. */
  readonly unconvertedFlow: number;
  readonly convertedFlow: number;
  /** Pascal, absolute. */
  readonly pressure: number;
  /** Hundredths of a degree Celsius. */
  readonly temperature: number;
  /** Hundred-thousandths: converted for unconverted volume, and the compressibility ratio K = Z / Zb in it. */
  readonly conversionFactor: number;
  readonly compressibilityRatio: number;
}

export class GasSupply {
  readonly medium = "gas";
  readonly customer: GasCustomer;
  readonly #seed: number;
  readonly #converted: readonly CumulatedCurve[];
  readonly #unconverted: CompanionCurve;
  /** Pascal, absolute. */
  readonly #deliveryPressure: number;

  constructor(settings: GasSettings) {
    this.customer = settings.customer;
    this.#seed = seedFor(settings.seed, "gas");
    const { uses, pressure }: GasCustomerKind = gasCustomers[settings.customer];
    this.#deliveryPressure = between(this.#seed, 0, ...pressure);
    this.#converted = drawUses(uses, settings);
    this.#unconverted = new CompanionCurve(this.#converted, (instant) => 1 / this.#factor(instant), settings);
  }

  volumes(instant: number): GasVolumes {
    return { unconverted: counted([this.#unconverted], instant), converted: counted(this.#converted, instant) };
  }

  /** Means over `from` … `to`, milliseconds UTC; pressure and temperature are those of the middle. */
  means(from: number, to: number): GasState {
    const middle = (from + to) / 2;
    return {
      unconvertedFlow: flowBetween([this.#unconverted], from, to),
      convertedFlow: flowBetween(this.#converted, from, to),
      pressure: Math.round(this.#pressure(middle)),
      temperature: Math.round(this.#celsius(middle) * 100),
      conversionFactor: Math.round(this.#factor(middle) * 100_000),
      compressibilityRatio: Math.round(compressibilityRatio(this.#pressure(middle)) * 100_000),
    };
  }

  /** What a converter shows at an instant: flows are those of the last minute. */
  now(instant: number): GasState {
    const { unconvertedFlow, convertedFlow } = this.means(instant - minuteMilliseconds, instant);
    return { ...this.means(instant - 1, instant + 1), unconvertedFlow, convertedFlow };
  }

  /** C = p / pb · Tb / T · 1 / K */
  #factor(instant: number): number {
    const pressure = this.#pressure(instant);
    const temperature = this.#celsius(instant) + freezing;
    return (pressure / basePressure) * (baseTemperature / temperature) * (1 / compressibilityRatio(pressure));
  }

  /** Behind a regulator, which holds it within half a percent. */
  #pressure(instant: number): number {
    const swing = smoothNoise(this.#seed + 1, instant / (20 * minuteMilliseconds)) - 0.5;
    return this.#deliveryPressure * (1 + 0.01 * swing);
  }

  /** Of the ground, a metre down, where the year comes a month late. */
  #celsius(instant: number): number {
    const season = 10 - 5 * Math.cos(2 * Math.PI * (yearFraction(dayOf(instant)) - 0.14));
    return season + 1.2 * (smoothNoise(this.#seed + 2, instant / (180 * minuteMilliseconds)) - 0.5);
  }
}

/** EN 12405-1: 1.01325 bar and 0 °C are the usual base conditions. */
export const basePressure = 101_325;
/** Kelvin. */
export const baseTemperature = 273.15;

interface GasCustomerKind {
  /** Litres at base conditions. */
  readonly uses: readonly PipeUse[];
  /** Pascal, absolute. */
  readonly pressure: readonly [number, number];
}

export const gasCustomers = {
  school: {
    uses: [{ shape: "boiler", daily: [90_000, 160_000], season: 0.85 }],
    pressure: [103_500, 106_000],
  },
  bakery: {
    uses: [
      { shape: "shop", daily: [60_000, 110_000], season: 0.05 },
      { shape: "boiler", daily: [15_000, 30_000], season: 0.8 },
    ],
    pressure: [111_000, 121_000],
  },
  "apartment block": {
    uses: [
      { shape: "boiler", daily: [130_000, 240_000], season: 0.8 },
      { shape: "taps", daily: [25_000, 50_000], season: 0.1 },
    ],
    pressure: [103_500, 106_000],
  },
  greenhouse: {
    uses: [{ shape: "boiler", daily: [900_000, 1_800_000], season: 0.7 }],
    pressure: [190_000, 410_000],
  },
  dairy: {
    uses: [
      { shape: "standby", daily: [500_000, 900_000], season: 0 },
      { shape: "shop", daily: [400_000, 700_000], season: 0.05 },
    ],
    pressure: [190_000, 310_000],
  },
} as const satisfies Record<string, GasCustomerKind>;

/** Natural gas is a little more compressible than ideal: about 0.2 % for each bar above the base, near enough here. */
function compressibilityRatio(pressure: number): number {
  return 1 - (0.002 * (pressure - basePressure)) / 100_000;
}

const freezing = 273.15;
