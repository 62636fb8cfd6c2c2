import type { FastifyInstance } from "fastify";
import Type from "typebox";
import { notFound } from "../../errors/platform-error.ts";
import { pageBody, pageOf, pageSchema, pagingParameters } from "../../http/paging.ts";
import { route } from "../../http/route.ts";
import type { Readings } from "../readings.ts";

const LatestReading = Type.Object(
  {
    series: Type.String({ format: "uuid", description: "Series" }),
    series_name: Type.String(),
    series_description: Type.String(),
    unit: Type.String(),
    timestamp: Type.String({ format: "date-time", description: "Of the last stored reading of the series" }),
    value: Type.String({ format: "decimal" }),
  },
  { $id: "LatestReading" },
);

/** `/metering/meter-devices/{id}/latest-readings`: what a person wants to see of a meter first. Ours. */
export function latestReadingRoutes(app: FastifyInstance, { numbers, queries, pageSize }: Readings): void {
  route(app, {
    method: "GET",
    path: "/v1/metering/meter-devices/:id/latest-readings",
    operationId: "metering_meter-devices_latest-readings_list",
    tag: "Meter readings",
    summary: "List the latest reading of every series of a meter device",
    description:
      "An extension of the contract. Series without a reading are left out. Ordered by the creation of the series.",
    params: Type.Object({
      id: Type.String({ format: "uuid", description: "A UUID string identifying this meter device." }),
    }),
    query: Type.Object(pagingParameters),
    responses: { 200: { description: "A page of latest readings", schema: pageSchema(LatestReading) } },
    handler: async ({ params, query, scope, address }) => {
      const page = pageOf(query, pageSize);
      const selection = await numbers.select(scope, { meter_device: params.id });
      // A device that waits for an organization is there, but can have no readings.
      if (!selection && !(await numbers.hasDevice(params.id, scope))) throw notFound();
      const latest = selection ? await queries.latest(selection) : [];
      const rows = latest.slice(page.offset, page.offset + page.limit);
      const series = await numbers.series(rows.map(({ seriesNumber }) => seriesNumber));
      const results = rows.flatMap(({ seriesNumber, timestamp, value }) => {
        const one = series.get(seriesNumber);
        // Readings of a series that was deleted a moment ago are on their way out.
        return one ? [{ ...one, timestamp: new Date(timestamp).toISOString(), value }] : [];
      });
      return pageBody(address, page, { count: latest.length, rows: results });
    },
  });
}
