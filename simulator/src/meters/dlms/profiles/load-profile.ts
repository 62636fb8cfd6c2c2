/**
 * The load profile: a row for every period of the meter's clock, computed from the supply point when its day is first
 * read, then kept as encoded bytes. Rows are missing where the supply was, and where the clock was set past them.
 */
import { dayMilliseconds } from "../../../calendar.ts";
import type { Interruption } from "../../../supply/interruptions.ts";
import { isDaylightSaving } from "../../zone.ts";
import type { ClockHabit, MeterMake } from "../makes.ts";
import type { Measurements } from "../measurements.ts";
import { type Quantity, quantities, rawValue } from "../quantities.ts";
import { type CaptureObject, clockColumn, type EncodedRows, type RowStore } from "./row-store.ts";
import { type CellType, RowWriter } from "./row-writer.ts";

export interface LoadProfileSettings {
  readonly make: MeterMake;
  readonly measurements: Measurements;
  readonly capturePeriod: number;
  readonly days: number;
}

interface Day {
  /** Newest time the meter's clock had passed when this was made. */
  readonly until: number;
  readonly times: readonly number[];
  rows?: EncodedRows;
}

export class LoadProfile implements RowStore {
  readonly columns: readonly CaptureObject[];
  readonly sort: "fifo" | "lifo";
  readonly capturePeriod: number;
  readonly capacity: number;
  readonly compressed: boolean;
  readonly #measurements: Measurements;
  readonly #make: MeterMake;
  readonly #clockHabit: ClockHabit;
  readonly #cells: readonly Cell[];
  readonly #days = new Map<number, Day>();
  #version = -1;

