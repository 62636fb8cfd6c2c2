import { ClickHouseLogLevel, createClient } from "@clickhouse/client";
import type { ColumnarEngine } from "./columnar-store.ts";

const requestTimeoutMilliseconds = 120_000;
const connections = 10;

/**
 * Opens a client of the ClickHouse server at `url`: its HTTP interface, with user, password and database as parts of the
 * URL, and options of the client such as `?compression_request=1` as its parameters.
 */
export async function openServer(url: string): Promise<ColumnarEngine> {
  const client = createClient({
    url,
    application: "anymeter",
    request_timeout: requestTimeoutMilliseconds,
    max_open_connections: connections,
    clickhouse_settings: {
      // Acknowledged means stored: not in a server's buffer, nor in its queue for another shard.
      async_insert: 0,
      distributed_foreground_insert: 1,
      // A balancer in between sees that a long statement is still at work.
      send_progress_in_http_headers: 1,
      http_headers_progress_interval_ms: "20000",
    },
    // Failures are thrown to the caller, who knows what they mean.
    log: { level: ClickHouseLogLevel.OFF },
  });
  const answer = await client.ping({ select: true });
  if (!answer.success) {
    await client.close();
    throw new Error(`the ClickHouse server does not answer: ${answer.error.message}`, { cause: answer.error });
  }
  return { engine: "clickhouse", client, close: () => client.close() };
}
