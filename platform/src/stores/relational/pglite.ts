import { PGlite, types } from "@electric-sql/pglite";
import { PGliteDialect } from "kysely";
import { takeDataDirectory } from "../data-directory.ts";
import type { RelationalEngine } from "./relational-store.ts";
import { safeInteger } from "./safe-integer.ts";

/**
 * Opens PGlite in `directory`, or in memory without one. `template`, a dump of an empty store, spares a new one the
 * two seconds of creating it.
 */
export async function openPglite(directory: string | undefined, template?: Blob): Promise<RelationalEngine> {
  const held = directory === undefined ? undefined : takeDataDirectory(directory, "PGlite");
  try {
    const pglite = await PGlite.create({
      ...(held && { dataDir: held.files }),
      ...(template && { loadDataDir: template }),
      parsers,
    });
    return {
      engine: "pglite",
      dialect: new PGliteDialect({ pglite }),
      close: async () => {
        if (!pglite.closed) await pglite.close();
        held?.release();
      },
    };
  } catch (error) {
    held?.release();
    throw error;
  }
}

/** The same JavaScript values as from the server, see `parsersOfPostgresql`. */
const parsers = {
  [types.INT8]: safeInteger,
  [types.DATE]: (text: string) => text,
  [types.INTERVAL]: (text: string) => text,
  [types.BYTEA]: (text: string) => Buffer.from(text.slice(2), "hex"),
};
