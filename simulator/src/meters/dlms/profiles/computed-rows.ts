/** A profile of few rows, of which each is computed when it is read. */
import type { ClockHabit } from "../makes.ts";
import type { Moment } from "../registers.ts";
import { type Column, captureObjectsOf, writeRow } from "./columns.ts";
import type { CaptureObject, EncodedRows, RowStore } from "./row-store.ts";
import { RowWriter } from "./row-writer.ts";

export abstract class ComputedRows implements RowStore {
  readonly columns: readonly CaptureObject[];
  readonly sort = "fifo";
  readonly capacity: number;
  readonly compressed = false;
  readonly #columns: readonly Column[];
  readonly #clock: ClockHabit;

  constructor(columns: readonly Column[], clock: ClockHabit, capacity: number) {
    this.columns = captureObjectsOf(columns);
    this.capacity = capacity;
    this.#columns = columns;
    this.#clock = clock;
  }

  abstract get capturePeriod(): number;
  abstract span(): { readonly oldest: number; readonly newest: number };
  abstract times(day: number): readonly number[];
  /** What the meter measured when its clock showed a time of `times`. */
  protected abstract momentAt(time: number): Moment;

  encoded(day: number): EncodedRows {
    const all = this.columns.map((_, index) => index);
    const times = this.times(day);
    const writer = new RowWriter();
    const offsets = new Uint32Array(times.length + 1);
    times.forEach((time, index) => {
      this.#write(writer, time, all);
      offsets[index + 1] = writer.length;
    });
    return { offsets, bytes: writer.finish() };
  }

  encodeAlone(day: number, index: number, columns: readonly number[]): Uint8Array {
    const writer = new RowWriter();
    this.#write(writer, this.times(day)[index]!, columns);
    return writer.finish();
  }

  #write(writer: RowWriter, time: number, columns: readonly number[]): void {
    const row = { time, period: this.capturePeriod * 1000, interruptions: [] };
    writeRow(
      writer,
      columns.map((column) => this.#columns[column]!),
      { moment: this.momentAt(time), row, clock: this.#clock },
    );
  }
}
