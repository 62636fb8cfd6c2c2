/**
 * Tells listeners of rows that changed, whichever process changed them, at least once and in the order of transactions:
 * up to the oldest transaction still under way, so that what is committed late is not overlooked. What was told is kept, so
 * that a restart goes on from there.
 */
import { type Kysely, sql } from "kysely";
import type { Database } from "../stores/relational/database.ts";
import { type CommandDeviceRow, selectCommandRows } from "./command-rows.ts";

export type ChangeListener = (rows: CommandDeviceRow[]) => void | Promise<void>;

export class CommandChanges {
  readonly #db: Kysely<Database>;
  readonly #report: (error: unknown) => void;
  readonly #listeners: ChangeListener[] = [];
  readonly #rowsPerBatch: number;
  #position: Position | undefined;
  #failures = 0;

  /** @param report receives what was left out because listeners failed at it */
  constructor(db: Kysely<Database>, report: (error: unknown) => void, rowsPerBatch = 1_000) {
    this.#db = db;
    this.#report = report;
    this.#rowsPerBatch = rowsPerBatch;
  }

  listen(listener: ChangeListener): void {
    this.#listeners.push(listener);
  }

  /** Tells everything that is there to tell. Rows that listeners fail at are told again, then left out. */
  async tell(): Promise<void> {
    if (this.#listeners.length === 0) return;
    const horizon = await this.#horizon();
    this.#position ??= await this.#toldBefore(horizon);
    for (let told = false; ; told = true) {
      const { rows, last } = await this.#changed(this.#position, horizon);
      if (last === undefined) {
        this.#position = { transaction: horizon, row: 0 };
        if (told) await this.#keep(horizon);
        return;
      }
      await this.#tellAll(rows);
      this.#position = last;
    }
  }

  async #tellAll(rows: CommandDeviceRow[]): Promise<void> {
    try {
      for (const listener of this.#listeners) await listener(rows);
      this.#failures = 0;
    } catch (error) {
      if (++this.#failures < attempts) throw error;
      this.#failures = 0;
      this.#report(new Error(`${rows.length} changes of commands were not told: ${String(error)}`, { cause: error }));
    }
  }

  /** Every earlier transaction is over. */
  async #horizon(): Promise<string> {
    const { rows } = await sql<{ horizon: string }>`
      select pg_snapshot_xmin(pg_current_snapshot())::text as horizon`.execute(this.#db);
    return rows[0]!.horizon;
  }

  /** A store that was restored into another server counts its transactions anew, and then everything is told anew. */
  async #toldBefore(horizon: string): Promise<Position> {
    const { rows } = await sql<{ before: string }>`
      select case when before > ${horizon}::xid8 then '0' else before::text end as before from command_changes_told`.execute(
      this.#db,
    );
    return { transaction: rows[0]!.before, row: 0 };
  }

  async #keep(before: string): Promise<void> {
    await sql`
      update command_changes_told set before = ${before}::xid8 where before < ${before}::xid8`.execute(this.#db);
  }

  /** The next rows, each as it is now. */
  async #changed(
    { transaction, row }: Position,
    horizon: string,
  ): Promise<{ rows: CommandDeviceRow[]; last?: Position }> {
    const found = await sql<{ id: number; changed_in: string }>`
      select id, changed_in::text as changed_in from command_devices
      where (changed_in, id) > (${transaction}::xid8, ${row}::bigint) and changed_in < ${horizon}::xid8
      order by changed_in, id limit ${sql.lit(this.#rowsPerBatch)}`.execute(this.#db);
    const last = found.rows.at(-1);
    if (!last) return { rows: [] };
    const ids = found.rows.map(({ id }) => id);
    const byId = new Map(
      (await selectCommandRows(this.#db, sql`c.id = any(${ids}::bigint[])`)).map((one) => [one.id, one]),
    );
    return {
      rows: ids.flatMap((id) => byId.get(id) ?? []),
      last: { transaction: last.changed_in, row: last.id },
    };
  }
}

/** Rows up to this one were told. */
interface Position {
  readonly transaction: string;
  readonly row: number;
}

/** Times a batch is told before it is left out. */
const attempts = 5;
