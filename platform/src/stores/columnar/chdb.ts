import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@clickhouse/client";
import { takeDataDirectory } from "../data-directory.ts";
import { blocksOf, connectChdb } from "./chdb-connection.ts";
import type { ColumnarEngine } from "./columnar-store.ts";

/** Opens chDB in `directory`, or in a temporary one. chDB takes one directory per process. */
export async function openChdb(directory: string | undefined): Promise<ColumnarEngine> {
  const temporary = directory === undefined ? mkdtempSync(join(tmpdir(), "anymeter-chdb-")) : undefined;
  const held = takeDataDirectory(directory ?? temporary!, "chDB");
  const release = () => {
    held.release();
    if (temporary) rmSync(temporary, { recursive: true, force: true });
  };
  try {
    rmSync(blocksOf(held.files), { recursive: true });
    const client = createClient({ connection: connectChdb(held.files) });
    return {
      engine: "chdb",
      client,
      close: async () => {
        await client.close();
        release();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}
