import type { ClickHouseClient } from "@clickhouse/client";

/** A client whose operations are counted, so that nothing closes it under one of them. */
export interface GuardedClient {
  readonly client: ClickHouseClient;
  /** Refuses new operations and resolves when the last one under way has ended. */
  drain(): Promise<void>;
}

const operations = ["query", "insert", "exec", "command", "ping"] as const;

/**
 * Guards a client against two misuses. Closing chDB while a query runs aborts the engine for the rest of the process, and
 * closing a client of a server breaks its connections, so the store closes only after `drain`. And in chDB a setting given beside a
 * query stays for every later query, so such settings are refused: they belong into the query's SETTINGS clause,
 * which works in both forms.
 */
export function guardOperations(client: ClickHouseClient): GuardedClient {
  const underWay = new Set<Promise<unknown>>();
  let closed = false;
  const guarded = Object.create(client) as ClickHouseClient;
  for (const name of operations) {
    const value = async (parameters: { clickhouse_settings?: object } | undefined) => {
      if (closed) throw new Error("the columnar store is closed");
      const settings = Object.keys(parameters?.clickhouse_settings ?? {});
      if (settings.length > 0) {
        throw new Error(`write the settings ${settings.join(", ")} into the SETTINGS clause of the query`);
      }
      const operation = (client[name] as (parameters: unknown) => Promise<unknown>).call(client, parameters);
      underWay.add(operation);
      try {
        return await operation;
      } finally {
        underWay.delete(operation);
      }
    };
    Object.defineProperty(guarded, name, { value });
  }
  return {
    client: guarded,
    drain: async () => {
      closed = true;
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
  };
}
