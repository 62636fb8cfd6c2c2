import type { FastifyInstance } from "fastify";
import Type from "typebox";
import { invalidFields, notFound } from "../../errors/platform-error.ts";
import { pageBody, pageOf, pageSchema, pagingParameters } from "../../http/paging.ts";
import { route } from "../../http/route.ts";
import type { Scope } from "../../registry/scope.ts";
import { DecimalError, parseDecimal, renderDecimal } from "../decimal.ts";
import type { StoredReading } from "../reading-queries.ts";
import type { Readings } from "../readings.ts";
import { instantIn, parseTimestamp, TimestampError } from "../timestamp.ts";
import { timeParameters, timeRange } from "./time-filters.ts";

const uuid = (description: string) => Type.String({ format: "uuid", description });

/** A decimal as bodies take it: a string, or a number, which is taken by the digits it is written with. */
export const decimalSchema = Type.Unsafe<string>({
  type: ["string", "number"],
  format: "decimal",
  description: "Exact decimal: at most 12 digits before and 6 after the point.",
  examples: ["14567.000000"],
});

export const timestampSchema = Type.String({
  maxLength: 64,
  description:
    "ISO 8601, from 1900 to 2299, to the millisecond. Without an offset it is read in the timezone of the meter's config.",
  examples: ["2026-01-15T06:00:00+01:00"],
});

const MeterReading = Type.Object(
  {
    id: Type.Integer({ readOnly: true }),
    organization: uuid("Organization"),
    meter_device: uuid("Meter device"),
    series: uuid("Series"),
    timestamp: timestampSchema,
    value: decimalSchema,
    created_at: Type.String({ format: "date-time", readOnly: true }),
  },
  { $id: "MeterReadings", additionalProperties: false },
);

const MeterReadingOut = Type.Object(
  { timestamp: Type.String({ format: "date-time" }), value: Type.String({ format: "decimal" }) },
  { $id: "MeterReadingsOut" },
);

const path = "/v1/metering/meter-readings";
const tag = "Meter readings";
const params = Type.Object({
  id: Type.Integer({
    minimum: 1,
    maximum: Number.MAX_SAFE_INTEGER,
    description: "A unique integer value identifying this meter reading.",
  }),
});

/** `/metering/meter-readings`: list, create, read and delete. */
export function meterReadingRoutes(app: FastifyInstance, readings: Readings): void {
  const { numbers, queries, writer, pageSize } = readings;

  /** @throws PlatformError `not_found` */
  const find = async (id: number, scope: Scope): Promise<StoredReading> => {
    const selection = await numbers.select(scope, {});
    const reading = selection && (await queries.read(id, selection));
    if (!reading) throw notFound();
    return reading;
  };

  route(app, {
    method: "GET",
    path,
    operationId: "metering_meter-readings_list",
    tag,
    summary: "List meter readings",
    description:
      "Only timestamp and value: name a meter and a series, or the values come mixed. Ordered by meter, series and time.",
    query: Type.Object({
      ...pagingParameters,
      meter_device: Type.Optional(Type.String({ format: "uuid" })),
      series: Type.Optional(Type.String({ format: "uuid" })),
      ...timeParameters,
    }),
    responses: { 200: { description: "A page of meter readings", schema: pageSchema(MeterReadingOut) } },
    handler: async ({ query, scope, address }) => {
      const page = pageOf(query, pageSize);
      const { meter_device, series } = query;
      const selection = await numbers.select(scope, { meter_device, series, ...timeRange(query) });
      const { count, rows } = selection ? await queries.list(selection, page) : { count: 0, rows: [] };
      const results = rows.map(({ timestamp, value }) => ({ timestamp: new Date(timestamp).toISOString(), value }));
      return pageBody(address, page, { count, rows: results });
    },
  });

  route(app, {
    method: "POST",
    path,
    operationId: "metering_meter-readings_create",
    tag,
    summary: "Create a meter reading",
    description:
      "A reading of the same meter, series and timestamp replaces the earlier one, whose id then leads nowhere.",
    body: MeterReading,
    responses: { 201: { description: "The new meter reading, durable", schema: MeterReading } },
    handler: async ({ body }) => {
      const place = await readings.places.find(body);
      const timestamp = checked("timestamp", () => {
        const read = parseTimestamp(body.timestamp);
        return "instant" in read ? read.instant : instantIn(place.timezone, read.clock);
      });
      const value = checked("value", () => parseDecimal(String(body.value)));
      const { firstId, createdAt } = await writer.write([{ ...place, timestamp, value }]);
      const { organization, meter_device, series } = body;
      return {
        id: firstId,
        ...{ organization, meter_device, series },
        timestamp: new Date(timestamp).toISOString(),
        value: renderDecimal(value),
        created_at: new Date(createdAt).toISOString(),
      };
    },
  });

  route(app, {
    method: "GET",
    path: `${path}/:id`,
    operationId: "metering_meter-readings_read",
    tag,
    summary: "Read a meter reading",
    params,
    responses: { 200: { description: "The meter reading", schema: MeterReading } },
    handler: async ({ params, scope }) => {
      const reading = await find(params.id, scope);
      const [organizations, devices, series] = await Promise.all([
        numbers.ids("organizations", [reading.organizationNumber]),
        numbers.ids("meter_devices", [reading.deviceNumber]),
        numbers.ids("meter_reading_series", [reading.seriesNumber]),
      ]);
      return {
        id: reading.id,
        organization: organizations.get(reading.organizationNumber) ?? gone(),
        meter_device: devices.get(reading.deviceNumber) ?? gone(),
        series: series.get(reading.seriesNumber) ?? gone(),
        timestamp: new Date(reading.timestamp).toISOString(),
        value: reading.value,
        created_at: new Date(reading.createdAt).toISOString(),
      };
    },
  });

  route(app, {
    method: "DELETE",
    path: `${path}/:id`,
    operationId: "metering_meter-readings_delete",
    tag,
    summary: "Delete a meter reading",
    params,
    responses: { 204: { description: "Deleted" } },
    handler: async ({ params, scope }) => {
      await queries.delete(await find(params.id, scope));
    },
  });
}

/** Runs a check of one field. @throws PlatformError `invalid` naming it */
export function checked<Result>(field: string, check: () => Result): Result {
  try {
    return check();
  } catch (error) {
    if (error instanceof DecimalError || error instanceof TimestampError)
      throw invalidFields({ [field]: error.message });
    throw error;
  }
}

/** The meter or series was deleted after the reading was stored. */
function gone(): never {
  throw notFound();
}
