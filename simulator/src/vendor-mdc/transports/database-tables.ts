/**
 * The MDC's tables in a PostgreSQL database, for clients that read them there: rows are inserted as they arise and never
 * changed, METER_VISUALS and TRANSACTION_STATUS are kept up to date, v3 has `id` and `is_synced`.
 */
import { type SqlType, type UdilTableId, udilTableIds } from "@anymeter/udil";
import type { KeptRow } from "../collection/kept-row.ts";
import type { RowForm } from "../collection/row-texts.ts";
import type { VendorMeter } from "../meters/vendor-meter.ts";
import { statusTexts } from "../transactions/status-rows.ts";
import type { Transaction, TransactionDevice } from "../transactions/transaction.ts";
import type { DatabaseConnection } from "./database-connection.ts";
import type { Transport, TransportWorld } from "./transport.ts";

export class DatabaseTables implements Transport {
  readonly #connection: DatabaseConnection;
  #world: TransportWorld | undefined;
  readonly #rows = new Map<UdilTableId, (readonly string[])[]>();
  readonly #visuals = new Set<VendorMeter>();
  readonly #statuses = new Map<TransactionDevice, Transaction>();
  #writing: Promise<void> | undefined;
  #failure: unknown;

  /** The connection is closed with the MDC. */
  constructor(connection: DatabaseConnection) {
    this.#connection = connection;
  }

  /**
   * Creates the tables that are not there, and empties those of an MDC that remembers nothing. What a killed one did not
   * write any more is written now.
   */
  async open(world: TransportWorld): Promise<void> {
    this.#world = world;
    for (const table of [...udilTableIds, "TRANSACTION_STATUS"] as const) {
      const form = world.form(table);
      if (form.names.length === 0) continue;
      await this.#connection.query(createTable(form));
      if (world.fresh) await this.#connection.query(`truncate ${form.name.toLowerCase()}`);
    }
    if (world.fresh) return;
    for (const [table, rows] of Map.groupBy(world.stored(), (row) => row.table)) {
      const known = await this.#keysIn(world.form(table), rows);
      this.rows(rows.filter((row) => !known.has(keyOf(world.form(table), row))));
    }
    for (const transaction of world.transactions())
      for (const device of transaction.devices) this.transaction(transaction, device);
  }

  rows(rows: readonly KeptRow[]): void {
    for (const { table, texts, meter } of rows) {
      this.#visuals.add(meter);
      const waiting = this.#rows.get(table);
      // The row's own texts may be filled in again; what is written is what it was.
      if (waiting === undefined) this.#rows.set(table, [[...texts]]);
      else waiting.push([...texts]);
    }
    this.#write();
  }

  transaction(transaction: Transaction, device: TransactionDevice): void {
    this.#statuses.set(device, transaction);
    if (device.meter !== undefined) this.#visuals.add(device.meter);
    this.#write();
  }

  /** @throws what the database refused */
  async settled(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
    if (this.#failure !== undefined) throw this.#failure;
  }

  async close(): Promise<void> {
    await this.settled().finally(() => this.#connection.end());
  }

  /** Keys of the rows that a table has of the time of those. */
  async #keysIn(form: RowForm, rows: readonly KeptRow[]): Promise<ReadonlySet<string>> {
    const oldest = rows.reduce((least, { storedAt }) => Math.min(least, storedAt!), Number.POSITIVE_INFINITY);
    const parts = keyColumns(form).map((name) => `coalesce(${quoted(name)}::text, '')`);
    const answer = await this.#connection.query(
      `select concat_ws(' ', ${parts}) as key from ${form.name.toLowerCase()} where db_datetime >= $1`,
      [this.#world!.localTime.text(oldest)],
    );
    return new Set((answer as { rows: { key: string }[] }).rows.map(({ key }) => key));
  }

  #write(): void {
    if (this.#failure !== undefined) return;
    this.#writing ??= this.#drain().then(
      () => {
        this.#writing = undefined;
      },
      (error: unknown) => {
        this.#failure = error;
        this.#writing = undefined;
        process.emitWarning(`the database does not take the MDC's rows: ${error}`);
      },
    );
  }

