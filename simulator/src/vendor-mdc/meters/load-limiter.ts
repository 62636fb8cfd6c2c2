/** Sanctioned load: opens the relay when the load stays above a limit, tries again so many times, and counts anew after a while. */
import type { UdilCommands } from "@anymeter/udil";
import type { Relay } from "./relay.ts";

/** Kilowatts and seconds. */
export type LoadLimit = UdilCommands["sanctioned_load_control"];

/** What the limiter did, for the meter's log. */
export type LimiterAct = "trip" | "retry";

/** Instants in milliseconds. */
export interface LimiterState {
  limit?: LoadLimit | undefined;
  /** When it looks before the load changes: something else did. */
  lookAt?: number | undefined;
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
  setLimit(limit: LoadLimit | undefined, at: number): void {
    const nothing = { aboveSince: undefined, retries: 0, retryAt: undefined, clearAt: undefined };
    Object.assign(this.#state, { limit, lookAt: at, ...nothing });
  }

  /** Somebody else moved the relay. */
  lookAgain(at: number): void {
    this.#state.lookAt = at;
  }

  /** When it has something to do next, if the load stays as it is; Infinity = never. */
  next(): number {
    const { lookAt, retryAt, clearAt } = this.#state;
    const due = [lookAt, this.#tripAt(), retryAt, clearAt].filter((at) => at !== undefined);
    return Math.min(...due);
  }

  /** Looks at the load that a closed relay would let through (kW), and moves the relay when it is time. */
  observe(load: number, at: number): LimiterAct | undefined {
    const state = this.#state;
    state.lookAt = undefined;
    if (state.limit === undefined) return undefined;
    if (state.clearAt !== undefined && at >= state.clearAt) this.#countAnew(at);
    const retried = !this.#relay.closed && this.#tryAgain(at);
    if (!this.#relay.closed) return undefined;
    state.retryAt = undefined;
    state.aboveSince = load > state.limit.load_limit ? (state.aboveSince ?? at) : undefined;
    if (retried) return "retry";
    const tripAt = this.#tripAt();
    return tripAt !== undefined && at >= tripAt ? this.#trip(at) : undefined;
  }

  #tripAt(): number | undefined {
    const { limit, aboveSince } = this.#state;
    if (limit === undefined || aboveSince === undefined) return undefined;
    return aboveSince + milliseconds(limit.threshold_duration);
  }

  #trip(at: number): LimiterAct {
    const { maximum_retries, retry_interval, retry_clear_interval } = this.#state.limit!;
    this.#relay.move(false, "limiter", at);
    this.#state.aboveSince = undefined;
    this.#state.retryAt = this.#state.retries < maximum_retries ? at + milliseconds(retry_interval) : undefined;
    this.#state.clearAt = at + milliseconds(retry_clear_interval);
    return "trip";
  }

  #tryAgain(at: number): boolean {
    const { retryAt } = this.#state;
    // A person or a schedule opened it since: trying again is no longer the limiter's.
    if (this.#relay.state.movedBy !== "limiter") this.#state.retryAt = undefined;
    else if (retryAt !== undefined && at >= retryAt) {
      this.#state.retries++;
      return this.#relay.move(true, "limiter", at);
    }
    return false;
  }

  #countAnew(at: number): void {
    this.#state.clearAt = undefined;
    this.#state.retries = 0;
    this.#state.retryAt ??= at;
  }
}

/** It measures every second: what is to take no time takes one. */
function milliseconds(seconds: number): number {
  return Math.max(1, seconds) * 1000;
}
