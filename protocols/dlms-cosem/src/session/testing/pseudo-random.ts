/** Bytes and numbers that look random and are the same in every run. */

/** Bytes from a seed, in the shape sessions take. */
export function pseudoRandom(seed: number): (length: number) => Uint8Array {
  const next = pseudoRandomNumbers(seed);
  return (length) => Uint8Array.from({ length }, () => next(256));
}

/** Whole numbers from 0 up to below the bound given to each call (xorshift32). */
export function pseudoRandomNumbers(seed: number): (bound: number) => number {
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  return (bound) => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % bound;
  };
}
