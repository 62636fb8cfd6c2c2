import type { FastifyInstance } from "fastify";
import Type from "typebox";
import { invalidFields, notFound } from "../../errors/platform-error.ts";
import { pageBody, pageOf, pageSchema, pagingParameters } from "../../http/paging.ts";
import { route } from "../../http/route.ts";
import { parseDecimal } from "../decimal.ts";
import { nameLimit } from "../intake.ts";
import type { Readings } from "../readings.ts";
import type { StagedFields } from "../staged-readings.ts";
import { parseTimestamp } from "../timestamp.ts";
import { checked, decimalSchema, timestampSchema } from "./meter-readings.ts";
import { timeParameters, timeRange } from "./time-filters.ts";

const readOnlyInstant = Type.String({ format: "date-time", readOnly: true });
const fields = {
  meter_device_name: Type.String({ minLength: 1, maxLength: nameLimit, description: "Name of meter device" }),
  series_name: Type.String({ minLength: 1, maxLength: nameLimit, description: "Name of meter reading series" }),
  timestamp: timestampSchema,
  value: decimalSchema,
};
const own = { id: Type.Integer({ readOnly: true }), created_at: readOnlyInstant, updated_at: readOnlyInstant };
const StagedMeterReading = Type.Object(
  { ...own, ...fields },
  { $id: "StagedMeterReading", additionalProperties: false },
);
const Patched = Type.Partial(Type.Object({ ...own, ...fields }), {
  $id: "PatchedStagedMeterReading",
  additionalProperties: false,
});

const path = "/v1/metering/staged-meter-readings";
const tag = "Staged meter readings";
const params = Type.Object({
  id: Type.Integer({
    minimum: 1,
    maximum: Number.MAX_SAFE_INTEGER,
    description: "A unique integer value identifying this staged meter reading.",
  }),
});

type Body = Partial<Record<keyof typeof fields, string>>;

/** `/metering/staged-meter-readings`: readings that wait for their meter. */
export function stagedMeterReadingRoutes(app: FastifyInstance, { staging, staged, pageSize }: Readings): void {
  const write = (body: Body): Partial<StagedFields> => ({
    ...(body.meter_device_name !== undefined && {
      meter_device_name: named("meter_device_name", body.meter_device_name),
    }),
    ...(body.series_name !== undefined && { series_name: named("series_name", body.series_name) }),
    ...(body.timestamp !== undefined && checked("timestamp", () => staging.file(parseTimestamp(body.timestamp!)))),
    ...(body.value !== undefined && { value: checked("value", () => parseDecimal(String(body.value))) }),
  });
  /** The meter may be known by now. */
  const replayed = async <Row extends { meter_device_name: string }>(row: Row): Promise<Row> => {
    await staging.replay([row.meter_device_name]);
    return row;
  };

  route(app, {
    ...{ method: "GET", path, tag, operationId: "metering_staged-meter-readings_list" },
    summary: "List staged meter readings",
    description: "Ordered by id.",
    query: Type.Object({ ...pagingParameters, meter_device_name: Type.Optional(Type.String()), ...timeParameters }),
    responses: { 200: { description: "A page of staged meter readings", schema: pageSchema(StagedMeterReading) } },
    handler: async ({ query, scope, address }) => {
      const page = pageOf(query, pageSize);
      const filters = { meter_device_name: query.meter_device_name, ...timeRange(query) };
      return pageBody(address, page, await staged.list(scope, filters, page));
    },
  });

  route(app, {
    ...{ method: "POST", path, tag, operationId: "metering_staged-meter-readings_create" },
    summary: "Create a staged meter reading",
    description: "It becomes a meter reading as soon as its meter is there, which may be at once.",
    body: StagedMeterReading,
    responses: { 201: { description: "The new staged meter reading", schema: StagedMeterReading } },
    handler: async ({ body }) => replayed(await staged.create(write(body) as StagedFields)),
  });

  route(app, {
    ...{ method: "GET", path: `${path}/:id`, tag, operationId: "metering_staged-meter-readings_read" },
    summary: "Read a staged meter reading",
    params,
    responses: { 200: { description: "The staged meter reading", schema: StagedMeterReading } },
    handler: async ({ params, scope }) => (await staged.read(scope, params.id)) ?? missing(),
  });

  for (const { method, operation, body } of [
    { method: "PUT", operation: "update", body: StagedMeterReading },
    { method: "PATCH", operation: "partial_update", body: Patched },
  ] as const) {
    route(app, {
      ...{ method, path: `${path}/:id`, tag, operationId: `metering_staged-meter-readings_${operation}` },
      summary: method === "PUT" ? "Update a staged meter reading" : "Update fields of a staged meter reading",
      params,
      body,
      responses: { 200: { description: "The staged meter reading", schema: StagedMeterReading } },
      handler: async ({ params, body, scope }) =>
        replayed((await staged.update(scope, params.id, write(body as Body))) ?? missing()),
    });
  }

  route(app, {
    ...{ method: "DELETE", path: `${path}/:id`, tag, operationId: "metering_staged-meter-readings_delete" },
    summary: "Delete a staged meter reading",
    params,
    responses: { 204: { description: "Deleted" } },
    handler: async ({ params, scope }) => {
      if (!(await staged.delete(scope, params.id))) missing();
    },
  });
}

function missing(): never {
  throw notFound();
}

/** Blanks around a name are dropped. */
function named(field: string, text: string): string {
  const name = text.trim();
  if (name === "") throw invalidFields({ [field]: "This field may not be blank." });
  return name;
}
