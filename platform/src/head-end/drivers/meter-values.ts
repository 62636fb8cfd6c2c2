/** From named values of a meter to readings of its series, whatever the protocol. */
import { scale } from "@anymeter/sans-io";
import type { Reading } from "../../readings/reading-writer.ts";
import { instantLimits } from "../../readings/timestamp.ts";
import type { AllowedSeries, ContactedDevice } from "./driver.ts";
import { shiftBetween } from "./series-units.ts";
import { storedValue } from "./stored-values.ts";
import { notStored, type ReadingStore, readingsPerWrite } from "./stores.ts";

/** One value as a meter told it. */
export interface MeterValue {
  /** Names its series may have, the preferred one first: `["1-0:1.8.0", "1.8.0"]`. */
  readonly names: readonly string[];
  /** Exact decimal text. */
  readonly value: string;
  /** Symbol such as "kWh"; null = a plain number, which is whatever the series calls it. */
  readonly unit: string | null;
  /** Milliseconds UTC. */
  readonly timestamp: number;
}

/** Sorts values into the meter's series, and keeps account of what is left out and why. */
export class ReadingCollector {
  readonly #device: ContactedDevice;
  readonly #plans = new Map<string, Plan | undefined>();
  readonly #notes = new Set<string>();
  #readings: Reading[] = [];
  #withoutTime = 0;
  #tooLarge = 0;
  #collected = 0;

  constructor(device: ContactedDevice) {
    this.#device = device;
  }

  /** @returns whether the value is one of the meter's series */
  add({ names, value, unit, timestamp }: MeterValue): boolean {
    const plan = this.#planOf(names, unit);
    if (!plan) return false;
    if (!(timestamp >= instantLimits.earliest && timestamp <= instantLimits.latest)) {
      this.#withoutTime++;
      return true;
    }
    const stored = storedValue(plan.shift === 0 ? value : scale(value, plan.shift));
    if (stored === undefined) {
      this.#tooLarge++;
      return true;
    }
    const { organizationNumber, number: deviceNumber } = this.#device;
    this.#readings.push({
      organizationNumber,
      deviceNumber,
      seriesNumber: plan.series.number,
      timestamp,
      value: stored,
    });
    this.#collected++;
    return true;
  }

  /** What was collected since the last call. */
  take(): Reading[] {
    const readings = this.#readings;
    this.#readings = [];
    return readings;
  }

  /** Readings in all. */
  get collected(): number {
    return this.#collected;
  }

  /** Numbers of the series that were fed. */
  get fed(): number[] {
    return [...new Set([...this.#plans.values()].flatMap((plan) => plan?.series.number ?? []))];
  }

  /** What was left out: sentences. */
  get notes(): string[] {
    return [
      ...this.#notes,
      ...(this.#withoutTime > 0 ? [`${this.#withoutTime} values have no usable time and are not stored.`] : []),
      ...(this.#tooLarge > 0
        ? [`${this.#tooLarge} values have more than 12 digits before the point and are not stored.`]
        : []),
    ];
  }

  #planOf(names: readonly string[], unit: string | null): Plan | undefined {
    const key = `${names.join("\n")}\t${unit}`;
    if (this.#plans.has(key)) return this.#plans.get(key);
    const plan = this.#plan(names, unit);
    this.#plans.set(key, plan);
    return plan;
  }

  #plan(names: readonly string[], unit: string | null): Plan | undefined {
    const series = names.map((name) => this.#device.series.get(name)).find((found) => found !== undefined);
    if (!series) {
      this.#notes.add(`${names[0]} is not stored: the meter's config has no such series.`);
      return undefined;
    }
    const shift = shiftBetween(unit, series.unit);
    if (shift !== undefined) return { series, shift };
    this.#notes.add(`${series.name} is not stored: the meter tells ${unit}, the series is kept in ${series.unit}.`);
    return undefined;
  }
}

interface Plan {
  readonly series: AllowedSeries;
  /** Powers of ten between the meter's unit and the series'. */
  readonly shift: number;
}

/** Resolves when the readings are durable. @throws RunFailure `not_stored` */
export async function storeReadings(store: ReadingStore, readings: readonly Reading[]): Promise<void> {
  try {
    for (let first = 0; first < readings.length; first += readingsPerWrite) {
      await store.write(readings.slice(first, first + readingsPerWrite));
    }
  } catch (error) {
    notStored(error);
  }
}
