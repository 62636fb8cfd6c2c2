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

  /** In a zone whose clocks were put back since, the cursor is as much earlier: stamps of that hour came twice. */
  async read(mdc: Mdc, table: PollableTable): Promise<Cursor> {
    const row = await this.#db
      .selectFrom("udil_mdc_cursors")
      .select(["read_until", "last_id"])
      .where("mdc", "=", mdc.id)
      .where("table_code", "=", table)
      .executeTakeFirst();
    const readUntil = row?.read_until?.getTime();
    return {
      readUntil: readUntil === undefined ? undefined : readUntil - putBackSince(mdc, readUntil, this.#now()),
      lastId: row?.last_id ?? undefined,
    };
  }

  /** The ids of a table are those of another from now on. */
  async forgetIds(mdc: string, table: PollableTable): Promise<void> {
    await sql`
      update udil_mdc_cursors set last_id = null where mdc = ${mdc}::uuid and table_code = ${table}`.execute(this.#db);
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

/** Settings of an MDC changed: what is read next begins where the former ones cannot have run ahead. */
export async function settingsMoved(
  db: Kysely<Database>,
  mdc: string,
  { tables, zone }: { readonly tables: boolean; readonly zone: boolean },
): Promise<void> {
  if (tables) await sql`update udil_mdc_cursors set last_id = null where mdc = ${mdc}::uuid`.execute(db);
  if (zone) {
    await sql`
      update udil_mdc_cursors set read_until = read_until - make_interval(hours => ${sql.lit(mostBetweenZonesHours)})
      where mdc = ${mdc}::uuid`.execute(db);
  }
}

/** From UTC-12 to UTC+14, and what a cursor may be ahead of our clock. */
const mostBetweenZonesHours = 28;

function putBackSince({ zone, overlapMilliseconds }: Mdc, readUntil: number, now: number): number {
  const offset = (instant: number) => {
    const { year, month, day, hour, minute, second } = zone.toLocal(instant);
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
  };
  return Math.max(0, offset(readUntil - overlapMilliseconds) - offset(now));
}
