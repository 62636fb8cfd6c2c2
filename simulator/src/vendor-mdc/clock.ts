/** The vendor's time. Tests hand in a clock they move; in a process of its own it can be made to jump. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** Calls `run` once after `milliseconds`, unless the returned function was called before. */
  after(milliseconds: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (milliseconds, run) => {
    const timer = setTimeout(run, Math.min(milliseconds, longestTimer));
    return () => clearTimeout(timer);
  },
};

/** Another clock, and how far it was made to jump. Timers that are set run by the other clock: look again after a jump. */
export class JumpingClock implements Clock {
  readonly #clock: Clock;
  #jumped: number;

  /** `jumped`: what it had jumped before. */
  constructor(clock: Clock, jumped: number) {
    this.#clock = clock;
    this.#jumped = jumped;
  }

  get jumped(): number {
    return this.#jumped;
  }

  now(): number {
    return this.#clock.now() + this.#jumped;
  }

  after(milliseconds: number, run: () => void): () => void {
    return this.#clock.after(milliseconds, run);
  }

  /** Forward only: what has been recorded stays in the past. */
  jump(milliseconds: number): void {
    if (milliseconds < 0) throw new RangeError(`the clock jumps forward, not by ${milliseconds} ms`);
    this.#jumped += milliseconds;
  }
}

/** Node fires at once when asked for more than 2^31 − 1 ms. */
const longestTimer = 2 ** 31 - 1;
