/** Inserts blocks of rows, with the embedded engine and with a server. */
import { Readable } from "node:stream";
import type { ColumnarStore } from "./columnar-store.ts";
import type { NativeColumn } from "./native-block.ts";

/**
 * Stores the blocks, all or none; resolves when they are durable.
 * @param bytes pieces of one or several blocks of these columns, with 1,000,000 rows and 256 MB at most in all
 */
export async function insertNative(
  { client }: Pick<ColumnarStore, "client">,
  table: string,
  columns: readonly NativeColumn[],
  bytes: readonly Uint8Array[],
): Promise<void> {
  const names = columns.map(({ name }) => name).join(", ");
  const { stream } = await client.exec({
    query: `INSERT INTO ${table} (${names}) FORMAT Native`,
    // Of small pieces each would be written by itself.
    values: Readable.from([bytes.length === 1 ? bytes[0] : Buffer.concat(bytes)], { objectMode: false }),
  });
  await stream.resume().toArray();
}
