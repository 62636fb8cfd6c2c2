/** The capture period of a profile (class 7, attribute 4): writing it empties the buffer, as the Blue Book says. */

export interface StoredCapture {
  /** Seconds. */
  readonly period: number;
  /** The buffer holds what was captured after this time of the meter's clock. */
  readonly since: number;
}

export interface CaptureMemory {
  captures: Readonly<Record<string, StoredCapture>>;
}

/** Period and emptying of one profile. */
export class CapturePeriod {
  readonly #memory: CaptureMemory;
  readonly #logicalName: string;
  readonly #factory: number;

  /** `factory` is the period the meter came with, in seconds. */
  constructor(memory: CaptureMemory, logicalName: string, factory: number) {
    this.#memory = memory;
    this.#logicalName = logicalName;
    this.#factory = factory;
  }

  /** Seconds. */
  get seconds(): number {
    return this.#memory.captures[this.#logicalName]?.period ?? this.#factory;
  }

  /** Rows are later than this time of the meter's clock. */
  get since(): number {
    return this.#memory.captures[this.#logicalName]?.since ?? Number.NEGATIVE_INFINITY;
  }

  /** Changes the period, and empties the buffer, at a time of the meter's clock. */
  set(seconds: number, time: number): void {
    this.#memory.captures = { ...this.#memory.captures, [this.#logicalName]: { period: seconds, since: time } };
  }
}

/** Whether a profile can capture every so many seconds: whole minutes that divide a day. */
export function isCapturePeriod(seconds: number): boolean {
  return seconds >= 60 && seconds <= 86_400 && seconds % 60 === 0 && 86_400 % seconds === 0;
}
