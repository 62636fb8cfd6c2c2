/** The daily profile: registers at every midnight of the meter's zone. */
import { dayMilliseconds } from "../../../calendar.ts";
import { instantOfLocal } from "../../zone.ts";
import type { MeterMake } from "../makes.ts";
import type { Measurements } from "../measurements.ts";
import { quantities, rawValue } from "../quantities.ts";
import { cellType } from "./load-profile.ts";
import { type CaptureObject, clockColumn, type EncodedRows, type RowStore } from "./row-store.ts";
import { RowWriter } from "./row-writer.ts";

export class DailyProfile implements RowStore {
  readonly columns: readonly CaptureObject[] = [clockColumn, ...registers.map(objectOf)];
  readonly sort = "fifo";
  readonly capturePeriod = 86_400;
  readonly capacity: number;
  readonly compressed = false;
  readonly #make: MeterMake;
  readonly #measurements: Measurements;

  constructor(make: MeterMake, measurements: Measurements, days: number) {
    this.#make = make;
    this.#measurements = measurements;
    this.capacity = days;
  }

  span(): { oldest: number; newest: number } {
    const newest = this.#measurements.clockTime();
    return { oldest: newest - this.capacity * dayMilliseconds, newest };
  }

  /** At most one midnight lies in a UTC day of the zones meters keep. */
  times(day: number): readonly number[] {
    const start = day * dayMilliseconds;
    const { zone } = this.#make.clock.value;
    return [start, start + dayMilliseconds]
      .map((local) => instantOfLocal(zone, local))
      .filter((time) => time >= start && time < start + dayMilliseconds)
      .filter((time) => this.#measurements.instantOf(time) !== undefined);
  }

  encoded(day: number): EncodedRows {
    const all = this.columns.map((_, index) => index);
    const rows = this.times(day).map((_, index) => this.encodeAlone(day, index, all));
    return { offsets: Uint32Array.of(0, ...rows.map(({ length }) => length)), bytes: rows[0] ?? new Uint8Array(0) };
  }

  encodeAlone(day: number, index: number, columns: readonly number[]): Uint8Array {
    const time = this.times(day)[index]!;
    const instant = this.#measurements.instantOf(time)!;
    const energy = this.#measurements.supply.registers(instant);
    const writer = new RowWriter();
    writer.structure(columns.length);
    for (const column of columns) {
      if (column === 0) {
        writer.clock(time, this.#make.clock.value);
        continue;
      }
      const quantity = registers[column - 1]!;
      writer.cell(cellType(quantity, this.#make), rawValue(quantity, this.#make.resolutions, energy, noMeans));
    }
    return writer.finish();
  }
}

const registers = [quantities.import, quantities.export];
const noMeans = { volts: [], amperes: [], watts: [], vars: [], hertz: 0 };

function objectOf({ logicalName }: { readonly logicalName: string }): CaptureObject {
  return { classId: 3, logicalName, attribute: 2 };
}
