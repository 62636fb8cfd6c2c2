/**
 * Reads an MDC's tables from its PostgreSQL database. v3 marks what was taken in `is_synced`, where its owner lets us write that
 * column; else rows are read by `id`, and tables without one by `db_datetime`, from a little before where the last read ended.
 */
import { udilTables } from "@anymeter/udil";
import pg from "pg";
import { MdcFailure } from "../connection/failures.ts";
import type { Mdc } from "../peers/mdc.ts";
import type { PollableTable } from "../peers/switches.ts";
import { historyOf, type PolledRows, type PollServices } from "../polling/api-poll.ts";
import type { Progress } from "../polling/cursors.ts";
import { readRecords, type TextRecord } from "./records.ts";

/** The part of a client of `pg` that is needed; tests hand in another. */
export interface PeerDatabase {
  query(statement: {
    text: string;
    values?: unknown[];
    types: { getTypeParser: () => (value: string) => string };
  }): Promise<{ rows: TextRecord[] }>;
  end(): Promise<void>;
}

export type OpenPeerDatabase = (dsn: string) => Promise<PeerDatabase>;

const rowsAtOnce = 5_000;
/** Ids are given before rows are committed: so many below the last one are looked at again. */
const idOverlap = 10_000;
const statementMilliseconds = 120_000;

/** @throws MdcFailure `database` */
export async function pollDatabase(
  mdc: Mdc,
  dsn: string,
  services: PollServices,
  open: OpenPeerDatabase = openPeerDatabase,
): Promise<PolledRows> {
  const total: PolledRows = { stored: 0, repeated: 0, setAside: 0 };
  const database = await open(dsn).catch(broken);
  try {
    const poll = new DatabasePoll(mdc, database, services, total);
    for (const table of mdc.tables) if (!services.retrying.stopped()) await poll.table(table);
    return total;
  } finally {
    await database.end().catch(() => undefined);
  }
}

class DatabasePoll {
  readonly #mdc: Mdc;
  readonly #database: PeerDatabase;
  readonly #services: PollServices;
  readonly #total: PolledRows;

  constructor(mdc: Mdc, database: PeerDatabase, services: PollServices, total: PolledRows) {
    this.#mdc = mdc;
    this.#database = database;
    this.#services = services;
    this.#total = total;
  }

  async table(table: PollableTable): Promise<void> {
    const found = await this.#columnsOf(table);
    if (found === undefined) return;
    const { name, columns, marksTaken } = found;
    if (marksTaken) await this.#unmarked(table, name);
    else if (columns.has("id")) await this.#byId(table, name);
    else if (columns.has("db_datetime")) await this.#byStamp(table, name);
    else await this.#whole(table, name);
  }

  /** undefined: there is no such table for us. */
  async #columnsOf(table: PollableTable): Promise<TableFound | undefined> {
    const { name } = udilTables[this.#mdc.version][table];
    const rows = await this.#select(
      `select n.nspname as schema, c.relname as name, a.attname as column,
         has_column_privilege(c.oid, a.attnum, 'update') and c.relkind in ('r', 'p') as writable
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
       join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       where lower(c.relname) = lower($1) and c.relkind in ('r', 'p', 'v', 'm', 'f')
         and case when $2::text is null then pg_table_is_visible(c.oid) else n.nspname = $2 end
         and has_table_privilege(c.oid, 'select')`,
      [name, this.#mdc.switches.schema ?? null],
    );
    const [first] = rows;
    if (first === undefined) return undefined;
    const columns = new Set(rows.map(({ column }) => column!.toLowerCase()));
    return {
      name: `${quoted(first.schema!)}.${quoted(first.name!)}`,
      columns,
      marksTaken:
        columns.has("id") &&
        table !== "VISL" &&
        rows.some(({ column, writable }) => column!.toLowerCase() === "is_synced" && writable === "t"),
    };
  }

