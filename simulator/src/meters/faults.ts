/** What can be wrong with a meter, switchable while it runs: with its line, whatever the protocol, and faults of its own. */

/** What can be wrong with the line to a meter. Absent or false = healthy. */
export type LineFaults = {
  /** Each answer is late by this many milliseconds. */
  readonly latency?: number | undefined;
  /** Share of answers that never arrive, 0–1, drawn anew for each. */
  readonly loss?: number | undefined;
  /** The connection is reset after this many answers; 0 resets it at once. */
  readonly resetAfter?: number | undefined;
  /** Accepts connections and never says a word. */
  readonly silent?: boolean | undefined;
  /** Bytes of noise before each answer, or in its place. */
  readonly garbage?: "before" | "instead" | undefined;
  /** Answers come one byte at a time with this many milliseconds between. */
  readonly byteInterval?: number | undefined;
  /** Answers come in pieces of this many bytes, as radio modems deliver them. */
  readonly chunkSize?: number | undefined;
  /** Each answer comes twice, as over radio links that repeat. */
  readonly repeated?: boolean | undefined;
  /** What was sent comes back before anything else, as over two-wire lines without echo suppression. */
  readonly echo?: boolean | undefined;
};

/** Faults that a protocol's meters have of their own. Write them as a type alias: an interface is not indexable. */
export type OwnFaults = Readonly<Record<string, boolean | number | string | undefined>>;

/** The faults of one meter, read by its server and its sessions at the moment they matter. */
export class FaultSwitches<Own extends OwnFaults = OwnFaults> {
  #faults: Readonly<LineFaults & Partial<Own>> = {} as LineFaults & Partial<Own>;

  get current(): Readonly<LineFaults & Partial<Own>> {
    return this.#faults;
  }

  /** Adds to or changes what is set; `undefined` heals. */
  set(faults: LineFaults & Partial<Own>): void {
    const all = Object.entries({ ...this.#faults, ...faults });
    this.#faults = Object.fromEntries(all.filter(([, value]) => value !== undefined)) as LineFaults & Partial<Own>;
  }

  clear(): void {
    this.#faults = {} as LineFaults & Partial<Own>;
  }
}

/** Says what a fault's value may be, for those who switch it from outside. */
export interface FaultCheck {
  /** "true or false" */
  readonly expected: string;
  accepts(value: unknown): boolean;
}

/** Checks of a meter's own faults, by name. */
export type FaultChecks<Own extends OwnFaults = OwnFaults> = Readonly<Record<keyof Own, FaultCheck>>;

export const yesOrNo: FaultCheck = { expected: "true or false", accepts: (value) => typeof value === "boolean" };

export const milliseconds: FaultCheck = {
  expected: "a whole number of milliseconds up to 3,600,000",
  accepts: (value) => isWhole(value, 0, 3_600_000),
};

export const share: FaultCheck = {
  expected: "a number from 0 to 1",
  accepts: (value) => typeof value === "number" && value >= 0 && value <= 1,
};

/** `what` is plural: "answers". */
export function countUpTo(most: number, what: string, least = 0): FaultCheck {
  return {
    expected: `a whole number of ${what} from ${least} to ${most.toLocaleString("en")}`,
    accepts: (value) => isWhole(value, least, most),
  };
}

/** Whether a fault of "one in so many" hits what is counted from 1. */
export function isTurn(count: number, every: number | undefined): boolean {
  return every !== undefined && count % every === 0;
}

export function oneOf(...choices: readonly string[]): FaultCheck {
  return {
    expected: choices.map((choice) => `"${choice}"`).join(" or "),
    accepts: (value) => choices.includes(value as string),
  };
}

export const lineFaultChecks: Readonly<Record<keyof LineFaults, FaultCheck>> = {
  latency: milliseconds,
  loss: share,
  resetAfter: countUpTo(1_000_000, "answers"),
  silent: yesOrNo,
  garbage: oneOf("before", "instead"),
  byteInterval: milliseconds,
  chunkSize: countUpTo(65_535, "bytes", 1),
  repeated: yesOrNo,
  echo: yesOrNo,
};

function isWhole(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}
