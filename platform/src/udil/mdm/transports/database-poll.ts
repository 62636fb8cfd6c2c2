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
import {
  type CatalogueColumn,
  catalogueQuery,
  type StampColumn,
  type VendorTable,
  vendorTable,
} from "./vendor-tables.ts";

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
/** Of tables with pictures. */
const heavyRowsAtOnce = 200;
/** Ids are given before rows are committed: so many below the last one are looked at again. */
const idOverlap = 10_000;
const statementMilliseconds = 120_000;
const endMilliseconds = 5_000;

/** @throws MdcFailure `database` */
export async function pollDatabase(
  mdc: Mdc,
  dsn: string,
  services: PollServices,
  open: OpenPeerDatabase = openPeerDatabase,
): Promise<PolledRows> {
  const total: PolledRows = { stored: 0, repeated: 0, setAside: 0 };
  const database = await open(dsn).catch(broken);
  const { signal } = services.retrying;
  const abandon = () => void database.end().catch(() => undefined);
  signal?.addEventListener("abort", abandon, { once: true });
  try {
    await new DatabasePoll(mdc, database, services, total).run();
    return total;
  } finally {
    signal?.removeEventListener("abort", abandon);
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

  /** A table that cannot be read keeps no other from being read: what it failed of is told at the end. */
  async run(): Promise<void> {
    let found = 0;
    let failure: MdcFailure | undefined;
    for (const table of this.#mdc.tables) {
      if (this.#services.retrying.stopped()) return;
      try {
        if (await this.#table(table)) found++;
      } catch (error) {
        if (!(error instanceof MdcFailure)) throw error;
        failure ??= error;
        if (!(await this.#isConnected())) break;
      }
    }
    if (failure) throw failure;
    if (found > 0 || this.#services.retrying.stopped()) return;
    const { version, switches } = this.#mdc;
    const where = switches.schema === undefined ? "on the search path" : `in schema ${switches.schema}`;
    throw new MdcFailure("database", `The DSN's user can read no table of UDIL ${version} ${where}.`, { sent: false });
  }

  /** @returns whether there is such a table for us */
  async #table(table: PollableTable): Promise<boolean> {
    const { name } = udilTables[this.#mdc.version][table];
    const columns = await this.#select(catalogueQuery, [name, this.#mdc.switches.schema ?? null]);
    const found = vendorTable(table, columns as unknown as CatalogueColumn[]);
    if (found === undefined) return false;
    if (found.mark) await this.#unmarked(table, found, found.id!, found.mark);
    else if (found.id) await this.#byId(table, found, found.id);
    else if (found.stamp) await this.#byStamp(table, found, found.stamp);
    else await this.#portions(table, found, "");
    return true;
  }

  /** Rows are marked when they are durable: after a crash between both they come once more. */
  async #unmarked(
    table: PollableTable,
    found: VendorTable,
    id: string,
    mark: NonNullable<VendorTable["mark"]>,
  ): Promise<void> {
    for (let after: string | undefined; !this.#services.retrying.stopped(); ) {
      const records = await this.#nextById(found, id, after, mark.open);
      if (records.length === 0) return;
      after = records.at(-1)!.id!;
      await this.#take(table, found, records, { lastId: Number(after) });
      await this.#select(`update ${found.name} set ${mark.column} = ${mark.taken} where ${id} = any($1::bigint[])`, [
        records.map((record) => record.id),
      ]);
    }
  }

  async #byId(table: PollableTable, found: VendorTable, id: string): Promise<void> {
    const { cursors } = this.#services;
    const [newest] = await this.#select(`select max(${id}) as id from ${found.name}`);
    if (newest?.id == null) return;
    let { lastId } = await cursors.read(this.#mdc, table);
    // Ids that begin anew are those of a table that was made anew.
    if (lastId !== undefined && Number(newest.id) < lastId) {
      await cursors.forgetIds(this.#mdc.id, table);
      lastId = undefined;
    }
    let after = lastId === undefined ? undefined : String(lastId - idOverlap);
    const within = lastId === undefined ? this.#sinceHistory(table, found) : "true";
    while (!this.#services.retrying.stopped()) {
      const records = await this.#nextById(found, id, after, within);
      if (records.length === 0) return;
      after = records.at(-1)!.id!;
      await this.#take(table, found, records, { lastId: Number(after) });
    }
  }

  async #nextById(
    { selected, name, heavy }: VendorTable,
    id: string,
    after: string | undefined,
    condition: string,
  ): Promise<TextRecord[]> {
    const behind = after === undefined ? `${id} is not null` : `${id} > $1`;
    return await this.#select(
      `select ${selected} from ${name} where ${behind} and (${condition}) order by ${id} limit ${heavy ? heavyRowsAtOnce : rowsAtOnce}`,
      after === undefined ? [] : [after],
    );
  }

  /** Rows without a stamp are read whatever their age. */
  #sinceHistory(table: PollableTable, { stamp }: VendorTable): string {
    if (stamp === undefined) return "true";
    const from = this.#services.retrying.clock.now() - historyOf(this.#mdc, table);
    return `${stamp.order} >= ${stamp.constant(from, localText(this.#mdc, from))} or ${stamp.column} is null`;
  }

  /** Any number of rows may have the same stamp: one statement gives them all, in portions. Those without come each time. */
  async #byStamp(table: PollableTable, found: VendorTable, { column, order, constant }: StampColumn): Promise<void> {
    const { clock } = this.#services.retrying;
    const { readUntil } = await this.#services.cursors.read(this.#mdc, table);
    const from =
      readUntil === undefined ? clock.now() - historyOf(this.#mdc, table) : readUntil - this.#mdc.overlapMilliseconds;
    const since = constant(from, localText(this.#mdc, from));
    await this.#portions(table, found, `where ${order} >= ${since} order by ${order}`);
    await this.#portions(table, found, `where ${column} is null`);
  }

  /** A declaration takes no parameters: conditions have no values but our own digits. */
  async #portions(table: PollableTable, found: VendorTable, condition: string): Promise<void> {
    await this.#select("begin isolation level repeatable read read only");
    try {
      await this.#select(`declare taken no scroll cursor for select ${found.selected} from ${found.name} ${condition}`);
      while (!this.#services.retrying.stopped()) {
        const records = await this.#select(`fetch ${found.heavy ? heavyRowsAtOnce : rowsAtOnce} from taken`);
        if (records.length === 0) break;
        await this.#take(table, found, records, {});
      }
    } finally {
      await this.#select("rollback").catch(() => undefined);
    }
  }

  async #isConnected(): Promise<boolean> {
    return await this.#select("select 1").then(
      () => true,
      () => false,
    );
  }

  async #take(
    table: PollableTable,
    { instants }: VendorTable,
    records: readonly TextRecord[],
    progress: Progress,
  ): Promise<void> {
    const { rows, unreadable } = readRecords(
      this.#mdc,
      table,
      instants.length === 0 ? records : records.map((record) => withLocalTimes(this.#mdc, record, instants)),
    );
    const recent = this.#services.recent(table);
    const fresh = recent.fresh(rows);
    const taken = await this.#services.intake.take({ mdc: this.#mdc, table, rows: fresh, unreadable });
    const now = this.#services.retrying.clock.now();
    // What is looked at again by its id may be of any age.
    const notBefore = progress.lastId === undefined ? now - this.#mdc.overlapMilliseconds - clockTolerance : -Infinity;
    recent.keep(fresh.filter(({ db_datetime }) => typeof db_datetime === "number" && db_datetime >= notBefore));
    let newest: number | undefined;
    for (const { db_datetime } of rows) {
      if (typeof db_datetime === "number" && db_datetime <= now + clockTolerance)
        newest = Math.max(newest ?? db_datetime, db_datetime);
    }
    await this.#services.cursors.advance(this.#mdc, table, {
      ...progress,
      readUntil: newest,
      stored: taken.stored,
      setAside: taken.refused.length,
      newestAt: taken.newestAt,
    });
    this.#total.stored += taken.stored;
    this.#total.setAside += taken.refused.length;
    this.#total.repeated += rows.length - fresh.length;
  }

  async #select(text: string, values: unknown[] = []): Promise<TextRecord[]> {
    const { rows } = await this.#database.query({ text, values, types: asText }).catch(broken);
    return rows;
  }
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
  return {
    query: (statement) => client.query(statement as never) as unknown as Promise<{ rows: TextRecord[] }>,
    end: async () => {
      // A network that is gone does not say so.
      const abandoned = setTimeout(() => client.connection.stream.destroy(), endMilliseconds);
      await client.end().finally(() => clearTimeout(abandoned));
    },
  };
}

function localText({ zone }: Mdc, instant: number): string {
  const { year, month, day, hour, minute, second } = zone.toLocal(instant);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${String(year).padStart(4, "0")}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}:${two(second)}`;
}

/** Instants as the vendor's clock would have shown them, like every other time of its tables. */
function withLocalTimes(mdc: Mdc, record: TextRecord, instants: readonly string[]): TextRecord {
  const local = instants.map((name) => {
    const instant = Date.parse(record[name] ?? "");
    return [name, Number.isNaN(instant) ? record[name] : localText(mdc, instant)] as const;
  });
  return { ...record, ...Object.fromEntries(local) };
}

function broken(error: Error): never {
  throw new MdcFailure("database", `The vendor's database: ${error.message}.`, { cause: error, sent: false });
}
