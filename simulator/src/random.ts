/**
 * Randomness without state: every draw is a hash of a seed and an index, so that the value of anything at an instant can
 * be computed alone, in any order, and is the same after a restart.
 */

/** Derives an independent seed for a part of the world from its parent's seed and its name or number. */
export function seedFor(parent: number, label: string | number): number {
  if (typeof label === "number") return mix(mix(parent) + Math.imul(label, 0x9e3779b1));
  let hash = mix(parent);
  for (let index = 0; index < label.length; index++) hash = mix(hash + Math.imul(label.charCodeAt(index), 0x9e3779b1));
  return hash;
}

/** A number in [0, 1). */
export function unit(seed: number, index: number): number {
  return mix(seed + Math.imul(index, 0x85ebca77)) / 0x100000000;
}

/** A number in [low, high). */
export function between(seed: number, index: number, low: number, high: number): number {
  return low + (high - low) * unit(seed, index);
}

/** One of the choices, all equally likely. */
export function pick<T>(seed: number, index: number, choices: readonly T[]): T {
  return choices[Math.floor(unit(seed, index) * choices.length)]!;
}

/** Noise in [0, 1) that is continuous in `position`: linear between independent draws at the whole numbers. */
export function smoothNoise(seed: number, position: number): number {
  const index = Math.floor(position);
  const before = unit(seed, index);
  return before + (unit(seed, index + 1) - before) * (position - index);
}

/** `count` bytes, for keys and titles of simulated meters: predictable, so never for anything real. */
export function bytesFor(seed: number, count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  for (let index = 0; index < count; index++) bytes[index] = Math.floor(unit(seed, index) * 256);
  return bytes;
}

/** The finaliser of MurmurHash3: every input bit changes every output bit with a chance of about one half. */
function mix(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
