/** Seeded randomness for tests: the same seed gives the same cases on every machine. */

export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** 32 random bits (the mulberry32 generator). */
  word(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let word = this.state;
    word = Math.imul(word ^ (word >>> 15), word | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return (word ^ (word >>> 14)) >>> 0;
  }

  /** A whole number from `smallest` to `largest`, both included; the edges come often. */
  integer(smallest: number, largest: number): number {
    const edge = this.word() % 8;
    if (edge === 0) return smallest;
    if (edge === 1) return largest;
    return smallest + Math.floor((this.word() / 2 ** 32) * (largest - smallest + 1));
  }

  boolean(): boolean {
    return (this.word() & 1) === 1;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.word() & 0xff);
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.word() % choices.length]!;
  }

  list<T>(longest: number, make: () => T): T[] {
    return Array.from({ length: this.word() % (longest + 1) }, make);
  }
}
