import { type Kysely, sql } from "kysely";
import type { Database } from "./database.ts";

/** Ids in a block; a process takes one at a time and loses the rest of it when it ends. */
const idsPerBlock = 2 ** 20;

/**
 * Integer ids for rows of the columnar store, which has no sequences: unique over all processes because each takes
 * blocks of them from a sequence of the relational store, and below 2^53 for longer than anybody will ask.
 */
export class IdBlocks {
  readonly #db: Kysely<Database>;
  readonly #sequence: string;
  #next = 1;
  #end = 1;
  #taking: Promise<void> | undefined;

  constructor(db: Kysely<Database>, sequence: "meter_reading_blocks" | "meter_system_event_blocks") {
    this.#db = db;
    this.#sequence = sequence;
  }

  /** @returns the first of `count` consecutive ids, `count` being at most a block */
  async take(count: number): Promise<number> {
    if (count > idsPerBlock) throw new RangeError(`at most ${idsPerBlock} ids at once`);
    while (this.#next + count > this.#end) {
      this.#taking ??= this.#takeBlock();
      await this.#taking;
    }
    const first = this.#next;
    this.#next += count;
    return first;
  }

  async #takeBlock(): Promise<void> {
    try {
      const { rows } = await sql<{ block: number }>`select nextval(${this.#sequence}) as block`.execute(this.#db);
      this.#next = (rows[0]!.block - 1) * idsPerBlock + 1;
      this.#end = this.#next + idsPerBlock;
    } finally {
      this.#taking = undefined;
    }
  }
}
