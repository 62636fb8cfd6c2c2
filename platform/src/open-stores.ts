import { join } from "node:path";
import type { Configuration } from "./configuration.ts";
import { type ColumnarStore, openColumnarStore } from "./stores/columnar/columnar-store.ts";
import { openRelationalStore, type RelationalStore } from "./stores/relational/relational-store.ts";

export interface Stores {
  readonly relational: RelationalStore;
  readonly columnar: ColumnarStore;
  /** Waits for what is under way in both. */
  close(): Promise<void>;
}

/** Opens both stores as the configuration chooses: a server where a URL is given, else embedded below the data directory. */
export async function openStores(
  configuration: Pick<Configuration, "dataDirectory" | "databaseUrl" | "clickhouseUrl" | "clickhouseCluster">,
): Promise<Stores> {
  const { dataDirectory, databaseUrl, clickhouseUrl, clickhouseCluster } = configuration;
  const relational = await openRelationalStore(
    databaseUrl ? { url: databaseUrl } : { directory: join(dataDirectory, "relational") },
  );
  try {
    const columnar = await openColumnarStore(
      clickhouseUrl
        ? { url: clickhouseUrl, cluster: clickhouseCluster }
        : { directory: join(dataDirectory, "columnar") },
    );
    return { relational, columnar, close: () => closeBoth(relational, columnar) };
  } catch (error) {
    await relational.close();
    throw error;
  }
}

/** The second store is closed even when the first one fails to. */
async function closeBoth(relational: RelationalStore, columnar: ColumnarStore): Promise<void> {
  const outcomes = await Promise.allSettled([columnar.close(), relational.close()]);
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed) throw failed.reason;
}
