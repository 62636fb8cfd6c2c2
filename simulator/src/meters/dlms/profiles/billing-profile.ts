/** The monthly billing profile: what the meter showed at the end of each billing period. */
import { dayOf } from "../../../calendar.ts";
import type { ClockHabit } from "../makes.ts";
import type { StoredReset } from "../operation/billing.ts";
import { Moment, type MomentSource } from "../registers.ts";
import type { Column } from "./columns.ts";
import { ComputedRows } from "./computed-rows.ts";

export interface BillingProfileSettings {
  readonly columns: readonly Column[];
  readonly source: MomentSource;
  readonly clock: ClockHabit;
  readonly entries: number;
}

export class BillingProfile extends ComputedRows {
  readonly #source: MomentSource;

  constructor({ columns, source, clock, entries }: BillingProfileSettings) {
    super(columns, clock, entries);
    this.#source = source;
  }

  /** Ends of periods fill it, not time. */
  override get capturePeriod(): number {
    return 0;
  }

  override span(): { oldest: number; newest: number } {
    const kept = this.#kept;
    const times = kept.map(({ time }) => time);
    return { oldest: Math.min(...times, this.#source.measurements.clockTime()), newest: Math.max(...times, 0) };
  }

  override times(day: number): readonly number[] {
    return this.#kept
      .map(({ time }) => time)
      .filter((time) => dayOf(time) === day)
      .sort((one, other) => one - other);
  }

  protected override momentAt(time: number): Moment {
    const { resets } = this.#source.billing;
    const index = resets.findLastIndex((reset) => reset.time === time);
    return new Moment(this.#source, resets[index]!.at, { closedPeriod: index + 1 });
  }

  get #kept(): readonly StoredReset[] {
    return this.#source.billing.resets.slice(-this.capacity);
  }
}
