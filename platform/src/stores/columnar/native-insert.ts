/** Inserts blocks of rows, with the embedded engine and with a server. */
import { Readable } from "node:stream";
import type { ColumnarStore } from "./columnar-store.ts";
import type { NativeColumn } from "./native-block.ts";

/**
 * Stores the blocks, all or none; resolves when they are durable.
 * @param blocks bytes of blocks of these columns, with 1,000,000 rows and 256 MB at most in all
 */
export async function insertNative(
  { client }: Pick<ColumnarStore, "client">,
  table: string,
  columns: readonly NativeColumn[],
  blocks: readonly Uint8Array[],
): Promise<void> {
  const names = columns.map(({ name }) => name).join(", ");
  const { stream } = await client.exec({
    query: `INSERT INTO ${table} (${names}) FORMAT Native`,
    values: Readable.from(blocks, { objectMode: false }),
  });
  await stream.resume().toArray();
}
