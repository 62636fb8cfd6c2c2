/** Time as the head-end sees it; tests hand in one they move themselves. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** Calls `run` once after `milliseconds`, unless the returned function was called before. */
  after(milliseconds: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (milliseconds, run) => {
    const timer = setTimeout(run, Math.min(milliseconds, longestTimer));
    return () => clearTimeout(timer);
  },
};

/** Node fires at once when asked for more than 2^31 − 1 ms. */
const longestTimer = 2 ** 31 - 1;
