/** When a request is made again: what passes by itself, a few times, ever later and never in step with others. */
import type { Clock } from "../../../head-end/clock.ts";
import { MdcFailure } from "../connection/failures.ts";

export interface Retrying {
  readonly clock: Clock;
  readonly random: () => number;
  readonly stopped: () => boolean;
  /** Fires some time after `stopped`, when nothing is waited for any more. */
  readonly signal?: AbortSignal;
}

const attempts = 3;
const firstPauseMilliseconds = 500;

/** @throws MdcFailure of the last attempt */
export async function retried<Result>(
  { clock, random, stopped }: Retrying,
  ask: () => Promise<Result>,
  worthAnother: (failure: MdcFailure) => boolean = ({ passing }) => passing,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      const again = error instanceof MdcFailure && worthAnother(error) && attempt < attempts && !stopped();
      if (!again) throw error;
    }
    const pause = firstPauseMilliseconds * 2 ** (attempt - 1) * (0.5 + random());
    await new Promise<void>((resolve) => clock.after(pause, resolve));
  }
}

/** Milliseconds until a poll that failed is tried again: the interval, doubled with every failure, up to an hour. */
export function pauseAfterFailures(pollMilliseconds: number, failures: number, random: () => number): number {
  const most = Math.max(pollMilliseconds, 3_600_000);
  return Math.min(pollMilliseconds * 2 ** Math.min(failures - 1, 16), most) * (0.75 + random() / 2);
}
