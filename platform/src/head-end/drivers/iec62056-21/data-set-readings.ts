/** From data sets of a readout or of answers to readings of the meter's series. */
import { type DataSet, type Measurement, measurementOf } from "@anymeter/iec62056-21";
import type { CallOutcome } from "../driver.ts";
import { ReadingCollector, storeReadings } from "../meter-values.ts";
import { hasRows, type NamedColumn, rowOfValues, storeRows } from "../udil-rows.ts";
import type { Iec62056Context } from "./iec62056-21-driver.ts";
import { MeterTimes } from "./meter-times.ts";
import { namesOf } from "./series-names.ts";

export class DataSetReadings {
  readonly #context: Iec62056Context;
  readonly #times: MeterTimes;
  readonly #collector: ReadingCollector;
  readonly #shown: Record<string, { value: string; unit: string | null; timestamp: string }> = {};
  /** Of the moment they were read at, with or without a series. */
  readonly #present: (NamedColumn & { readonly value: string })[] = [];
  #readAt = 0;
  #count = 0;

  constructor(context: Iec62056Context) {
    this.#context = context;
    this.#times = new MeterTimes(context.zone, context.settings);
    this.#collector = new ReadingCollector(context.device);
  }

  /**
   * @param readAt when the values were those of the moment, milliseconds UTC; a time of their own goes before it
   * @param isAsked tell it as left out when the meter has no series for it
   */
  add(dataSet: DataSet, readAt: number, isAsked: boolean): void {
    this.#count++;
    const measurement = measurementOf(dataSet);
    const timestamp = measurement?.time ? this.#times.instantOf(measurement.time) : readAt;
    this.#show(dataSet, measurement, timestamp);
    if (!measurement) return;
    this.#readAt = readAt;
    if (!measurement.time) {
      this.#present.push({ name: measurement.address, value: measurement.value, unit: measurement.unit ?? null });
    }
    const { settings, device } = this.#context;
    const names = namesOf(measurement.address, settings);
    // A readout holds much that nobody wants stored; only what was asked for by name is missed.
    if (!isAsked && !names.some((name) => device.series.has(name))) return;
    this.#collector.add({ names, value: measurement.value, unit: measurement.unit ?? null, timestamp });
  }

  /** @param notes what else was left out */
  async store(notes: readonly string[] = []): Promise<CallOutcome> {
    const { readings, profileRows, device } = this.#context;
    const rows = hasRows(device) ? [rowOfValues(device, { table: "INST", at: this.#readAt }, this.#present)] : [];
    await Promise.all([storeReadings(readings, this.#collector.take()), storeRows(profileRows, rows)]);
    const { collected } = this.#collector;
    const nothing =
      collected === 0 && this.#count > 0
        ? [`None of ${this.#count} data sets has a series of the meter's config.`]
        : [];
    return {
      rowsRead: this.#count,
      readingsStored: collected,
      notes: [...notes, ...this.#collector.notes, ...nothing],
      result: this.#shown,
    };
  }

  #show({ address, values }: DataSet, measurement: Measurement | undefined, timestamp: number): void {
    if (Object.keys(this.#shown).length >= mostShown) return;
    const value = measurement?.value ?? values.map((each) => each.value).join(" ");
    const unit = measurement?.unit ?? null;
    this.#shown[address] = { value: value.slice(0, valueLength), unit, timestamp: new Date(timestamp).toISOString() };
  }
}

/** Data sets kept on the run for people. */
const mostShown = 256;
const valueLength = 200;
