/**
 * What runs along with cumulated curves at a ratio that changes: litres of gas at the meter beside litres at base
 * conditions, litres of hot water beside watt hours. Each day takes its total from the day's own ratio, so that what was
 * counted before is a sum over days; within the day the total spreads by the slots' ratios.
 */
import { dayMilliseconds, minuteMilliseconds, mondayOf, weekOf } from "../calendar.ts";
import type { CumulatedCurve, CurveSettings } from "./cumulated-curve.ts";
import { DayCurves } from "./day-curves.ts";

export class CompanionCurve extends DayCurves {
  readonly #curves: readonly CumulatedCurve[];
  readonly #ratio: (instant: number) => number;
  readonly #firstDay: number;
  /** What was counted at the first midnight of each day since the first. */
  readonly #dayStarts: number[] = [0];

  /** `ratio` is how much of this runs with one unit of the curves, above 0. */
  constructor(
    curves: readonly CumulatedCurve[],
    ratio: (instant: number) => number,
    { slotMinutes, installedOn }: Pick<CurveSettings, "slotMinutes" | "installedOn">,
  ) {
    super(slotMinutes);
    this.#curves = curves;
    this.#ratio = ratio;
    this.#firstDay = mondayOf(weekOf(installedOn));
  }

  protected override makeDay(day: number): Float64Array {
    const [start, end] = [this.#dayStart(day), this.#dayStart(day + 1)];
    const curves = this.#curves.map((curve) => curve.dayCurve(day));
    const slots = Math.round((24 * 60) / this.slotMinutes);
    const weights = new Float64Array(slots);
    let sum = 0;
    for (let slot = 0; slot < slots; slot++) {
      const middle = day * dayMilliseconds + (slot + 0.5) * this.slotMinutes * minuteMilliseconds;
      const amount = curves.reduce((all, curve) => all + curve[slot + 1]! - curve[slot]!, 0);
      weights[slot] = amount * this.#ratio(middle);
      sum += weights[slot]!;
    }
    const curve = new Float64Array(slots + 1).fill(end);
    let counted = 0;
    for (let slot = 0; slot < slots; slot++) {
      curve[slot] = sum > 0 ? Math.min(end, start + (end - start) * (counted / sum)) : start;
      counted += weights[slot]!;
    }
    return curve;
  }

  #dayStart(day: number): number {
    if (day < this.#firstDay) return 0;
    for (let known = this.#firstDay + this.#dayStarts.length - 1; known < day; known++) {
      const amount = this.#curves.reduce((all, curve) => all + curve.dayStart(known + 1) - curve.dayStart(known), 0);
      const noon = (known + 0.5) * dayMilliseconds;
      this.#dayStarts.push(this.#dayStarts.at(-1)! + amount * this.#ratio(noon));
    }
    return this.#dayStarts[day - this.#firstDay]!;
  }
}
