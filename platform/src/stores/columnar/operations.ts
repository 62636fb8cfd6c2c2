import type { createClient } from "@clickhouse/client";

/** What the ClickHouse client sends its requests through. */
export type ClientConnection = NonNullable<NonNullable<Parameters<typeof createClient>[0]>["connection"]>;

/** A connection whose operations are counted, so that nothing closes it under one of them. */
export interface CountedConnection {
  readonly connection: ClientConnection;
  /** Refuses new operations and resolves when the last one under way has ended. */
  drain(): Promise<void>;
}

/**
 * Wraps a connection of the ClickHouse client. Closing chDB while a query runs aborts the engine for the rest of the
 * process, so the store closes only after `drain`.
 */
export function countOperations(connection: ClientConnection): CountedConnection {
  const underWay = new Set<Promise<unknown>>();
  let closed = false;
  const counted = <Result>(start: () => Promise<Result>): Promise<Result> => {
    if (closed) return Promise.reject(new Error("the columnar store is closed"));
    const operation = start();
    underWay.add(operation);
    const ended = () => underWay.delete(operation);
    operation.then(ended, ended);
    return operation;
  };
  return {
    connection: {
      query: (parameters) => counted(() => connection.query(parameters)),
      insert: (parameters) => counted(() => connection.insert(parameters)),
      exec: (parameters) => counted(() => connection.exec(parameters)),
      command: (parameters) => counted(() => connection.command(parameters)),
      ping: (parameters) => counted(() => connection.ping(parameters)),
      close: () => connection.close(),
    },
    drain: async () => {
      closed = true;
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
  };
}
