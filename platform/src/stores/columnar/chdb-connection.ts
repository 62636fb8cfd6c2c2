import { randomUUID } from "node:crypto";
import { createWriteStream, mkdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { createClient } from "@clickhouse/client";
import { createChdbConnection } from "chdb/connection";

/** What the ClickHouse client sends its requests through. */
export type ClientConnection = NonNullable<NonNullable<Parameters<typeof createClient>[0]>["connection"]>;

/**
 * A connection of the ClickHouse client to chDB in `path`; several to the same path are one engine with separate
 * settings.
 *
 * chDB's own `insert` turns the whole body into one JavaScript string. Bytes of a text format go around that: the engine
 * reads them from the buffer, which leaves the event loop free (0.01 instead of 0.2 of it at a million rows a second).
 * Blocks of the format Native, which it takes in no statement, go through a file that lives as long as the insert.
 */
export function connectChdb(path: string): ClientConnection {
  const chdb = createChdbConnection({ path });
  const blocks = blocksOf(path);
  // The same interface; only the copies of the type that the two packages carry differ by name.
  const connection = chdb as unknown as ClientConnection;
  return {
    query: (parameters) => connection.query(parameters),
    exec: async (parameters) => {
      const insert = nativeInsertStatement.exec(parameters.query)?.groups?.insert;
      if (insert === undefined || parameters.values === undefined) return connection.exec(parameters);
      const file = join(blocks, `${randomUUID()}.native`);
      try {
        await pipeline(parameters.values, createWriteStream(file, { flags: "wx", mode: 0o600 }));
        const query = `${insert} SELECT * FROM file('${file.replace(/['\\]/g, "\\$&")}', Native)`;
        return await connection.exec({ query, query_id: parameters.query_id });
      } finally {
        await rm(file, { force: true });
      }
    },
    command: (parameters) => connection.command(parameters),
    ping: (parameters) => connection.ping(parameters),
    close: () => connection.close(),
    insert: async (parameters) => {
      const raw = rawInsertStatement.exec(parameters.query)?.groups;
      const engineSettings = Object.keys(parameters.clickhouse_settings ?? {}).length > 0;
      if (raw === undefined || engineSettings || typeof parameters.values === "string") {
        return connection.insert(parameters);
      }
      const values = await bytesOf(parameters.values);
      const written = await chdb.chdb.rawInsert({
        table: raw.table!,
        ...(raw.columns && { columns: raw.columns.split(",").map((column) => column.trim()) }),
        format: raw.format as "TabSeparated",
        values,
      });
      return {
        query_id: parameters.query_id ?? "",
        response_headers: {},
        summary: { written_rows: String(written.rowsWritten), written_bytes: String(values.length) } as never,
      };
    },
  };
}

/** The statement the client makes for bytes in a line format. */
const rawInsertStatement =
  /^INSERT INTO (?<table>[A-Za-z_][\w.]*)(?: \((?<columns>[\w, ]+)\))? FORMAT (?<format>TabSeparated|JSONEachRow)$/;

const nativeInsertStatement = /^(?<insert>INSERT INTO [A-Za-z_][\w.]* \([\w, ]+\)) FORMAT Native$/;

/** Where blocks wait for their insert; whoever opens `path` for itself alone removes what a killed process left there. */
export function blocksOf(path: string): string {
  const directory = join(path, "blocks");
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return directory;
}

async function bytesOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}
