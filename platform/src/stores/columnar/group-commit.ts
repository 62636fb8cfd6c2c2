/** @template Rows what callers hand over: bytes, or something that becomes bytes when the insert is made */
export interface GroupCommitOptions<Rows = Uint8Array> {
  /** Stores what a group handed over, whole or not at all; resolves when it is durable. */
  readonly insert: (rows: readonly Rows[]) => Promise<void>;
  /** Rows of one insert at most (a caller's own rows are never divided). */
  readonly rowsPerInsert: number;
  /** Rows in memory at most, waiting or being stored; further callers wait. */
  readonly rowsInMemory: number;
  /** Rows for which an insert is made at once; below, it costs the same however few they are. */
  readonly rowsWorthAnInsert: number;
  /** Least time between the starts of two smaller inserts, so that single rows do not become too many parts on disk. */
  readonly millisecondsBetweenInserts: number;
  /** Time after an insert in which the next smaller one waits for the callers of the last to come back. */
  readonly millisecondsToGather: number;
}

interface Caller<Rows> {
  readonly handed: Rows;
  readonly rows: number;
  readonly stored: () => void;
  readonly refused: (error: unknown) => void;
}

/**
 * One writer for all callers: the columnar engine takes some hundreds of inserts a second whatever their size, so the
 * rows of everybody who calls while an insert is under way go into the next one together.
 *
 * Who was just answered usually calls again, a little after the others. Were the first of them to start an insert, the rest
 * would wait for a second one; so a small insert waits until as many callers are there as there were before.
 */
export class GroupCommit<Rows = Uint8Array> {
  readonly #options: GroupCommitOptions<Rows>;
  readonly #waitingForRoom: Caller<Rows>[] = [];
  readonly #queue: Caller<Rows>[] = [];
  #rowsInMemory = 0;
  #rowsQueued = 0;
  /** Callers that were answered by the last insert, or waited when it ended. */
  #expected = 0;
  #earliestStart = 0;
  #gatherUntil = 0;
  #wake: () => void = () => {};
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(options: GroupCommitOptions<Rows>) {
    this.#options = options;
  }

  /** Rows taken and not yet stored, for metrics. */
  get rowsInMemory(): number {
    return this.#rowsInMemory;
  }

  /**
   * Resolves when the rows are durable, and rejects when the insert they were in failed: then none of them is stored.
   * Waits first while too many rows are in memory, in the order of the calls.
   */
  add(handed: Rows, rows: number): Promise<void> {
    if (this.#closed) return Promise.reject(new Error("the writer is closed"));
    if (rows === 0) return Promise.resolve();
    return new Promise((stored, refused) => {
      this.#waitingForRoom.push({ handed, rows, stored, refused });
      this.#admit();
      this.#running ??= this.#run();
    });
  }

  /** Takes nothing more, and resolves when everything taken was stored or refused. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#wake();
    await this.#running;
  }

  #admit(): void {
    for (let next = this.#waitingForRoom[0]; next; next = this.#waitingForRoom[0]) {
      const fits = this.#rowsInMemory === 0 || this.#rowsInMemory + next.rows <= this.#options.rowsInMemory;
      if (!fits) return;
      this.#waitingForRoom.shift();
      this.#rowsInMemory += next.rows;
      this.#rowsQueued += next.rows;
      this.#queue.push(next);
      if (this.#gathered()) this.#wake();
    }
  }

  async #run(): Promise<void> {
    // Callers of the same turn of the event loop go together.
    await new Promise(setImmediate);
    while (this.#queue.length > 0) {
      await this.#gather();
      this.#earliestStart = performance.now() + this.#options.millisecondsBetweenInserts;
      await this.#store(this.#takeGroup());
      this.#gatherUntil = performance.now() + this.#options.millisecondsToGather;
    }
    this.#running = undefined;
  }

  /** Resolves when the next insert is worth making. */
  async #gather(): Promise<void> {
    for (;;) {
      if (this.#closed || this.#rowsQueued >= this.#options.rowsWorthAnInsert) return;
      const start = this.#gathered() ? this.#earliestStart : Math.max(this.#earliestStart, this.#gatherUntil);
      const wait = start - performance.now();
      if (wait <= 0) return;
      await this.#callersWithin(wait);
    }
  }

  #gathered(): boolean {
    return this.#queue.length >= this.#expected || this.#rowsQueued >= this.#options.rowsWorthAnInsert;
  }

  /** Resolves after the time, or as soon as enough callers are there. */
  async #callersWithin(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = () => {};
  }

  #takeGroup(): Caller<Rows>[] {
    let rows = 0;
    let callers = 0;
    for (const caller of this.#queue) {
      if (callers > 0 && rows + caller.rows > this.#options.rowsPerInsert) break;
      rows += caller.rows;
      callers++;
    }
    this.#rowsQueued -= rows;
    return this.#queue.splice(0, callers);
  }

  async #store(group: readonly Caller<Rows>[]): Promise<void> {
    let settle: (caller: Caller<Rows>) => void = (caller) => caller.stored();
    try {
      await this.#options.insert(group.map((caller) => caller.handed));
    } catch (error) {
      settle = (caller) => caller.refused(error);
    }
    this.#expected = group.length + this.#queue.length;
    for (const caller of group) {
      this.#rowsInMemory -= caller.rows;
      settle(caller);
    }
    this.#admit();
  }
}
