import type { ColumnarStore } from "./columnar-store.ts";

/** @returns the rows of a statement, each an array of its columns */
export async function selectRows<Row extends readonly unknown[]>(
  { client }: Pick<ColumnarStore, "client">,
  query: string,
): Promise<Row[]> {
  const answer = await client.query({ query, format: "JSONCompactEachRow" });
  return answer.json<Row>() as Promise<Row[]>;
}

/**
 * Deletes rows for good: they are gone from every query when this resolves, and from the disk with the next merge.
 * @param condition SQL, must name whole sorting keys so that every version of a row goes
 */
export async function deleteRows(
  { client, cluster }: Pick<ColumnarStore, "client" | "cluster">,
  table: string,
  condition: string,
): Promise<void> {
  const where = cluster === undefined ? table : `${table}_local ON CLUSTER '${cluster.replaceAll("'", "\\'")}'`;
  await client.command({ query: `DELETE FROM ${where} WHERE ${condition}` });
}
