/** UDIL's tables for clients that read by database: views, and what they need of the relational store. */
import type { UdilVersion } from "@anymeter/udil";
import { type Kysely, sql } from "kysely";
import type { CommandDeviceRow } from "../../commands/command-rows.ts";
import type { MeterContact } from "../../head-end/dispatcher.ts";
import { type Chore, Housekeeping, type Timer } from "../../readings/housekeeping.ts";
import type { ProfileRows } from "../../readings/profile-rows/profile-rows.ts";
import { rowVisibility } from "../../readings/profile-rows/row-visibility.ts";
import type { RegistryChanges } from "../../registry/changes.ts";
import type { ColumnarStore } from "../../stores/columnar/columnar-store.ts";
import { selectRows } from "../../stores/columnar/row-queries.ts";
import type { Database } from "../../stores/relational/database.ts";
import type { RelationalStore } from "../../stores/relational/relational-store.ts";
import type { MdmClientSwitches } from "../mdc/clients/mdm-client.ts";
import { visualsOfCommands } from "./command-visuals.ts";
import { contactRows } from "./contact-rows.ts";
import { DeviceNames } from "./device-names.ts";
import { storeTransactions } from "./transaction-rows.ts";
import { dropStatements, type UdilViewClient, type ViewSource, viewStatements } from "./view-sql.ts";

export interface UdilTablesOptions {
  readonly relational: Pick<RelationalStore, "db">;
  readonly columnar: ColumnarStore;
  readonly profileRows: Pick<ProfileRows, "store" | "visuals">;
  /** What the registry changes: names of meters, and clients. */
  readonly changes: Pick<RegistryChanges, "onChange">;
  /** IANA zone of meters without a config. */
  readonly defaultMeterTimezone: string;
  /** Receives what went wrong in the background. */
  readonly report: (error: unknown) => void;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
  readonly timer?: Timer;
}

export interface UdilTables {
  /** Takes over what became of commands: TRANSACTION_STATUS and METER_VISUALS. For `Commands.onChanged`. */
  commandsChanged(rows: readonly CommandDeviceRow[]): Promise<void>;
  /** Writes a contact down: DEVICE_COMMUNICATION_HISTORY. */
  contacted(contact: MeterContact): Promise<void>;
  /** Brings names of meters, and the views of clients, up to date. */
  refresh(): Promise<void>;
  /** Refreshes now, at every change of this process, and from time to time for what others change. */
  start(): Promise<void>;
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>;
}

/**
 * Other processes, and commands such as device_creation, name meters too. Rows of a meter are hidden until its name is here,
 * and a reader who keeps its place would pass them: so names must come well before rows are shown (row-visibility.ts).
 */
const millisecondsBetweenNames = 1_500;

/** Resources whose changes concern the tables. */
const decisive = new Set(["meter-devices", "udil-mdm-clients", "organizations"]);

export function createUdilTables(options: UdilTablesOptions): UdilTables {
  const { relational, columnar, profileRows, changes, report } = options;
  const { db } = relational;
  const clock = options.clock ?? Date.now;
  const names = new DeviceNames({ db, columnar, visuals: profileRows.visuals, clock });
  const views = new ClientViews(db, columnar);
  const chores: readonly Chore[] = [() => names.refresh(), () => views.refresh()];
  const housekeeping = [
    new Housekeeping(chores, report, options.timer),
    new Housekeeping([() => names.refresh()], report, options.timer, millisecondsBetweenNames),
  ];
  let running: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  /** Calls during one round share the next. */
  const refresh = () => {
    next ??= running.then(async () => {
      next = undefined;
      const round = (async () => {
        for (const chore of chores) await chore();
      })();
      running = round.catch(() => {});
      await round;
    });
    return next;
  };
  changes.onChange(async ({ resource }) => {
    if (!decisive.has(resource)) return;
    const refreshed = refresh().catch(report);
    // Who creates a client finds its views; meters are created by the thousand.
    if (resource === "udil-mdm-clients") await refreshed;
  });
  return {
    commandsChanged: async (rows) => {
      const timezones = await timezonesOf(db, rows, options.defaultMeterTimezone);
      const updates = visualsOfCommands(rows, (number) => timezones.get(number) ?? options.defaultMeterTimezone);
      await Promise.all([storeTransactions(db, columnar, rows), profileRows.visuals.update(updates)]);
    },
    contacted: async (contact) => {
      const rows = contactRows(contact);
      if (rows.length > 0) await profileRows.store.write(rows);
    },
    refresh,
    start: async () => {
      for (const each of housekeeping) await each.start();
    },
    stop: async () => {
      for (const each of housekeeping) await each.stop();
      while (next) await next.catch(() => {});
      await running;
    },
  };
}

