/** Something that is done once, when the meter's clock comes to a time. */
import type { MeterClock } from "../../meter-clock.ts";
import type { Actor } from "./autonomy.ts";

export class Once implements Actor {
  readonly #clock: MeterClock;
  readonly #time: () => number | undefined;
  readonly #act: (at: number) => void;

  /** `time` is by the meter's clock, milliseconds UTC; undefined = nothing is to be done, or was done. */
  constructor(clock: MeterClock, time: () => number | undefined, act: (at: number) => void) {
    this.#clock = clock;
    this.#time = time;
    this.#act = act;
  }

  next(after: number): number | undefined {
    const time = this.#time();
    return time === undefined ? undefined : this.#clock.passing(time, after)?.instant;
  }

  act(at: number): void {
    this.#act(at);
  }
}
