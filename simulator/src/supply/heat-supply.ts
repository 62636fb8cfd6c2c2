/** District heat in front of a heat meter: energy, the water that carried it, and the temperatures of both pipes. */
import { dayMilliseconds, dayOf, minuteMilliseconds } from "../calendar.ts";
import { CompanionCurve } from "../loads/companion-curve.ts";
import type { CumulatedCurve } from "../loads/cumulated-curve.ts";
import { meanTemperature } from "../loads/weather.ts";
import { between, seedFor, smoothNoise } from "../random.ts";
import { counted, drawUses, flowBetween, type PipeSettings, type PipeUse } from "./pipe-uses.ts";

export type HeatCustomer = keyof typeof heatCustomers;

export interface HeatSettings extends PipeSettings {
  readonly customer: HeatCustomer;
}

/** Whole watt hours and litres since installation; they never fall. */
export interface HeatRegisters {
  readonly energy: number;
  readonly volume: number;
}

/** Whole numbers of the units named. */
export interface HeatState {
  /** Watts. */
  readonly power: number;
  /** Litres an hour. */
  readonly flow: number;
  /** Hundredths of a degree Celsius. */
  readonly flowTemperature: number;
  readonly returnTemperature: number;
}

export class HeatSupply {
  readonly medium = "heat";
  readonly customer: HeatCustomer;
  readonly #seed: number;
  readonly #weatherSeed: number;
  readonly #energy: readonly CumulatedCurve[];
  readonly #volume: CompanionCurve;

  constructor(settings: HeatSettings) {
    this.customer = settings.customer;
    this.#seed = seedFor(settings.seed, "heat");
    this.#weatherSeed = settings.weatherSeed;
    this.#energy = drawUses(heatCustomers[settings.customer], settings);
    const litresForWattHour = (instant: number) => 1 / (wattHoursForLitreAndKelvin * this.#difference(instant));
    this.#volume = new CompanionCurve(this.#energy, litresForWattHour, settings);
  }

  registers(instant: number): HeatRegisters {
    return { energy: counted(this.#energy, instant), volume: counted([this.#volume], instant) };
  }

  /** Means over `from` … `to`, milliseconds UTC; temperatures are those of the middle. */
  means(from: number, to: number): HeatState {
    const middle = (from + to) / 2;
    const flow = this.#flowCelsius(middle);
    return {
      power: flowBetween(this.#energy, from, to),
      flow: flowBetween([this.#volume], from, to),
      flowTemperature: Math.round(flow * 100),
      returnTemperature: Math.round((flow - this.#difference(middle)) * 100),
    };
  }

  /** What a meter shows at an instant: power and flow are those of the last minute. */
  now(instant: number): HeatState {
    const { power, flow } = this.means(instant - minuteMilliseconds, instant);
    return { ...this.means(instant - 1, instant + 1), power, flow };
  }

  /** The colder the weather, the hotter the pipe; never too cold to heat tap water. */
  #flowCelsius(instant: number): number {
    const day = dayOf(instant);
    const share = (instant - day * dayMilliseconds) / dayMilliseconds;
    const [today, tomorrow] = [meanTemperature(this.#weatherSeed, day), meanTemperature(this.#weatherSeed, day + 1)];
    const outdoors = today + (tomorrow - today) * share;
    return Math.max(65, 65 + 1.1 * (8 - outdoors)) + 2 * (this.#noise(1, 15, instant) - 0.5);
  }

  #difference(instant: number): number {
    return between(this.#seed, 0, 22, 34) + 5 * (this.#noise(2, 60, instant) - 0.5);
  }

  #noise(which: number, minutes: number, instant: number): number {
    return smoothNoise(this.#seed + which, instant / (minutes * minuteMilliseconds));
  }
}

/** Watt hours for a day. */
export const heatCustomers = {
  apartment: [
    { shape: "boiler", daily: [9_000, 20_000], season: 0.85 },
    { shape: "taps", daily: [4_000, 8_000], season: 0.05 },
  ],
  house: [
    { shape: "boiler", daily: [25_000, 50_000], season: 0.85 },
    { shape: "taps", daily: [6_000, 12_000], season: 0.05 },
  ],
} as const satisfies Record<string, readonly PipeUse[]>;

/** What a litre of water carries: its heat coefficient, about 1.14 kWh/(m³·K) at these temperatures. */
const wattHoursForLitreAndKelvin = 1.14;
