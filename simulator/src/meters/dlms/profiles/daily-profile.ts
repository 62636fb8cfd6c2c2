/** The daily profile: registers at every midnight of the meter's zone, or at times of the day from midnight on. */
import { dayMilliseconds } from "../../../calendar.ts";
import { instantOfLocal } from "../../zone.ts";
import type { ClockHabit } from "../makes.ts";
import { Moment, type MomentSource } from "../registers.ts";
import { type CapturePeriod, isCapturePeriod } from "./capture-periods.ts";
import type { Column } from "./columns.ts";
import { ComputedRows } from "./computed-rows.ts";

export interface DailyProfileSettings {
  readonly columns: readonly Column[];
  readonly source: MomentSource;
  readonly clock: ClockHabit;
  readonly capture: CapturePeriod;
  readonly entries: number;
}

export class DailyProfile extends ComputedRows {
  readonly #source: MomentSource;
  readonly #clockHabit: ClockHabit;
  readonly #capture: CapturePeriod;

  constructor({ columns, source, clock, capture, entries }: DailyProfileSettings) {
    super(columns, clock, entries);
    this.#source = source;
    this.#clockHabit = clock;
    this.#capture = capture;
  }

  override get capturePeriod(): number {
    return this.#capture.seconds;
  }

  setCapturePeriod(seconds: number): boolean {
    if (!isCapturePeriod(seconds)) return false;
    this.#capture.set(seconds, this.#source.measurements.clockTime());
    return true;
  }

  clear(): void {
    this.setCapturePeriod(this.capturePeriod);
  }

  override span(): { oldest: number; newest: number } {
    const newest = this.#source.measurements.clockTime();
    return { oldest: newest - this.capacity * this.capturePeriod * 1000, newest };
  }

  /** Local days begin at most a day from UTC ones, and may be an hour longer or shorter. */
  override times(day: number): readonly number[] {
    const start = day * dayMilliseconds;
    const { zone } = this.#clockHabit;
    const times = new Set<number>();
    for (const midnight of [start - dayMilliseconds, start, start + dayMilliseconds]) {
      for (let offset = 0; offset < dayMilliseconds; offset += this.capturePeriod * 1000) {
        times.add(instantOfLocal(zone, midnight + offset));
      }
    }
    return [...times]
      .filter((time) => time >= start && time < start + dayMilliseconds && time > this.#capture.since)
      .filter((time) => this.#source.measurements.instantOf(time) !== undefined)
      .sort((one, other) => one - other);
  }

  protected override momentAt(time: number): Moment {
    return new Moment(this.#source, this.#source.measurements.instantOf(time)!);
  }
}
