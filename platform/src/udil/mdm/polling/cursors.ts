/** How far each table of each MDC was read, and what came of it. */
import { type Kysely, sql } from "kysely";
import type { Database } from "../../../stores/relational/database.ts";
import type { Mdc } from "../peers/mdc.ts";
import type { PollableTable } from "../peers/switches.ts";

export interface Cursor {
  /** By the MDC's db_datetime, milliseconds UTC: everything up to it is stored or set aside. */
  readonly readUntil: number | undefined;
  /** Of a database that is read by id. */
  readonly lastId: number | undefined;
}

export interface Progress {
  readonly readUntil?: number | undefined;
  readonly lastId?: number | undefined;
  readonly stored?: number;
  readonly setAside?: number;
  readonly newestAt?: number | undefined;
}

export class Cursors {
  readonly #db: Kysely<Database>;
  readonly #now: () => number;

  constructor(db: Kysely<Database>, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  async read(mdc: Mdc, table: PollableTable): Promise<Cursor> {
    const row = await this.#db
      .selectFrom("udil_mdc_cursors")
      .select(["read_until", "last_id"])
      .where("mdc", "=", mdc.id)
      .where("table_code", "=", table)
      .executeTakeFirst();
    return { readUntil: row?.read_until?.getTime(), lastId: row?.last_id ?? undefined };
  }

  /** The ids of a table, or of all of the MDC's tables, are those of others from now on. */
  async forgetIds(mdc: string, table?: PollableTable): Promise<void> {
    const chosen = table === undefined ? sql`true` : sql`table_code = ${table}`;
    await sql`update udil_mdc_cursors set last_id = null where mdc = ${mdc}::uuid and ${chosen}`.execute(this.#db);
  }

  /** Call it after the rows are durable. Cursors never go back by themselves. */
  async advance(mdc: Mdc, table: PollableTable, progress: Progress): Promise<void> {
    const { readUntil, lastId, stored = 0, setAside = 0, newestAt } = progress;
    const instant = (time: number | undefined) => (time === undefined ? null : new Date(time));
    await sql`
      insert into udil_mdc_cursors as c
        (mdc, table_code, read_until, last_id, rows_stored, rows_set_aside, newest_row_at, stored_at)
      values (${mdc.id}, ${table}, ${instant(readUntil)}, ${lastId ?? null}, ${stored}, ${setAside}, ${instant(newestAt)},
        ${stored > 0 ? new Date(this.#now()) : null})
      on conflict (mdc, table_code) do update set
        read_until = greatest(c.read_until, excluded.read_until),
        last_id = greatest(c.last_id, excluded.last_id),
        rows_stored = c.rows_stored + excluded.rows_stored,
        rows_set_aside = c.rows_set_aside + excluded.rows_set_aside,
        newest_row_at = greatest(c.newest_row_at, excluded.newest_row_at),
        stored_at = coalesce(excluded.stored_at, c.stored_at)`.execute(this.#db);
  }
}
