/** A profile of one row: what flows when it is read. */
import { dayOf } from "../../../calendar.ts";
import type { ClockHabit } from "../makes.ts";
import { Moment, type MomentSource } from "../registers.ts";
import type { Column } from "./columns.ts";
import { ComputedRows } from "./computed-rows.ts";

export class InstantaneousProfile extends ComputedRows {
  readonly #source: MomentSource;

  constructor(columns: readonly Column[], source: MomentSource, clock: ClockHabit) {
    super(columns, clock, 1);
    this.#source = source;
  }

  override get capturePeriod(): number {
    return 0;
  }

  /** A second more than now: the row is made after the buffer's end was asked for. */
  override span(): { oldest: number; newest: number } {
    const now = this.#now;
    return { oldest: now, newest: now + 1000 };
  }

  override times(day: number): readonly number[] {
    const now = this.#now;
    return dayOf(now) === day ? [now] : [];
  }

  protected override momentAt(): Moment {
    return new Moment(this.#source, this.#source.measurements.now());
  }

  /** In whole seconds. */
  get #now(): number {
    return Math.floor(this.#source.measurements.clockTime() / 1000) * 1000;
  }
}
