import type { FastifyInstance, FastifyPluginAsync } from "fastify";
import Type from "typebox";
import { notFound } from "../errors/platform-error.ts";
import { pageBody, pageOf, pageSchema, pagingParameters } from "../http/paging.ts";
import { route } from "../http/route.ts";
import type { PlacesById } from "../readings/places-by-id.ts";
import type { RegistryNumbers } from "../readings/registry-numbers.ts";
import { checked, timestampSchema } from "../readings/routes/meter-readings.ts";
import { timeParameters, timeRange } from "../readings/routes/time-filters.ts";
import { instantIn, parseTimestamp } from "../readings/timestamp.ts";
import type { Scope } from "../registry/scope.ts";
import type { EventQueries, StoredEvent } from "./event-queries.ts";
import { type EventWriter, eventLimits } from "./event-writer.ts";

export interface EventRouteDependencies {
  readonly writer: EventWriter;
  readonly queries: EventQueries;
  readonly numbers: RegistryNumbers;
  readonly places: PlacesById;
  /** Rows of a page without `limit`. */
  readonly pageSize: number;
}

const uuid = (description: string) => Type.String({ format: "uuid", description });

const MeterSystemEvent = Type.Object(
  {
    id: Type.Integer({ readOnly: true }),
    organization: uuid("Organization"),
    meter_device: uuid("Meter device"),
    timestamp: timestampSchema,
    title: Type.String({ minLength: 1, maxLength: eventLimits.titleCharacters, description: "Event title" }),
    content: Type.String({
      minLength: 1,
      maxLength: eventLimits.contentCharacters,
      description: "Additional information about the meter system event.",
    }),
    created_at: Type.String({ format: "date-time", readOnly: true }),
    updated_at: Type.String({ format: "date-time", readOnly: true, description: "An event never changes." }),
  },
  { $id: "MeterSystemEvent", additionalProperties: false },
);

const path = "/v1/metering/meter-system-events";
const tag = "Meter system events";
const params = Type.Object({
  id: Type.Integer({
    minimum: 1,
    maximum: Number.MAX_SAFE_INTEGER,
    description: "A unique integer value identifying this meter system event.",
  }),
});

/** `/metering/meter-system-events`: list, create, read and delete. */
export function eventRoutes(dependencies: EventRouteDependencies): FastifyPluginAsync {
  return async (app) => addRoutes(app, dependencies);
}

function addRoutes(app: FastifyInstance, { writer, queries, numbers, places, pageSize }: EventRouteDependencies): void {
  /** @throws PlatformError `not_found` */
  const find = async (id: number, scope: Scope): Promise<StoredEvent> => {
    const selection = await numbers.select(scope, {});
    const event = selection && (await queries.read(id, selection));
    if (!event) throw notFound();
    return event;
  };
  /** Events as the API shows them; those of a meter that was deleted are left out. */
  const shown = async (events: readonly StoredEvent[]) => {
    const [organizations, devices] = await Promise.all([
      numbers.ids(
        "organizations",
        events.map((event) => event.organizationNumber),
      ),
      numbers.ids(
        "meter_devices",
        events.map((event) => event.deviceNumber),
      ),
    ]);
    return events.flatMap(({ id, organizationNumber, deviceNumber, timestamp, title, content, createdAt }) => {
      const organization = organizations.get(organizationNumber);
      const meter_device = devices.get(deviceNumber);
      if (organization === undefined || meter_device === undefined) return [];
      const created_at = new Date(createdAt).toISOString();
      const times = { timestamp: new Date(timestamp).toISOString(), created_at, updated_at: created_at };
      return [{ id, organization, meter_device, title, content, ...times }];
    });
  };

  route(app, {
    ...{ method: "GET", path, tag, operationId: "metering_meter-system-events_list" },
    summary: "List meter system events",
    description: "Ordered by meter and time.",
    query: Type.Object({
      ...pagingParameters,
      meter_device: Type.Optional(Type.String({ format: "uuid" })),
      ...timeParameters,
    }),
    responses: { 200: { description: "A page of meter system events", schema: pageSchema(MeterSystemEvent) } },
    handler: async ({ query, scope, address }) => {
      const page = pageOf(query, pageSize);
      const selection = await numbers.select(scope, { meter_device: query.meter_device, ...timeRange(query) });
      const { count, rows } = selection ? await queries.list(selection, page) : { count: 0, rows: [] };
      return pageBody(address, page, { count, rows: await shown(rows) });
    },
  });

  route(app, {
    ...{ method: "POST", path, tag, operationId: "metering_meter-system-events_create" },
    summary: "Create a meter system event",
    description: "The same event again is one event, whose earlier id then leads nowhere.",
    body: MeterSystemEvent,
    responses: { 201: { description: "The new meter system event, durable", schema: MeterSystemEvent } },
    handler: async ({ body }) => {
      const { title, content } = body;
      const { organizationNumber, deviceNumber, timezone } = await places.findDevice(body);
      const timestamp = checked("timestamp", () => {
        const read = parseTimestamp(body.timestamp);
        return "instant" in read ? read.instant : instantIn(timezone, read.clock);
      });
      const event = { organizationNumber, deviceNumber, timestamp, title, content };
      const { firstId: id, createdAt } = await writer.write([event]);
      return (await shown([{ ...event, id, createdAt }]))[0] ?? missing();
    },
  });

  route(app, {
    ...{ method: "GET", path: `${path}/:id`, tag, operationId: "metering_meter-system-events_read" },
    summary: "Read a meter system event",
    params,
    responses: { 200: { description: "The meter system event", schema: MeterSystemEvent } },
    handler: async ({ params, scope }) => (await shown([await find(params.id, scope)]))[0] ?? missing(),
  });

  route(app, {
    ...{ method: "DELETE", path: `${path}/:id`, tag, operationId: "metering_meter-system-events_delete" },
    summary: "Delete a meter system event",
    params,
    responses: { 204: { description: "Deleted" } },
    handler: async ({ params, scope }) => {
      await queries.delete(await find(params.id, scope));
    },
  });
}

function missing(): never {
  throw notFound();
}
