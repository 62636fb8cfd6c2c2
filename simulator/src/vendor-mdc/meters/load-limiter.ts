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

/** Instants in milliseconds. */
export interface LimiterState {
  limit?: LoadLimit | undefined;
  aboveSince?: number | undefined;
  retries: number;
  retryAt?: number | undefined;
  /** When tries are counted anew. */
  clearAt?: number | undefined;
}

export const freshLimiter: Readonly<LimiterState> = { retries: 0 };

export class LoadLimiter {
  readonly #relay: Relay;
  readonly #state: LimiterState;

  constructor(relay: Relay, state: LimiterState) {
    this.#relay = relay;
    this.#state = state;
  }

  get limit(): LoadLimit | undefined {
    return this.#state.limit;
  }

  /** undefined = no limit, as from the works. Tries are counted anew. */
  setLimit(limit: LoadLimit | undefined): void {
    Object.assign(this.#state, { limit, aboveSince: undefined, retries: 0, retryAt: undefined, clearAt: undefined });
  }

  /** When it has something to do next, if the load stays as it is. */
  next(): number | undefined {
    const due = [this.#tripAt(), this.#state.retryAt, this.#state.clearAt].filter((at) => at !== undefined);
    return due.length === 0 ? undefined : Math.min(...due);
  }

  /** Looks at the load (kW) and moves the relay when it is time. */
  observe(load: number, at: number): LimiterAct | undefined {
    if (this.#state.limit === undefined) return undefined;
    if (this.#state.clearAt !== undefined && at >= this.#state.clearAt) this.#countAnew(at);
    if (!this.#relay.closed) return this.#tryAgain(at);
    this.#state.retryAt = undefined;
    this.#state.aboveSince = load > this.#state.limit.load_limit ? (this.#state.aboveSince ?? at) : undefined;
    const tripAt = this.#tripAt();
    return tripAt !== undefined && at >= tripAt ? this.#trip(at) : undefined;
  }

  #tripAt(): number | undefined {
    if (this.#state.limit === undefined || this.#state.aboveSince === undefined) return undefined;
    return this.#state.aboveSince + this.#state.limit.threshold_duration * 1000;
  }

  #trip(at: number): LimiterAct {
    const { maximum_retries, retry_interval, retry_clear_interval } = this.#state.limit!;
    this.#relay.move(false, "limiter", at);
    this.#state.aboveSince = undefined;
    this.#state.retryAt = this.#state.retries < maximum_retries ? at + retry_interval * 1000 : undefined;
    this.#state.clearAt = at + retry_clear_interval * 1000;
    return "trip";
  }

  #tryAgain(at: number): LimiterAct | undefined {
    // A person or a schedule opened it since: trying again is no longer the limiter's.
    if (this.#relay.state.movedBy !== "limiter") {
      this.#state.retryAt = undefined;
      return undefined;
    }
    if (this.#state.retryAt === undefined || at < this.#state.retryAt) return undefined;
    this.#state.retryAt = undefined;
    this.#state.retries++;
    this.#relay.move(true, "limiter", at);
    return "retry";
  }

  #countAnew(at: number): void {
    this.#state.clearAt = undefined;
    this.#state.retries = 0;
    this.#state.retryAt ??= at;
  }
}
