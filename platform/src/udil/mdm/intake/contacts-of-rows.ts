/**
 * How meters behind vendors' MDCs answered last, beside our own: a meter whose rows arrive was reached and read. That an MDC
 * does not answer is its own state, not that of its meters.
 */
import type { Kysely } from "kysely";
import { recordStatuses } from "../../../head-end/status/device-status.ts";
import type { Database } from "../../../stores/relational/database.ts";

/** A meter's rows come in many tables and pages: so often at most is it written down. */
const recordedEvery = 60_000;
/** Beyond, everything is forgotten: then a meter is written down once more. */
const metersInMemory = 2_000_000;

export class ContactsOfRows {
  readonly #db: Kysely<Database>;
  readonly #now: () => number;
  readonly #recordedAt = new Map<string, number>();

  constructor(db: Kysely<Database>, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  /** @param meters devices whose rows were stored, each any number of times */
  async delivered(meters: Iterable<string>): Promise<void> {
    const now = this.#now();
    const due = [...new Set(meters)].filter(
      (meter) => now - (this.#recordedAt.get(meter) ?? -Infinity) >= recordedEvery,
    );
    if (due.length === 0) return;
    const contacts = due.map((device) => ({ device, at: now, answered: true, succeeded: true }));
    await this.#db.transaction().execute((transaction) => recordStatuses(transaction, contacts));
    if (this.#recordedAt.size + due.length > metersInMemory) this.#recordedAt.clear();
    for (const meter of due) this.#recordedAt.set(meter, now);
  }
}
