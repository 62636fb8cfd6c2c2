import { createClient } from "@clickhouse/client";
import type { ColumnarEngine } from "./columnar-store.ts";

const requestTimeoutMilliseconds = 120_000;
const connections = 10;

/** Opens a client of the ClickHouse server at `url` (HTTP interface; user, password and database are parts of the URL). */
export async function openServer(url: string): Promise<ColumnarEngine> {
  const client = createClient({
    url,
    application: "anymeter",
    request_timeout: requestTimeoutMilliseconds,
    max_open_connections: connections,
    compression: { request: true, response: true },
  });
  const answer = await client.ping({ select: true });
  if (!answer.success) {
    await client.close();
    throw new Error(`the ClickHouse server does not answer: ${answer.error.message}`, { cause: answer.error });
  }
  return { engine: "clickhouse", client, close: () => client.close() };
}