  /** Rows are marked when they are durable: after a crash between both they come once more. */
  async #unmarked(table: PollableTable, name: string): Promise<void> {
    for (let after = "-1"; !this.#services.retrying.stopped(); ) {
      const records = await this.#select(
        `select * from ${name} where coalesce(is_synced, 0) = 0 and id > $1 order by id limit ${rowsAtOnce}`,
        [after],
      );
      if (records.length === 0) return;
      const lastId = records.at(-1)!.id!;
      await this.#take(table, records, { lastId: Number(lastId) });
      await this.#select(`update ${name} set is_synced = 1 where id = any($1::bigint[])`, [
        records.map(({ id }) => id),
      ]);
      after = lastId;
    }
  }

  async #byId(table: PollableTable, name: string): Promise<void> {
    const { lastId } = await this.#services.cursors.read(this.#mdc, table);
    for (let after = Math.max(-1, (lastId ?? 0) - idOverlap); !this.#services.retrying.stopped(); ) {
      const records = await this.#select(`select * from ${name} where id > $1 order by id limit ${rowsAtOnce}`, [
        after,
      ]);
      if (records.length === 0) return;
      after = Number(records.at(-1)!.id);
      await this.#take(table, records, { lastId: after });
    }
  }

  /** Any number of rows may have the same stamp: one statement gives them all, in portions. */
  async #byStamp(table: PollableTable, name: string): Promise<void> {
    const { clock } = this.#services.retrying;
    const { readUntil } = await this.#services.cursors.read(this.#mdc, table);
    const from =
      readUntil === undefined ? clock.now() - historyOf(this.#mdc, table) : readUntil - this.#mdc.overlapMilliseconds;
    await this.#portions(table, `select * from ${name} where db_datetime >= $1 order by db_datetime`, [
      localText(this.#mdc, from),
    ]);
  }

  async #whole(table: PollableTable, name: string): Promise<void> {
    await this.#portions(table, `select * from ${name}`, []);
  }

  async #portions(table: PollableTable, statement: string, values: readonly string[]): Promise<void> {
    await this.#select("begin isolation level repeatable read read only");
    try {
      // A declaration takes no parameters; these are our own digits.
      const literal = statement.replace("$1", () => `timestamp '${values[0]}'`);
      await this.#select(`declare taken no scroll cursor for ${literal}`);
      while (!this.#services.retrying.stopped()) {
        const records = await this.#select(`fetch ${rowsAtOnce} from taken`);
        if (records.length === 0) break;
        await this.#take(table, records, {});
      }
    } finally {
      await this.#select("rollback").catch(() => undefined);
    }
  }

  async #take(table: PollableTable, records: readonly TextRecord[], progress: Progress): Promise<void> {
    const { rows, unreadable } = readRecords(this.#mdc, table, records);
    const recent = this.#services.recent(table);
    const fresh = recent.fresh(rows);
    const taken = await this.#services.intake.take({ mdc: this.#mdc, table, rows: fresh, unreadable });
    const now = this.#services.retrying.clock.now();
    // What is looked at again by its id may be of any age.
    const byId = progress.lastId !== undefined;
    recent.keep(fresh, byId ? Number.NEGATIVE_INFINITY : now - this.#mdc.overlapMilliseconds);
    let newest: number | undefined;
    for (const { db_datetime } of rows) {
      if (typeof db_datetime === "number" && db_datetime <= now + clockTolerance)
        newest = Math.max(newest ?? db_datetime, db_datetime);
    }
    await this.#services.cursors.advance(this.#mdc, table, {
      ...progress,
      readUntil: newest,
      stored: taken.stored.length,
      setAside: taken.refused.length,
      newestAt: taken.newestAt,
    });
    this.#total.stored += taken.stored.length;
    this.#total.setAside += taken.refused.length;
    this.#total.repeated += rows.length - fresh.length;
  }

  async #select(text: string, values: unknown[] = []): Promise<TextRecord[]> {
    const { rows } = await this.#database.query({ text, values, types: asText }).catch(broken);
    return rows;
  }
}

interface TableFound {
  readonly name: string;
  readonly columns: ReadonlySet<string>;
  /** `is_synced` is there, and may be written. */
  readonly marksTaken: boolean;
}

/** A stamp beyond is a clock's mistake and moves no cursor. */
const clockTolerance = 2 * 3_600_000;

/** Every value as PostgreSQL writes it: times without a zone stay what the vendor's clock showed, decimals stay exact. */
const asText = { getTypeParser: () => (value: string) => value };

async function openPeerDatabase(dsn: string): Promise<PeerDatabase> {
  const client = new pg.Client({
    connectionString: dsn,
    connectionTimeoutMillis: 15_000,
    statement_timeout: statementMilliseconds,
    query_timeout: statementMilliseconds + 5_000,
    application_name: "anymeter",
  });
  // A connection that breaks is told by the next query.
  client.on("error", () => undefined);
  await client.connect();
  await client.query("set datestyle = 'ISO'");
  return client as unknown as PeerDatabase;
}

function localText({ zone }: Mdc, instant: number): string {
  const { year, month, day, hour, minute, second } = zone.toLocal(instant);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${String(year).padStart(4, "0")}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}:${two(second)}`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function broken(error: Error): never {
  throw new MdcFailure("database", `The vendor's database: ${error.message}.`, { cause: error, sent: false });
}
