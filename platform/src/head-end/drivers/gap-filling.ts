/**
 * Where a read of what a meter keeps begins, and how far it may move the mark of what is stored: no gap is ever skipped,
 * whatever made it.
 */
import type { Clock } from "../clock.ts";
import type { PendingCall } from "./driver.ts";

/** The last so many seconds before the task was due: the offset grows by the delay of the run. Milliseconds UTC. */
export function offsetBegin(
  { clock, call }: { readonly clock: Clock; readonly call: PendingCall },
  offsetSeconds: number,
): number {
  return clock.now() - (offsetSeconds + call.runOffsetSeconds) * 1000;
}

/**
 * The newest of the instants that may move the mark; undefined when there is none. One far in the future (a clock gone wild)
 * must not move it past rows that are still to come.
 */
export function newestCredible(instants: Iterable<number>, now: number): number | undefined {
  let newest: number | undefined;
  for (const instant of instants) {
    if (instant <= now + credibleAhead && (newest === undefined || instant > newest)) newest = instant;
  }
  return newest;
}

const credibleAhead = 3_600_000;
