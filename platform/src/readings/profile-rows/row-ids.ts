import { type Kysely, sql } from "kysely";
import type { Database } from "../../stores/relational/database.ts";

/**
 * Gives ids to rows that are about to be inserted: microseconds since 1970, each given once per table, and greater than
 * all that any process was given before, whatever its clock shows.
 */
export class RowIds {
  readonly #db: Kysely<Database>;
  readonly #clock: () => number;

  /** @param clock milliseconds since 1970 */
  constructor(db: Kysely<Database>, clock: () => number) {
    this.#db = db;
    this.#clock = clock;
  }

  /** @returns the first of `count` consecutive ids */
  async take(table: string, count: number): Promise<number> {
    const now = Math.floor(this.#clock() * 1000);
    const { rows } = await sql<{ last: number }>`
      insert into profile_row_ids as i (table_name, last_id) values (${table}, ${now + count - 1})
      on conflict (table_name) do update set last_id = greatest(i.last_id + ${count}, excluded.last_id)
      returning last_id as last`.execute(this.#db);
    return rows[0]!.last - count + 1;
  }
}