  constructor({ make, measurements, capturePeriod, days }: LoadProfileSettings) {
    this.#make = make;
    this.#measurements = measurements;
    this.#clockHabit = make.clock.value;
    this.#cells = make.profile.value.columns.map((column) => (column === "status" ? statusCell : cellOf(column, make)));
    this.columns = [clockColumn, ...this.#cells.map(({ object }) => object)];
    this.sort = make.profile.value.sort;
    this.compressed = make.profile.value.compression === "null-data";
    this.capturePeriod = capturePeriod;
    this.capacity = (days * 86_400) / capturePeriod;
  }

  span(): { oldest: number; newest: number } {
    const period = this.capturePeriod * 1000;
    const newest = Math.floor(this.#measurements.clockTime() / period) * period;
    return { oldest: newest - (this.capacity - 1) * period, newest };
  }

  times(day: number): readonly number[] {
    return this.#day(day).times;
  }

  encoded(day: number): EncodedRows {
    const known = this.#day(day);
    known.rows ??= this.#encodeDay(known.times);
    return known.rows;
  }

  encodeAlone(day: number, index: number, columns: readonly number[]): Uint8Array {
    const writer = new RowWriter();
    const time = this.times(day)[index]!;
    const values = this.#values(time, this.#interruptionsAround(time, time));
    writer.structure(columns.length);
    for (const column of columns) {
      if (column === 0) writer.clock(time, this.#clockHabit);
      else writer.cell(this.#cells[column - 1]!.type, values[column - 1]!);
    }
    return writer.finish();
  }

  /** Forgets what was captured on a day and later: the clock was set. */
  forgetFrom(day: number): void {
    for (const known of this.#days.keys()) if (known >= day) this.#days.delete(known);
  }

  #day(day: number): Day {
    if (this.#version !== this.#measurements.version) {
      this.#days.clear();
      this.#version = this.#measurements.version;
    }
    const until = Math.min(this.span().newest, (day + 1) * dayMilliseconds - 1);
    const known = this.#days.get(day);
    if (known !== undefined && known.until >= until) return known;
    const made: Day = { until, times: this.#capturedTimes(day, until) };
    this.#days.delete(day);
    this.#days.set(day, made);
    const keptDays = (this.capacity * this.capturePeriod) / 86_400 + 2;
    if (this.#days.size > keptDays) this.#days.delete(Math.min(...this.#days.keys()));
    return made;
  }

  #capturedTimes(day: number, until: number): number[] {
    const period = this.capturePeriod * 1000;
    const interruptions = this.#interruptionsAround(day * dayMilliseconds, until);
    const times: number[] = [];
    for (let time = Math.ceil((day * dayMilliseconds) / period) * period; time <= until; time += period) {
      const instant = this.#measurements.instantOf(time);
      if (instant === undefined) continue;
      if (interruptions.some(({ from, to }) => instant > from && instant <= to)) continue;
      times.push(time);
    }
    return times;
  }

  #encodeDay(times: readonly number[]): EncodedRows {
    const writer = new RowWriter();
    const offsets = new Uint32Array(times.length + 1);
    const interruptions = times.length === 0 ? [] : this.#interruptionsAround(times[0]!, times.at(-1)!);
    let above: readonly number[] | undefined;
    times.forEach((time, index) => {
      const values = this.#values(time, interruptions);
      const follows = this.compressed && above !== undefined && time - times[index - 1]! === this.capturePeriod * 1000;
      writer.structure(this.columns.length);
      if (follows) writer.nullData();
      else writer.clock(time, this.#clockHabit);
      values.forEach((value, column) => {
        if (follows && above![column] === value) writer.nullData();
        else writer.cell(this.#cells[column]!.type, value);
      });
      offsets[index + 1] = writer.length;
      above = values;
    });
    return { offsets, bytes: writer.finish() };
  }

  #values(time: number, interruptions: readonly Interruption[]): number[] {
    const instant = this.#measurements.instantOf(time)!;
    const period = this.capturePeriod * 1000;
    const energy = this.#measurements.supply.registers(instant);
    const means = this.#measurements.supply.means(instant - period, instant);
    return this.#cells.map(({ quantity }) =>
      quantity === undefined
        ? this.#status(time, instant, interruptions)
        : rawValue(quantity, this.#make.resolutions, energy, means),
    );
  }

  /** The profile status of IDIS: 08 daylight saving, 20 clock adjusted, 80 power failed in the period. */
  #status(time: number, instant: number, interruptions: readonly Interruption[]): number {
    const start = instant - this.capturePeriod * 1000;
    let status = isDaylightSaving(this.#clockHabit.zone, time) ? 0x08 : 0;
    if (this.#measurements.clock.wasSetBetween(start, instant)) status |= 0x20;
    if (interruptions.some(({ to }) => to >= start && to < instant)) status |= 0x80;
    return status;
  }

  /** Interruptions that can matter to rows of these times, whatever the clock's error. */
  #interruptionsAround(from: number, to: number): readonly Interruption[] {
    return this.#measurements.supply.interruptions(from - dayMilliseconds / 2, to + dayMilliseconds / 2);
  }
}

interface Cell {
  readonly object: CaptureObject;
  readonly type: CellType;
  /** Absent for the status word. */
  readonly quantity?: Quantity;
}

export const profileStatusName = "0.0.96.10.1.255";
const statusCell: Cell = { object: { classId: 1, logicalName: profileStatusName, attribute: 2 }, type: "unsigned" };

function cellOf(name: keyof typeof quantities, make: MeterMake): Cell {
  const quantity: Quantity = quantities[name];
  return {
    object: { classId: 3, logicalName: quantity.logicalName, attribute: 2 },
    type: cellType(quantity, make),
    quantity,
  };
}

/** The type a make shows a quantity in, in registers and profiles alike. */
export function cellType(quantity: Quantity, make: MeterMake): CellType {
  if (quantity.resolution === "energy") return make.energyType;
  const wide = quantity.resolution === "watts" || (quantity.resolution === "amperes" && make.resolutions.amperes < -2);
  return wide ? "double-long-unsigned" : "long-unsigned";
}
