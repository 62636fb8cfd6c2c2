/**
 * The load profile: a row for every period of the meter's clock, computed from the supply point when its day is first
 * read, then kept as encoded bytes. Rows are missing where the supply was, and where the clock was set past them.
 */
import { dayMilliseconds } from "../../../calendar.ts";
import type { Interruption } from "../../../supply/interruptions.ts";
import type { ClockHabit } from "../makes.ts";
import { Moment, type MomentSource } from "../registers.ts";
import { type CapturePeriod, isCapturePeriod } from "./capture-periods.ts";
import { type CellValue, type Column, captureObjectsOf, writeCell, writeRow } from "./columns.ts";
import type { CaptureObject, EncodedRows, RowStore } from "./row-store.ts";
import { RowWriter } from "./row-writer.ts";

export interface LoadProfileSettings {
  readonly columns: readonly Column[];
  readonly source: MomentSource;
  readonly clock: ClockHabit;
  readonly sort: "fifo" | "lifo";
  readonly compressed: boolean;
  readonly capture: CapturePeriod;
  /** How many rows the buffer holds. */
  readonly entries: number;
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
  readonly capacity: number;
  readonly compressed: boolean;
  readonly #source: MomentSource;
  readonly #clockHabit: ClockHabit;
  readonly #columns: readonly Column[];
  readonly #capture: CapturePeriod;
  readonly #days = new Map<number, Day>();
  #version = 0;

  constructor({ columns, source, clock, sort, compressed, capture, entries }: LoadProfileSettings) {
    this.#source = source;
    this.#clockHabit = clock;
    this.#columns = columns;
    this.#capture = capture;
    this.columns = captureObjectsOf(columns);
    this.sort = sort;
    this.compressed = compressed;
    this.capacity = entries;
  }

  get capturePeriod(): number {
    return this.#capture.seconds;
  }

  setCapturePeriod(seconds: number): boolean {
    if (!isCapturePeriod(seconds)) return false;
    this.#capture.set(seconds, this.#source.measurements.clockTime());
    this.#days.clear();
    return true;
  }

  clear(): void {
    this.setCapturePeriod(this.capturePeriod);
  }

  span(): { oldest: number; newest: number } {
    const period = this.#period;
    const newest = Math.floor(this.#source.measurements.clockTime() / period) * period;
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
    const { moment, row } = this.#rowAt(time, this.#interruptionsAround(time, time));
    writeRow(
      writer,
      columns.map((column) => this.#columns[column]!),
      { moment, row, clock: this.#clockHabit },
    );
    return writer.finish();
  }

  /** Forgets what was captured on a day and later: the clock was set. */
  forgetFrom(day: number): void {
    for (const known of this.#days.keys()) if (known >= day) this.#days.delete(known);
  }

  get #period(): number {
    return this.capturePeriod * 1000;
  }

  #day(day: number): Day {
    const { version } = this.#source.measurements;
    if (this.#version !== version) {
      this.forgetFrom(this.#source.measurements.changedSince(this.#version));
      this.#version = version;
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
    const period = this.#period;
    const { since } = this.#capture;
    const interruptions = this.#interruptionsAround(day * dayMilliseconds, until);
    const times: number[] = [];
    for (let time = Math.ceil((day * dayMilliseconds) / period) * period; time <= until; time += period) {
      if (time <= since) continue;
      const instant = this.#source.measurements.instantOf(time);
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
    let above: readonly CellValue[] | undefined;
    times.forEach((time, index) => {
      const { moment, row } = this.#rowAt(time, interruptions);
      const values = this.#columns.map(({ value }) => value(moment, row));
      const follows = this.compressed && above !== undefined && time - times[index - 1]! === this.#period;
      writer.structure(this.columns.length);
      values.forEach((value, column) => {
        const { type } = this.#columns[column]!;
        if (follows && (type === "clock" || above![column] === value)) writer.nullData();
        else writeCell(writer, type, value, this.#clockHabit);
      });
      offsets[index + 1] = writer.length;
      above = values;
    });
    return { offsets, bytes: writer.finish() };
  }

  #rowAt(time: number, interruptions: readonly Interruption[]) {
    const period = this.#period;
    const moment = new Moment(this.#source, this.#source.measurements.instantOf(time)!, { period });
    return { moment, row: { time, period, interruptions } };
  }

  /** Interruptions that can matter to rows of these times, whatever the clock's error. */
  #interruptionsAround(from: number, to: number): readonly Interruption[] {
    return this.#source.measurements.supply.interruptions(from - dayMilliseconds / 2, to + dayMilliseconds / 2);
  }
}
