/** Sanctioned load: opens the relay when the load stays above a limit, tries again so many times, and counts anew after a while. */
import type { Relay } from "./relay.ts";

/** As `sanctioned_load_control` sets it: kilowatts and seconds. */
export interface LoadLimit {
  readonly load_limit: number;
  readonly maximum_retries: number;
  readonly retry_interval: number;
  readonly threshold_duration: number;
  readonly retry_clear_interval: number;
}

/** What the limiter did, for the meter's log. */
export type LimiterAct = "trip" | "retry";

export class LoadLimiter {
  readonly #relay: Relay;
  #limit: LoadLimit | undefined;
  #aboveSince: number | undefined;
  #retries = 0;
  #retryAt: number | undefined;
  #clearAt: number | undefined;

  constructor(relay: Relay) {
    this.#relay = relay;
  }

  get limit(): LoadLimit | undefined {
    return this.#limit;
  }

  /** undefined = no limit, as from the works. Tries are counted anew. */
  setLimit(limit: LoadLimit | undefined): void {
    this.#limit = limit;
    this.#aboveSince = undefined;
    this.#retries = 0;
    this.#retryAt = undefined;
    this.#clearAt = undefined;
  }

  /** When it has something to do next, if the load stays as it is. */
  next(): number | undefined {
    const due = [this.#tripAt(), this.#retryAt, this.#clearAt].filter((at) => at !== undefined);
    return due.length === 0 ? undefined : Math.min(...due);
  }

  /** Looks at the load (kW) and moves the relay when it is time. */
  observe(load: number, at: number): LimiterAct | undefined {
    if (this.#limit === undefined) return undefined;
    if (this.#clearAt !== undefined && at >= this.#clearAt) this.#countAnew(at);
    if (!this.#relay.closed) return this.#tryAgain(at);
    this.#retryAt = undefined;
    this.#aboveSince = load > this.#limit.load_limit ? (this.#aboveSince ?? at) : undefined;
    const tripAt = this.#tripAt();
    return tripAt !== undefined && at >= tripAt ? this.#trip(at) : undefined;
  }

  #tripAt(): number | undefined {
    if (this.#limit === undefined || this.#aboveSince === undefined) return undefined;
    return this.#aboveSince + this.#limit.threshold_duration * 1000;
  }

  #trip(at: number): LimiterAct {
    const { maximum_retries, retry_interval, retry_clear_interval } = this.#limit!;
    this.#relay.move(false, "limiter", at);
    this.#aboveSince = undefined;
    this.#retryAt = this.#retries < maximum_retries ? at + retry_interval * 1000 : undefined;
    this.#clearAt = at + retry_clear_interval * 1000;
    return "trip";
  }

  #tryAgain(at: number): LimiterAct | undefined {
    // A person or a schedule opened it since: trying again is no longer the limiter's.
    if (this.#relay.movedBy !== "limiter") {
      this.#retryAt = undefined;
      return undefined;
    }
    if (this.#retryAt === undefined || at < this.#retryAt) return undefined;
    this.#retryAt = undefined;
    this.#retries++;
    this.#relay.move(true, "limiter", at);
    return "retry";
  }

  #countAnew(at: number): void {
    this.#clearAt = undefined;
    this.#retries = 0;
    this.#retryAt ??= at;
  }
}
