import type { Dialect } from "kysely";
import { Kysely, sql } from "kysely";
import { Migrator } from "kysely/migration";
import type { MigrationReport } from "../migration.ts";
import type { Database } from "./database.ts";
import { relationalMigrations } from "./migrations/index.ts";
import { openPglite } from "./pglite.ts";
import { openPool } from "./postgresql.ts";

/** The relational store: PGlite in this process, or a PostgreSQL server; the same SQL and types on both. */
export interface RelationalStore {
  readonly db: Kysely<Database>;
  readonly engine: "pglite" | "postgresql";
  /** Applies what is missing. Safe to call at every start and from several processes at once. */
  migrate(): Promise<MigrationReport>;
  /** Resolves when the store answers. */
  ping(): Promise<void>;
  /** Waits for the queries under way, then closes. Calling it again does nothing. */
  close(): Promise<void>;
}

export interface RelationalStoreOptions {
  /** `postgresql://…` of a server, version 15 or newer. Without it the store is embedded. */
  url?: string | undefined;
  /** Directory of the embedded store; without it (and without `url`) it lives in memory. */
  directory?: string | undefined;
  /** Dump of an empty PGlite store from which a new embedded store is made; must not be given for an existing one. */
  template?: Blob | undefined;
  /** Connections to the server at most. */
  maxConnections?: number | undefined;
}

/** One engine behind the store: how Kysely reaches it, and how it ends. */
export interface RelationalEngine {
  readonly engine: RelationalStore["engine"];
  readonly dialect: Dialect;
  /** Called once, after Kysely gave everything back. */
  close(): Promise<void>;
}

/** Opens the store. @throws Error when the server does not answer or is too old, or the directory is in use. */
export async function openRelationalStore(options: RelationalStoreOptions): Promise<RelationalStore> {
  const engine = options.url
    ? await openPool(options.url, options.maxConnections)
    : await openPglite(options.directory, options.template);
  const db = new Kysely<Database>({ dialect: engine.dialect });
  let closing: Promise<void> | undefined;
  return {
    db,
    engine: engine.engine,
    migrate: () => migrate(db),
    ping: async () => {
      await sql`select 1`.execute(db);
    },
    close: () => {
      closing ??= db.destroy().then(() => engine.close());
      return closing;
    },
  };
}

async function migrate(db: Kysely<Database>): Promise<MigrationReport> {
  const schema = await sql<{ schema: string }>`select current_schema() as schema`.execute(db);
  const migrator = new Migrator({
    db,
    // Named, because Kysely otherwise takes the table of any other schema in the same database for its own.
    migrationTableSchema: schema.rows[0]!.schema,
    provider: { getMigrations: async () => ({ ...relationalMigrations }) },
  });
  const { error, results = [] } = await migrator.migrateToLatest();
  const failed = results.find((result) => result.status === "Error");
  if (error) {
    const where = failed ? `relational migration ${failed.migrationName} failed` : "the relational migrations failed";
    throw new Error(`${where}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  return { applied: results.map((result) => result.migrationName) };
}
