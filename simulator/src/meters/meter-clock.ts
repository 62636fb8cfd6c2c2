/**
 * A meter's clock: right but for an error it came with and a crystal that wanders with the seasons of its cellar. Being set
 * is remembered, so that rows captured before and after stand where they stood.
 */
import { dayMilliseconds } from "../calendar.ts";
import { between } from "../random.ts";
import type { MeterMemoryCell } from "./simulated-meter.ts";

/** From `from` (true time) on, the clock shows true time + `correction` + the crystal's wander. Milliseconds. */
export interface ClockAdjustment {
  readonly from: number;
  readonly correction: number;
}

/** The true instant at which a clock came to a time. */
export interface Passing {
  readonly instant: number;
  readonly missedBy: number;
}

export class MeterClock {
  readonly #seed: number;
  readonly #adjustments: ClockAdjustment[];

  /** `error` is how far the clock was off before anyone set it; `adjustments` what is remembered, oldest first. */
  constructor(seed: number, error: number, adjustments: readonly ClockAdjustment[] = []) {
    this.#seed = seed;
    this.#adjustments = [{ from: Number.NEGATIVE_INFINITY, correction: error }, ...adjustments];
  }

  /** What the clock shows at a true instant, as milliseconds UTC. */
  time(instant: number): number {
    const adjustment = this.#adjustments.findLast(({ from }) => instant >= from)!;
    return instant + adjustment.correction + this.#wander(instant);
  }

  /**
   * The true instant at which the clock first ran through a time; undefined when it was set past it. A time that came
   * twice because the clock was set back was captured the first time.
   */
  instantOf(time: number): number | undefined {
    for (let index = 0; index < this.#adjustments.length; index++) {
      const { from, correction } = this.#adjustments[index]!;
      const until = this.#adjustments[index + 1]?.from ?? Number.POSITIVE_INFINITY;
      const instant = this.#invert(time, correction);
      if (instant > from && instant <= until) return instant;
    }
    return undefined;
  }

  /**
   * When, after a true instant, the clock next shows a time or is set past it: then `missedBy` tells by how many
   * milliseconds. Undefined when the time has passed.
   */
  passing(time: number, after: number): Passing | undefined {
    for (let index = 0; index < this.#adjustments.length; index++) {
      const { from, correction } = this.#adjustments[index]!;
      const until = this.#adjustments[index + 1]?.from ?? Number.POSITIVE_INFINITY;
      if (until <= after) continue;
      if (from > after) {
        const shown = from + correction + this.#wander(from);
        const before = from + this.#adjustments[index - 1]!.correction + this.#wander(from);
        if (before < time && time <= shown) return { instant: from, missedBy: shown - time };
      }
      const instant = this.#invert(time, correction);
      if (instant > Math.max(from, after) && instant <= until) return { instant, missedBy: 0 };
    }
    return undefined;
  }

  /** Sets the clock at a true instant. Returns what must be remembered. */
  set(time: number, instant: number): ClockAdjustment {
    const adjustment = { from: instant, correction: time - instant - this.#wander(instant) };
    this.#adjustments.push(adjustment);
    return adjustment;
  }

  /** Whether the clock was set after `from` and up to `to` (true time). */
  wasSetBetween(from: number, to: number): boolean {
    return this.#adjustments.some((adjustment) => adjustment.from > from && adjustment.from <= to);
  }

  /** A few seconds to and fro in two months: some parts per million, as a quartz does with temperature. */
  #wander(instant: number): number {
    const amplitude = between(this.#seed, 0, 500, 5_000);
    const phase = between(this.#seed, 1, 0, 2 * Math.PI);
    return amplitude * Math.sin((2 * Math.PI * instant) / (60 * dayMilliseconds) + phase);
  }

  /** Fixed-point steps: each is closer by the wander's rate, about 1e-5. */
  #invert(time: number, correction: number): number {
    let instant = time - correction;
    for (let step = 0; step < 3; step++) instant = time - correction - this.#wander(instant);
    return instant;
  }
}

/** A clock whose being set outlives a restart: it is part of the meter's memory. */
export class RememberedClock extends MeterClock {
  readonly #cell: MeterMemoryCell;
  readonly #memory: ClockMemory;

  constructor(seed: number, error: number, cell: MeterMemoryCell) {
    const memory = cell.state<ClockMemory>({ clockAdjustments: [] });
    super(seed, error, memory.clockAdjustments);
    this.#cell = cell;
    this.#memory = memory;
  }

  override set(time: number, instant: number): ClockAdjustment {
    const adjustment = super.set(time, instant);
    this.#memory.clockAdjustments = [...this.#memory.clockAdjustments, adjustment].slice(-adjustmentsKept);
    this.#cell.remember("now");
    return adjustment;
  }
}

interface ClockMemory {
  clockAdjustments: readonly ClockAdjustment[];
}

const adjustmentsKept = 100;
