import type { FastifyPluginAsync } from "fastify";
import { PlacesById } from "../readings/places-by-id.ts";
import { RegistryNumbers } from "../readings/registry-numbers.ts";
import type { ColumnarStore } from "../stores/columnar/columnar-store.ts";
import type { RelationalStore } from "../stores/relational/relational-store.ts";
import { EventQueries } from "./event-queries.ts";
import { createEventWriter, type EventWriter } from "./event-writer.ts";
import { eventRoutes } from "./routes.ts";

export interface EventsOptions {
  readonly relational: RelationalStore;
  readonly columnar: ColumnarStore;
  /** IANA zone of meters without a config. */
  readonly defaultMeterTimezone: string;
  /** Rows of a page without `limit`. */
  readonly pageSize: number;
}

/** The events room, as the other rooms and the composition root see it. */
export interface Events {
  readonly writer: EventWriter;
  readonly queries: EventQueries;
  readonly routes: FastifyPluginAsync;
  /** Resolves when everything taken is durable. Call it before the stores are closed. */
  close(): Promise<void>;
}

/** Puts the room together. */
export function createEvents({ relational, columnar, defaultMeterTimezone, pageSize }: EventsOptions): Events {
  const writer = createEventWriter(relational.db, columnar);
  const queries = new EventQueries(columnar);
  const numbers = new RegistryNumbers(relational.db);
  const places = new PlacesById(relational.db, defaultMeterTimezone);
  const routes = eventRoutes({ writer, queries, numbers, places, pageSize });
  return { writer, queries, routes, close: () => writer.close() };
}
