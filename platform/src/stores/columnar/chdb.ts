import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@clickhouse/client";
import { createChdbConnection } from "chdb/connection";
import { takeDataDirectory } from "../data-directory.ts";
import type { ColumnarEngine } from "./columnar-store.ts";
import { type ClientConnection, countOperations } from "./operations.ts";

/** Opens chDB in `directory`, or in a temporary one. chDB takes one directory per process. */
export async function openChdb(directory: string | undefined): Promise<ColumnarEngine> {
  const temporary = directory === undefined ? mkdtempSync(join(tmpdir(), "anymeter-chdb-")) : undefined;
  const held = takeDataDirectory(directory ?? temporary!, "chDB");
  const release = () => {
    held.release();
    if (temporary) rmSync(temporary, { recursive: true, force: true });
  };
  try {
    // The same interface; only the copies of the type that the two packages carry differ by name.
    const operations = countOperations(createChdbConnection({ path: held.files }) as unknown as ClientConnection);
    const client = createClient({ connection: operations.connection });
    return {
      engine: "chdb",
      client,
      close: async () => {
        await operations.drain();
        await client.close();
        release();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}
