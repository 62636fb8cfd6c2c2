import type { RetrySettings } from "../settings.ts";

/** Random numbers from 0 up to, not including, 1. */
export type Random = () => number;

/**
 * The pause before the next attempt: exponential, with "equal jitter" (half fixed, half random), so that meters which
 * failed together do not come back together.
 * @param attempts how many attempts were made, 1 or more
 */
export function retryDelay(attempts: number, settings: RetrySettings, random: Random): number {
  const doubled = settings.firstDelayMilliseconds * 2 ** Math.min(attempts - 1, 30);
  const delay = Math.min(doubled, settings.maxDelayMilliseconds);
  return Math.round(delay / 2 + (delay / 2) * random());
}
