import { PostgresDialect } from "kysely";
import pg from "pg";
import type { RelationalEngine } from "./relational-store.ts";
import { safeInteger } from "./safe-integer.ts";

const oldestVersion = 15;
const defaultConnections = 10;
const connectTimeoutMilliseconds = 10_000;

/** Opens a pool to the server at `url`. */
export async function openPool(url: string, maxConnections = defaultConnections): Promise<RelationalEngine> {
  const pool = new pg.Pool({
    connectionString: url,
    max: maxConnections,
    connectionTimeoutMillis: connectTimeoutMilliseconds,
    application_name: "anymeter",
    types: { getTypeParser },
  });
  // An idle connection that the server drops is replaced at its next use; without a listener it would end the process.
  pool.on("error", () => {});
  try {
    await refuseOldServer(pool);
  } catch (error) {
    await pool.end();
    throw error;
  }
  return { engine: "postgresql", dialect: new PostgresDialect({ pool }), close: async () => {} };
}

async function refuseOldServer(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ version: string }>("select current_setting('server_version_num') as version");
  const major = Math.floor(Number(rows[0]!.version) / 10_000);
  if (major < oldestVersion) {
    throw new Error(`the PostgreSQL server is version ${major}; version ${oldestVersion} or newer is needed`);
  }
}

/** The same JavaScript values as from PGlite: integers as numbers (all of ours are below 2^53), dates and intervals as text. */
const parsersOfPostgresql: Readonly<Record<number, (text: string) => unknown>> = {
  [pg.types.builtins.INT8]: safeInteger,
  [pg.types.builtins.DATE]: (text) => text,
  [pg.types.builtins.INTERVAL]: (text) => text,
};

function getTypeParser(oid: number, format?: "text" | "binary") {
  return (format !== "binary" && parsersOfPostgresql[oid]) || pg.types.getTypeParser(oid, format);
}
