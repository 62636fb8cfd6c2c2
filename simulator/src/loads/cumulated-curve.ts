/**
 * A cumulated quantity (energy, or a volume of gas or water) as a function of time that needs no history.
 *
 * Whole weeks have a closed form: a mean, a season and noise that is *differenced*, so that it never accumulates. A
 * week's amount is then spread over its days and slots by a shape. Hence a register's value at any instant is exact, the
 * same after every restart, and costs one day of weights.
 */
import { dayMilliseconds, minuteMilliseconds, mondayOf, weekOf } from "../calendar.ts";
import { seedFor, unit } from "../random.ts";
import { DayCurves } from "./day-curves.ts";
import { type ShapeName, shapes } from "./shapes.ts";

/** One use of a quantity, in whatever unit its mean is given. */
export interface CurveComponent {
  readonly shape: ShapeName;
  readonly meanDaily: number;
  /** Size of the season as a share of the mean; 0–1. */
  readonly season: number;
  /** When it peaks, as a share of the year. */
  readonly seasonPeak: number;
  /** Size of week-to-week noise as a share of the mean. `season + noise` must be below 1. */
  readonly noise: number;
  readonly seed: number;
}

export interface CurveSettings {
  readonly slotMinutes: number;
  readonly weatherSeed: number;
  /** First day the meter counts, in days since 1970. */
  readonly installedOn: number;
  /** Nothing flows in a slot that this names: the supply is interrupted. Absent = never. */
  readonly interrupted?: (slotStart: number) => boolean;
}

export class CumulatedCurve extends DayCurves {
  readonly #component: CurveComponent;
  readonly #settings: CurveSettings;
  readonly #origin: number;

  /** Throws when the component could run backwards. */
  constructor(component: CurveComponent, settings: CurveSettings) {
    super(settings.slotMinutes);
    if (component.season + component.noise >= 1) {
      throw new RangeError(
        `a ${component.shape} curve with season ${component.season} and noise ${component.noise} would run backwards`,
      );
    }
    this.#component = component;
    this.#settings = settings;
    this.#origin = this.#weeks(weekOf(settings.installedOn));
  }

  /** What was counted at the first midnight of a day; cheaper than the day's curve. */
  dayStart(day: number): number {
    const week = weekOf(day);
    const weekStart = this.#weekStart(week);
    const weekEnd = this.#weekStart(week + 1);
    return weekStart + (weekEnd - weekStart) * this.#dayShare(week, day - mondayOf(week)).before;
  }

  protected override makeDay(day: number): Float64Array {
    const week = weekOf(day);
    const weekStart = this.#weekStart(week);
    const weekEnd = this.#weekStart(week + 1);
    const { before, share } = this.#dayShare(week, day - mondayOf(week));
    const dayStart = weekStart + (weekEnd - weekStart) * before;
    const amount = (weekEnd - weekStart) * share;
    const slots = Math.round((24 * 60) / this.#settings.slotMinutes);
    const weights = new Float64Array(slots);
    const { seed } = this.#component;
    const { weatherSeed, slotMinutes, interrupted } = this.#settings;
    const weekday = day - mondayOf(week);
    if (amount > 0) {
      shapes[this.#component.shape].slotWeights(weights, { seed, weatherSeed, day, weekday, slotMinutes, amount });
    }
    const sum = this.#silence(weights, day, interrupted);
    const curve = new Float64Array(slots + 1);
    // The last boundary is the next day's first by the same expression, so that midnight has one value.
    const nextDay = this.#dayShare(week, weekday + 1);
    const dayEnd = weekday === 6 ? weekEnd : weekStart + (weekEnd - weekStart) * nextDay.before;
    let cumulated = 0;
    for (let slot = 0; slot < slots; slot++) {
      curve[slot] = Math.min(dayEnd, dayStart + (dayEnd - dayStart) * (cumulated / sum));
      cumulated += weights[slot]!;
    }
    curve[slots] = dayEnd;
    return curve;
  }

  /** Removes interrupted slots. Returns the sum of the weights that remain, evening them out when none does. */
  #silence(weights: Float64Array, day: number, interrupted: CurveSettings["interrupted"]): number {
    const slotMilliseconds = this.#settings.slotMinutes * minuteMilliseconds;
    const allowed = (slot: number) => interrupted?.(day * dayMilliseconds + slot * slotMilliseconds) !== true;
    let sum = 0;
    for (let slot = 0; slot < weights.length; slot++) {
      if (weights[slot]! > 0 && !allowed(slot)) weights[slot] = 0;
      sum += weights[slot]!;
    }
    if (sum > 0) return sum;
    for (let slot = 0; slot < weights.length; slot++) {
      weights[slot] = allowed(slot) ? 1 : 0;
      sum += weights[slot]!;
    }
    return sum;
  }

  /** What of a week lies before one of its days, and in it. */
  #dayShare(week: number, weekday: number): { before: number; share: number } {
    const { seed, shape } = this.#component;
    const monday = mondayOf(week);
    let before = 0;
    let sum = 0;
    let own = 0;
    for (let index = 0; index < 7; index++) {
      const weight = shapes[shape].dayWeight({
        seed,
        weatherSeed: this.#settings.weatherSeed,
        day: monday + index,
        weekday: index,
      });
      if (index < weekday) before += weight;
      if (index === weekday) own = weight;
      sum += weight;
    }
    return { before: before / sum, share: own / sum };
  }

  #weekStart(week: number): number {
    return Math.max(0, this.#weeks(week) - this.#origin);
  }

  #weeks(week: number): number {
    const { meanDaily, season, seasonPeak, noise, seed } = this.#component;
    const angle = 2 * Math.PI * (week / weeksInYear - seasonPeak);
    const seasonal = (weeksInYear / (2 * Math.PI)) * Math.sin(angle);
    return meanDaily * 7 * (week + season * seasonal + noise * unit(seedFor(seed, "weeks"), week));
  }
}

const weeksInYear = 365.2425 / 7;
