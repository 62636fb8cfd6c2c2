/** The wake-up of battery meters: NUL characters, then a pause (annex B of the standard). */
import type { Routine } from "@anymeter/sans-io";
import type { ClientLine } from "./client-line.ts";
import { pause as silence } from "./receive.ts";

export interface WakeUp {
  /** NUL characters. Default 66: the 2.2 s of the standard at 300 baud. */
  readonly count?: number;
  /** Milliseconds between them. Default 0: one after another, as fast as the line takes them. */
  readonly interval?: number;
  /** Milliseconds of pause before the sign-on. Default 1600: the standard's 1.5 to 1.7 s. */
  readonly pause?: number;
}

export function* wakeUp(line: ClientLine, { count = 66, interval = 0, pause = 1600 }: WakeUp = {}): Routine<void> {
  if (interval === 0) {
    yield* silence(line, pause, line.outgoing(new Uint8Array(count)));
    return;
  }
  for (let sent = 0; sent < count; sent++) yield* silence(line, interval, line.outgoing(Uint8Array.of(0)));
  yield* silence(line, pause);
}