/** The name of a client's database: of its id, so that it stays whatever the client is called. */
export function viewDatabaseOf(client: string): string {
  return `udil_${client.replaceAll("-", "").slice(0, 12)}`;
}

/**
 * Creates and refreshes the views of a client. Rows are shown some seconds after they were stored, so that who asks for
 * `id > n` or `db_datetime > x` misses none.
 * @throws RangeError when the database's name is none
 */
export async function createUdilViews(columnar: ColumnarStore, client: UdilViewClient): Promise<void> {
  for (const query of viewStatements(client, await sourceOf(columnar))) await columnar.client.command({ query });
}

export async function dropUdilViews(columnar: ColumnarStore, client: Pick<UdilViewClient, "database">): Promise<void> {
  for (const query of dropStatements(client, await sourceOf(columnar))) await columnar.client.command({ query });
}

async function sourceOf(columnar: ColumnarStore): Promise<ViewSource> {
  const [row] = await selectRows<[string]>(columnar, "SELECT currentDatabase()");
  const { settledMilliseconds } = rowVisibility(columnar.cluster);
  return { database: row![0], cluster: columnar.cluster, settledSeconds: Math.ceil(settledMilliseconds / 1000) };
}

/** The databases of the clients that read by database: no more and no less. */
class ClientViews {
  readonly #db: Kysely<Database>;
  readonly #columnar: ColumnarStore;
  /** What each database was made for last. */
  readonly #made = new Map<string, string>();

  constructor(db: Kysely<Database>, columnar: ColumnarStore) {
    this.#db = db;
    this.#columnar = columnar;
  }

  async refresh(): Promise<void> {
    const clients = await readingClients(this.#db);
    const wanted = new Set(clients.map(({ database }) => database));
    for (const client of clients) {
      const made = JSON.stringify(client);
      if (this.#made.get(client.database) === made) continue;
      await createUdilViews(this.#columnar, client);
      this.#made.set(client.database, made);
    }
    for (const database of await this.#existing()) {
      if (wanted.has(database)) continue;
      await dropUdilViews(this.#columnar, { database });
      this.#made.delete(database);
    }
  }

  async #existing(): Promise<string[]> {
    const query = "SELECT name FROM system.databases WHERE match(name, '^udil_[0-9a-f]{12}$')";
    return (await selectRows<[string]>(this.#columnar, query)).map(([name]) => name);
  }
}

async function readingClients(db: Kysely<Database>): Promise<UdilViewClient[]> {
  const rows = await db
    .selectFrom("udil_mdm_clients as c")
    .innerJoin("organizations as o", "o.id", "c.organization")
    .select(["c.id", "c.version", "c.timezone", "c.switches", "o.number"])
    .where("c.transport", "=", "database")
    .where("c.is_active", "=", true)
    .orderBy("c.id")
    .execute();
  return rows.map(({ id, version, timezone, switches, number }) => ({
    ...{ id, timezone, organizationNumber: number, database: viewDatabaseOf(id) },
    version: version as UdilVersion,
    loadProfileEnergy: (switches as MdmClientSwitches).load_profile_energy,
    coarseEventCodes: (switches as MdmClientSwitches).coarse_event_codes,
  }));
}

/** IANA zones of the meters of rows, by the meters' numbers. */
async function timezonesOf(
  db: Kysely<Database>,
  rows: readonly CommandDeviceRow[],
  defaultTimezone: string,
): Promise<Map<number, string>> {
  const numbers = [...new Set(rows.flatMap(({ deviceNumber }) => deviceNumber ?? []))];
  if (numbers.length === 0) return new Map();
  const { rows: found } = await sql<{ number: number; timezone: string | null }>`
    select d.number, c.timezone from meter_devices d
    left join meter_device_types t on t.id = d.type left join meter_device_configs c on c.id = t.config
    where d.number = any(${numbers}::integer[])`.execute(db);
  return new Map(found.map(({ number, timezone }) => [number, timezone ?? defaultTimezone]));
}
