/** What can be wrong with a meter or its line, switchable while it runs. Absent or false = healthy. */
export interface MeterFaults {
  /** Each answer is late by this many milliseconds. */
  latency?: number;
  /** Share of answers that never arrive, 0–1, drawn anew for each. */
  loss?: number;
  /** The connection is reset after this many answers; 0 resets it at once. */
  resetAfter?: number;
  /** Accepts connections and never says a word. */
  silent?: boolean;
  /** Bytes of noise before each answer, or in its place. */
  garbage?: "before" | "instead";
  /** Answers come one byte at a time with this many milliseconds between. */
  byteInterval?: number;
  /** Answers end in the middle of the APDU, in a frame that is whole. */
  truncatedApdu?: boolean;
  /** The last byte of every answer is wrong, in a frame that is right: of a ciphered APDU it is the tag's. */
  wrongTag?: boolean;
  /** Every ciphered answer carries the invocation counter of the one before. */
  replayedCounter?: boolean;
  /** The meter's keys and password are not those that were registered. */
  wrongKey?: boolean;
}

/** The faults of one meter, read by its server and its security at the moment they matter. */
export class FaultSwitches {
  #faults: Readonly<MeterFaults> = {};

  get current(): Readonly<MeterFaults> {
    return this.#faults;
  }

  /** Adds to or changes what is set; `undefined` heals. */
  set(faults: MeterFaults): void {
    this.#faults = { ...this.#faults, ...faults };
  }

  clear(): void {
    this.#faults = {};
  }
}
