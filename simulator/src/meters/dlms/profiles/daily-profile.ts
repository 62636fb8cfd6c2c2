/** The daily profile: registers at every midnight of the meter's zone, or at times of the day from midnight on. */
import { dayMilliseconds } from "../../../calendar.ts";
import { instantOfLocal } from "../../zone.ts";
import type { ClockHabit } from "../makes.ts";
import type { Measurements } from "../measurements.ts";
import { Moment } from "../registers.ts";
import { type CapturePeriod, isCapturePeriod } from "./capture-periods.ts";
import type { Column } from "./columns.ts";
import { ComputedRows } from "./computed-rows.ts";

export interface DailyProfileSettings {
  readonly columns: readonly Column[];
  readonly measurements: Measurements;
  readonly clock: ClockHabit;
  readonly capture: CapturePeriod;
  readonly entries: number;
}

export class DailyProfile extends ComputedRows {
  readonly #measurements: Measurements;
  readonly #clockHabit: ClockHabit;
  readonly #capture: CapturePeriod;

  constructor({ columns, measurements, clock, capture, entries }: DailyProfileSettings) {
    super(columns, clock, entries);
    this.#measurements = measurements;
    this.#clockHabit = clock;
    this.#capture = capture;
  }

  override get capturePeriod(): number {
    return this.#capture.seconds;
  }

  setCapturePeriod(seconds: number): boolean {
    if (!isCapturePeriod(seconds)) return false;
    this.#capture.set(seconds, this.#measurements.clockTime());
    return true;
  }

  clear(): void {
    this.setCapturePeriod(this.capturePeriod);
  }

  override span(): { oldest: number; newest: number } {
    const newest = this.#measurements.clockTime();
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
      .filter((time) => this.#measurements.instantOf(time) !== undefined)
      .sort((one, other) => one - other);
  }

  protected override momentAt(time: number): Moment {
    return new Moment(this.#measurements, this.#measurements.instantOf(time)!);
  }
}
