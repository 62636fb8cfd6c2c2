import type { FastifyInstance } from "fastify";
import { Counter, collectDefaultMetrics, Histogram, Registry } from "prom-client";
import Type, { type TSchema } from "typebox";

/** Seconds, from an answer out of memory to an export. */
const durationBuckets = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60];

/** Methods a label may have; a peer can send any word. */
const knownMethods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** @returns a registry with the figures of the process, to which rooms add theirs. Labels must be few: never a meter's id */
export function createMetrics(): Registry {
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });
  return metrics;
}

/** Counts, times and logs requests by method, template of the route and status, and serves the figures at /metrics. */
export function measureRequests(app: FastifyInstance, metrics: Registry): void {
  const labels = { labelNames: ["method", "route", "status"] as const, registers: [metrics] };
  const requests = new Counter({ name: "http_requests_total", help: "Requests answered.", ...labels });
  const seconds = new Histogram({
    name: "http_request_duration_seconds",
    help: "Time from the request's arrival to the end of the answer.",
    buckets: durationBuckets,
    ...labels,
  });
  app.addHook("onResponse", async (request, reply) => {
    const label = {
      method: knownMethods.has(request.method) ? request.method : "other",
      route: request.routeOptions.url ?? "none",
      status: String(reply.statusCode),
    };
    requests.inc(label);
    seconds.observe(label, reply.elapsedTime / 1000);
    request.log.debug({ req: request, res: reply, milliseconds: Math.round(reply.elapsedTime) }, "answered");
  });
  app.get(
    "/metrics",
    { schema: operationSchema("metrics", "Figures for Prometheus", Type.String(), "text/plain") },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()),
  );
}

/** Documentation of a route for operators. */
export function operationSchema(operationId: string, summary: string, answer: TSchema, mediaType = "application/json") {
  const response = { 200: { description: summary, content: { [mediaType]: { schema: answer } } } };
  return { operationId, summary, tags: ["Operation"], response };
}
