/** Something cumulated, told by curves of one day each: computed when first asked for and kept for a month. */
import { dayMilliseconds, dayOf, minuteMilliseconds } from "../calendar.ts";

export abstract class DayCurves {
  protected readonly slotMinutes: number;
  readonly #days = new Map<number, Float64Array>();

  /** @param slotMinutes between two points of a curve; divides a day */
  constructor(slotMinutes: number) {
    this.slotMinutes = slotMinutes;
  }

  /** Counted since installation, at an instant in milliseconds UTC; even between two points. */
  amount(instant: number): number {
    const day = dayOf(instant);
    const curve = this.dayCurve(day);
    const position = (instant - day * dayMilliseconds) / (this.slotMinutes * minuteMilliseconds);
    const slot = Math.floor(position);
    const before = curve[slot]!;
    return before + (curve[slot + 1]! - before) * (position - slot);
  }

  /** What was counted at every slot boundary of a day, both midnights included. */
  dayCurve(day: number): Float64Array {
    const known = this.#days.get(day);
    if (known !== undefined) return known;
    const curve = this.makeDay(day);
    if (this.#days.size >= keptDays) this.#days.delete(this.#days.keys().next().value!);
    this.#days.set(day, curve);
    return curve;
  }

  /** Slots and one more: midnight has the same value at the end of a day and at the beginning of the next. */
  protected abstract makeDay(day: number): Float64Array;
}

/** A month of history and today. */
const keptDays = 36;
