import type { ClickHouseClient } from "@clickhouse/client";
import type { MigrationReport } from "../migration.ts";
import { openChdb } from "./chdb.ts";
import { openServer } from "./clickhouse.ts";
import { migrateColumnar } from "./migrate.ts";
import { guardOperations } from "./operations.ts";

/** The columnar store: chDB in this process, or a ClickHouse server or cluster; the same SQL and client on both. */
export interface ColumnarStore {
  readonly client: ClickHouseClient;
  readonly engine: "chdb" | "clickhouse";
  /** Name of the cluster the tables are spread over, if any. */
  readonly cluster: string | undefined;
  /** Applies what is missing. Safe to call at every start and from several processes at once. */
  migrate(): Promise<MigrationReport>;
  /** Resolves when the store answers. */
  ping(): Promise<void>;
  /** Waits for the queries under way, then closes. Calling it again does nothing. */
  close(): Promise<void>;
}

export interface ColumnarStoreOptions {
  /** `http://user:password@host:8123/database` of a server, version 24 or newer. Without it the store is embedded. */
  url?: string | undefined;
  /** Name of the server's cluster: tables become replicated and distributed. */
  cluster?: string | undefined;
  /** Directory of the embedded store; without it (and without `url`) a temporary one, removed at `close`. */
  directory?: string | undefined;
}

/** One engine behind the store. */
export interface ColumnarEngine {
  readonly engine: ColumnarStore["engine"];
  readonly client: ClickHouseClient;
  close(): Promise<void>;
}

/** Opens the store. @throws Error when the server does not answer, or the directory is in use. */
export async function openColumnarStore(options: ColumnarStoreOptions): Promise<ColumnarStore> {
  const { url, cluster, directory } = options;
  if (cluster !== undefined && url === undefined) throw new Error("a ClickHouse cluster needs the URL of a server");
  const { client: unguarded, engine, close } = url ? await openServer(url) : await openChdb(directory);
  const { client, drain } = guardOperations(unguarded);
  let closing: Promise<void> | undefined;
  return {
    client,
    engine,
    cluster,
    migrate: () => migrateColumnar(client, cluster),
    ping: async () => {
      const result = await client.ping({ select: true });
      if (!result.success) throw result.error;
    },
    close: () => {
      closing ??= drain().then(close);
      return closing;
    },
  };
}
