/** Who may ask next, where not more than so many may at once: the urgent first, then in the order of coming. */
export class Turns {
  readonly #most: number;
  readonly #lanes = new Map<string, Lane>();
  #closed = false;

  /** @param most of one lane at once */
  constructor(most: number) {
    this.#most = most;
  }

  /** Does the work when it is its turn. @returns whether it was done; false after `close` */
  async take(lane: string, priority: number, work: () => Promise<void>): Promise<boolean> {
    if (!(await this.#enter(lane, priority))) return false;
    try {
      await work();
      return true;
    } finally {
      this.#leave(lane);
    }
  }

  open(): void {
    this.#closed = false;
  }

  /** Nobody's turn comes any more; who is at it goes on. */
  close(): void {
    this.#closed = true;
    for (const { waiting } of this.#lanes.values()) for (const { begin } of waiting.splice(0)) begin(false);
  }

  async #enter(name: string, priority: number): Promise<boolean> {
    if (this.#closed) return false;
    const lane = this.#lanes.get(name) ?? { busy: 0, waiting: [] };
    this.#lanes.set(name, lane);
    if (lane.busy < this.#most) {
      lane.busy += 1;
      return true;
    }
    return await new Promise<boolean>((begin) => {
      const before = lane.waiting.findIndex((other) => other.priority > priority);
      lane.waiting.splice(before === -1 ? lane.waiting.length : before, 0, { priority, begin });
    });
  }

  #leave(name: string): void {
    const lane = this.#lanes.get(name)!;
    const next = lane.waiting.shift();
    // The next one takes the place over.
    if (next) next.begin(true);
    else if (--lane.busy === 0) this.#lanes.delete(name);
  }
}

interface Lane {
  busy: number;
  readonly waiting: { readonly priority: number; readonly begin: (mayBegin: boolean) => void }[];
}
