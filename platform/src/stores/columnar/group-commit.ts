import { setTimeout as delay } from "node:timers/promises";

export interface GroupCommitOptions {
  /** Stores the bytes of a group, whole or not at all; resolves when they are durable. */
  readonly insert: (bytes: readonly Uint8Array[]) => Promise<void>;
  /** Rows of one insert at most (a caller's own rows are never divided). */
  readonly rowsPerInsert: number;
  /** Rows in memory at most, waiting or being stored; further callers wait. */
  readonly rowsInMemory: number;
  /** Least time between the starts of two small inserts, so that single rows do not become a part on disk each. */
  readonly millisecondsBetweenInserts: number;
}

interface Caller {
  readonly bytes: Uint8Array;
  readonly rows: number;
  readonly stored: () => void;
  readonly refused: (error: unknown) => void;
}

/**
 * One writer for all callers: the columnar engine takes some hundreds of inserts a second whatever their size, so the
 * rows of everybody who calls while an insert is under way go into the next one together.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  readonly #waitingForRoom: Caller[] = [];
  readonly #queue: Caller[] = [];
  #rowsInMemory = 0;
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(options: GroupCommitOptions) {
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
  add(bytes: Uint8Array, rows: number): Promise<void> {
    if (this.#closed) return Promise.reject(new Error("the writer is closed"));
    if (rows === 0) return Promise.resolve();
    return new Promise((stored, refused) => {
      this.#waitingForRoom.push({ bytes, rows, stored, refused });
      this.#admit();
      this.#running ??= this.#run();
    });
  }

  /** Takes nothing more, and resolves when everything taken was stored or refused. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  #admit(): void {
    for (let next = this.#waitingForRoom[0]; next; next = this.#waitingForRoom[0]) {
      const fits = this.#rowsInMemory === 0 || this.#rowsInMemory + next.rows <= this.#options.rowsInMemory;
      if (!fits) return;
      this.#waitingForRoom.shift();
      this.#rowsInMemory += next.rows;
      this.#queue.push(next);
    }
  }

  async #run(): Promise<void> {
    const { rowsPerInsert, millisecondsBetweenInserts } = this.#options;
    let earliestStart = 0;
    // Callers of the same turn of the event loop go together.
    await new Promise(setImmediate);
    while (this.#queue.length > 0) {
      const wait = earliestStart - performance.now();
      if (wait > 0 && this.#rowsInMemory < rowsPerInsert) await delay(wait);
      earliestStart = performance.now() + millisecondsBetweenInserts;
      await this.#store(this.#takeGroup());
    }
    this.#running = undefined;
  }

  #takeGroup(): Caller[] {
    let rows = 0;
    let callers = 0;
    for (const caller of this.#queue) {
      if (callers > 0 && rows + caller.rows > this.#options.rowsPerInsert) break;
      rows += caller.rows;
      callers++;
    }
    return this.#queue.splice(0, callers);
  }

  async #store(group: readonly Caller[]): Promise<void> {
    let settle: (caller: Caller) => void = (caller) => caller.stored();
    try {
      await this.#options.insert(group.map((caller) => caller.bytes));
    } catch (error) {
      settle = (caller) => caller.refused(error);
    }
    for (const caller of group) {
      this.#rowsInMemory -= caller.rows;
      settle(caller);
    }
    this.#admit();
  }
}
