/** A call made for a command: its arguments are the command's affair, and it ends neither run nor command. */
import type { RunFailure } from "../causes.ts";
import type { CallOutcome, PendingCall } from "./driver.ts";

export interface PrivateCall extends PendingCall {
  /** What the call could not read, the rest being well. */
  readonly failures: readonly RunFailure[];
}

export function privateCall(call: PendingCall, kwargs: Record<string, unknown>): PrivateCall {
  const failures: RunFailure[] = [];
  return {
    run: call.run,
    name: call.name,
    kwargs,
    runOffsetSeconds: 0,
    failures,
    begin() {},
    answered() {},
    succeed(_outcome: CallOutcome) {},
    fail(failure: RunFailure) {
      failures.push(failure);
    },
    done: false,
  };
}
