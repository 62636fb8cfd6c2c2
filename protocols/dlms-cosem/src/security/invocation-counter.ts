/**
 * The number that makes each nonce unique (Green Book clause 9.2.3.3.7.3): strictly increasing per key and direction,
 * never used twice, not even after a crash. So whoever hands a counter over has stored the end of its range before.
 */
import { dlmsError } from "../errors.ts";

export interface InvocationCounter {
  /** The next unused value. Throws `invocation_counter_exhausted` when none is left. */
  take(): number;
}

export const largestInvocationCounter = 0xffff_ffff;

/** A counter in memory: for a dedicated key, which lives as long as its association, or over a range already stored. */
export function countFrom(first: number, last: number = largestInvocationCounter, key = "unicast"): InvocationCounter {
  let next = first;
  return {
    take() {
      if (next > last || next > largestInvocationCounter) throw dlmsError("invocation_counter_exhausted", { key });
      return next++;
    },
  };
}
