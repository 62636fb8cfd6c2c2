import { DlmsError, dlmsError, type InvocationCounter, largestInvocationCounter } from "@anymeter/dlms-cosem";
import { RunFailure } from "../../causes.ts";

/** Reserves `count` counters of a meter's key, on disk before it returns. @returns the first of them */
export type ReserveCounters = (device: string, keyKind: string, atLeast: number, count: number) => Promise<number>;

/**
 * Counters of a meter's unicast key for one session. The library takes them synchronously, so a block is reserved ahead,
 * and the next before it runs out: what was handed out is always on disk (Green Book 9.2.3.3.7.3).
 */
export class SessionCounters implements InvocationCounter {
  readonly #device: string;
  readonly #reserve: ReserveCounters;
  #next = 0;
  #left = 0;

  constructor(device: string, reserve: ReserveCounters) {
    this.#device = device;
    this.#reserve = reserve;
  }

  take(): number {
    if (this.#left < 1 || this.#next > largestInvocationCounter) {
      throw dlmsError("invocation_counter_exhausted", { key: keyKind });
    }
    this.#left--;
    return this.#next++;
  }

  /** Never goes below what the meter expects, and never back: a lowered counter of a meter is not followed. */
  async startAt(atLeast: number): Promise<void> {
    await this.#take(atLeast);
  }

  /** Sees to it that an exchange cannot run out of counters. */
  async replenish(): Promise<void> {
    if (this.#left < leastInStore) await this.#take(0);
  }

  async #take(atLeast: number): Promise<void> {
    const first = await this.#reserve(this.#device, keyKind, Math.max(atLeast, 1), blockSize);
    if (first + blockSize > largestInvocationCounter) throw new RunFailure("counter_exhausted");
    this.#next = first;
    this.#left = blockSize;
  }
}

/** The counter the meter says it expects, when an error says so. */
export function expectedCounter(error: unknown): number | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof DlmsError) || cause.code !== "invocation_counter_rejected") return undefined;
  return typeof cause.details.expected === "number" ? cause.details.expected : undefined;
}

export const keyKind = "guek";
/** A session uses a few; 2^32 of them last 16 million sessions. */
const blockSize = 256;
/** One answer of the meter can make the session send this many at most. */
const leastInStore = 64;