  async #drain(): Promise<void> {
    // What comes meanwhile is one more round.
    await Promise.resolve();
    while (this.#rows.size + this.#visuals.size + this.#statuses.size > 0) {
      for (const [table, rows] of this.#rows) {
        this.#rows.delete(table);
        await this.#insert(this.#world!.form(table), rows, "");
      }
      const statuses = [...this.#statuses];
      this.#statuses.clear();
      await this.#putStatuses(statuses);
      const meters = [...this.#visuals];
      this.#visuals.clear();
      const form = this.#world!.form("VISL");
      const rows = meters.map((meter) => this.#world!.visuals(meter));
      await this.#insert(form, rows, onConflict(form, ["global_device_id"]));
    }
  }

  async #putStatuses(statuses: readonly (readonly [TransactionDevice, Transaction])[]): Promise<void> {
    const { version, localTime, habits } = this.#world!;
    const form = this.#world!.form("TRANSACTION_STATUS");
    const rows = statuses.map(([device, transaction]) => {
      const texts = statusTexts(transaction, device, { version, localTime, habits: habits.current });
      return form.names.map((name) => (name === "response_data" ? resultText(device) : (texts[name] ?? "")));
    });
    await this.#insert(form, rows, onConflict(form, ["transactionid", "global_device_id"]));
  }

  /** In statements of a size every server takes. */
  async #insert(form: RowForm, rows: readonly (readonly string[])[], conflict: string): Promise<void> {
    const most = Math.floor(mostParameters / form.names.length);
    for (let first = 0; first < rows.length; first += most) {
      const some = rows.slice(first, first + most);
      const places = some.map(
        (_, row) => `(${form.names.map((_, column) => `$${row * form.names.length + column + 1}`)})`,
      );
      const columns = form.names.map(quoted);
      await this.#connection.query(
        `insert into ${form.name.toLowerCase()} (${columns}) values ${places} ${conflict}`,
        some.flat().map((text) => (text === "" ? null : text)),
      );
    }
  }
}

/** A row of one of UDIL's tables, and when it came. */
function keyColumns({ names }: RowForm): readonly string[] {
  return ["global_device_id", "meter_datetime", "event_datetime", "event_code", "db_datetime"].filter((name) =>
    names.includes(name),
  );
}

function keyOf(form: RowForm, { texts }: KeptRow): string {
  return keyColumns(form)
    .map((name) => texts[form.column(name)])
    .join(" ");
}

function createTable({ name, fields, table }: RowForm): string {
  const columns = fields.map((field) => `${quoted(field.name)} ${sqlTypes[field.type]}`);
  const key =
    table === "VISL"
      ? ["global_device_id"]
      : table === "TRANSACTION_STATUS"
        ? ["transactionid", "global_device_id"]
        : [];
  const constraint = key.length === 0 ? "" : `, primary key (${key})`;
  return `create table if not exists ${name.toLowerCase()} (${columns}${constraint})`;
}

function onConflict({ names }: RowForm, key: readonly string[]): string {
  const others = names.filter((name) => !key.includes(name));
  return `on conflict (${key}) do update set ${others.map((name) => `${quoted(name)} = excluded.${quoted(name)}`)}`;
}

function resultText({ result }: TransactionDevice): string {
  if (result === undefined) return "";
  const rows = [...result.records].map((record) =>
    Object.fromEntries(result.names.map((name, column) => [name, record[column]])),
  );
  return JSON.stringify(rows);
}

/** `interval` is a word of SQL. */
function quoted(name: string): string {
  return `"${name}"`;
}

const sqlTypes: Readonly<Record<SqlType, string>> = {
  Bigint: "bigint",
  Int: "integer",
  Decimal: "decimal(18, 3)",
  Datetime: "timestamp(0)",
  Varchar: "varchar(200)",
  "Varchar(Max)": "text",
  Text: "text",
  Blob: "bytea",
};
/** PostgreSQL's protocol counts them in 16 bits. */
const mostParameters = 60_000;
