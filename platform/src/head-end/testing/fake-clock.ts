import type { Clock } from "../clock.ts";

/** A clock that stands until the test moves it. */
export class FakeClock implements Clock {
  #now: number;
  #timers: Timer[] = [];

  constructor(start: string | number) {
    this.#now = typeof start === "number" ? start : Date.parse(start);
  }

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.#now + milliseconds, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Jumps to an instant; every timer on the way fires at its own time. */
  moveTo(instant: string | number): void {
    const target = typeof instant === "number" ? instant : Date.parse(instant);
    for (;;) {
      const next = this.#timers.reduce<Timer | undefined>(
        (first, timer) => (timer.at <= target && (!first || timer.at < first.at) ? timer : first),
        undefined,
      );
      if (!next) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = target;
  }

  advance(milliseconds: number): void {
    this.moveTo(this.#now + milliseconds);
  }
}

interface Timer {
  readonly at: number;
  readonly run: () => void;
}
