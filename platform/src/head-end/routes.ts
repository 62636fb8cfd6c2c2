/** `/metering/amr-tasks/invoke` of the contract, and our own: runs, the status of devices, pushes. */
import type { FastifyPluginAsync } from "fastify";
import Type, { type TSchema } from "typebox";
import { notFound } from "../errors/platform-error.ts";
import { pageBody, pageOf, pageSchema, pagingParameters } from "../http/paging.ts";
import { route } from "../http/route.ts";
import { deviceSearchParameter } from "../registry/device-search.ts";
import { executionTypeNames } from "../registry/task-calls.ts";
import type { RelationalStore } from "../stores/relational/relational-store.ts";
import { causes } from "./causes.ts";
import { type Clock, systemClock } from "./clock.ts";
import { pushRoutes } from "./push/routes.ts";
import { invoke } from "./runs/on-demand.ts";
import { listRuns, mostCounted, readRun } from "./runs/run-queries.ts";
import { defaultSettings } from "./settings.ts";
import { countedContacts } from "./status/device-status.ts";
import { listStatuses } from "./status/status-queries.ts";

export interface HeadEndRouteDependencies {
  readonly relational: RelationalStore;
  /** Rows of a page without `limit`. */
  readonly pageSize: number;
  /** Told after a run was added; absent in a process without a head-end, whose runs are found by polling. */
  readonly headEnd?: { wake(): void };
  readonly clock?: Pick<Clock, "now">;
  readonly maxWaitingOnDemandPerDevice?: number;
}

export function headEndRoutes(dependencies: HeadEndRouteDependencies): FastifyPluginAsync {
  const { relational, pageSize, headEnd, clock = systemClock } = dependencies;
  const mostWaiting = dependencies.maxWaitingOnDemandPerDevice ?? defaultSettings.maxWaitingOnDemandPerDevice;
  return async (app) => {
    await app.register(pushRoutes({ relational, pageSize }));
    route(app, {
      method: "POST",
      path: "/v1/metering/amr-tasks/invoke",
      operationId: "metering_amr-tasks_invoke_create",
      tag: "AMR tasks",
      summary: "Run a task call on demand",
      description:
        "Takes a meter device and a call, and runs it ahead of everything scheduled. No task is kept; the run is found at /v1/runs/.",
      body: Invocation,
      responses: { 201: { description: "The run waits in the queue" } },
      handler: async ({ body, scope }) => {
        await invoke(relational.db, body, scope, clock.now(), mostWaiting);
        headEnd?.wake();
      },
    });
    route(app, {
      method: "GET",
      path: "/v1/runs/",
      operationId: "runs_list",
      tag: "Runs",
      summary: "List runs",
      description: `Runs of scheduled and invoked task calls, newest first. At most ${mostCounted} are counted.`,
      query: Type.Object({ ...pagingParameters, ...runFilters }),
      responses: { 200: { description: "A page of runs", schema: pageSchema(Run) } },
      handler: async ({ query, scope, address }) => {
        const page = pageOf(query, pageSize);
        return pageBody(address, page, await listRuns(relational.db, query, scope, page));
      },
    });
    route(app, {
      method: "GET",
      path: "/v1/runs/:id",
      operationId: "runs_read",
      tag: "Runs",
      summary: "Read a run",
      params: runParameters,
      responses: { 200: { description: "The run with its result", schema: RunWithResult } },
      handler: async ({ params, scope }) => {
        const run = await readRun(relational.db, params.id, scope);
        if (!run) throw notFound();
        return run;
      },
    });
    route(app, {
      method: "GET",
      path: "/v1/devices/status",
      operationId: "devices_status_list",
      tag: "Meter devices",
      summary: "List how meters answered last",
      description: "Every meter in the order of creation, as in the list of meter devices.",
      query: Type.Object({
        ...pagingParameters,
        name: Type.Optional(Type.String({ description: "Exact name of the meter device." })),
        protocol: Type.Optional(Type.String({ description: "Protocol of the meter device." })),
        search: Type.Optional(deviceSearchParameter),
      }),
      responses: { 200: { description: "A page of statuses", schema: pageSchema(DeviceStatus) } },
      handler: async ({ query, scope, address }) => {
        const page = pageOf(query, pageSize);
        return pageBody(address, page, await listStatuses(relational.db, query, scope, page));
      },
    });
  };
}

const uuid = (description: string) => Type.String({ format: "uuid", description });
const maybe = (schema: TSchema & { type?: unknown }) => Type.Unsafe({ ...schema, type: [schema.type, "null"] });
const instant = (description: string) => Type.String({ format: "date-time", description });
const count = (description: string) => Type.Integer({ description });

const states = ["waiting", "running", "succeeded", "failed", "superseded"];
const causeCodes = Object.keys(causes);

const Invocation = Type.Object(
  {
    meter_device: uuid("Meter device"),
    meter_execution_type: Type.Unsafe<string>({
      type: "string",
      enum: executionTypeNames,
      description: "The execution interface of the call",
    }),
    task_call: Type.String({
      minLength: 1,
      maxLength: 50,
      description: "The function to call on the execution interface",
    }),
    task_kwargs: Type.Optional(
      Type.Unsafe<Record<string, unknown> | null>({
        type: ["object", "null"],
        description: "Keyword arguments of the call",
      }),
    ),
    run_offset_seconds: Type.Optional(
      Type.Integer({
        minimum: -(2 ** 31),
        maximum: 2 ** 31 - 1,
        description: "The run starts no sooner than so many seconds from now; a negative value counts as 0.",
      }),
    ),
  },
  { $id: "AmrTaskInvocation", additionalProperties: false },
);

const runFilters = {
  meter_device: Type.Optional(uuid("Runs of this meter device.")),
  amr_task: Type.Optional(uuid("Runs of this task.")),
  state: Type.Optional(Type.Unsafe<string>({ type: "string", enum: states })),
  cause: Type.Optional(
    Type.Unsafe<string>({ type: "string", enum: causeCodes, description: "Runs whose last attempt failed so." }),
  ),
};

const runParameters = Type.Object({
  id: Type.Integer({
    minimum: 1,
    maximum: Number.MAX_SAFE_INTEGER,
    description: "A unique integer value identifying this run.",
  }),
});

const runProperties = {
  id: Type.Integer(),
  organization: uuid("Organization"),
  meter_device: uuid("Meter device"),
  meter_device_name: Type.String(),
  amr_task: maybe(uuid("Task; null for a run on demand")),
  amr_task_name: maybe(Type.String()),
  origin: Type.String({ description: "schedule, on-demand or command" }),
  command: maybe(uuid("The command that the run carries out, at /v1/commands/{id}")),
  meter_execution_type: Type.String(),
  task_call: Type.String({ description: "Call of the task, or name of the command" }),
  task_kwargs: Type.Unsafe<object>({
    type: "object",
    additionalProperties: true,
    description: "Arguments of the call; parameters of a command are with the command",
  }),
  state: Type.Unsafe<string>({
    type: "string",
    enum: states,
    description: "superseded: a newer period was due before it began.",
  }),
  attempts: count("Attempts so far"),
  due_at: instant("The period's begin, or when the run was asked for"),
  not_before: instant("When it starts at the earliest; after a failure, when it is tried again"),
  started_at: maybe(instant("Begin of the last attempt")),
  finished_at: maybe(instant("End of the run; null until it succeeded or was given up")),
  duration_seconds: maybe(Type.Number({ description: "Of the last attempt" })),
  bytes_sent: count("Over all attempts"),
  bytes_received: count("Over all attempts"),
  rows_read: count("Rows or values the meter delivered"),
  readings_stored: count("Readings that are durable"),
  cause: maybe(Type.String({ description: "Code of why the last attempt failed" })),
  cause_sentence: maybe(Type.String({ description: "The cause in words" })),
  cause_advice: maybe(Type.String({ description: "What to do about it" })),
  cause_detail: maybe(Type.String({ description: "What exactly happened" })),
  notes: Type.Array(Type.String(), { description: "What was left out without failing the run" }),
  created_at: instant("When the run was made"),
};
const Run = Type.Object(runProperties, { $id: "Run" });
const RunWithResult = Type.Object(
  { ...runProperties, result: Type.Unsafe<unknown>({ description: "What the call returned beside readings" }) },
  { $id: "RunWithResult" },
);

const DeviceStatus = Type.Object(
  {
    meter_device: uuid("Meter device"),
    name: Type.String(),
    organization: maybe(uuid("Organization")),
    last_attempt: maybe(instant("Last time the meter was called")),
    last_contact: maybe(instant("Last time it answered")),
    last_success: maybe(instant("Last time something was read or done")),
    last_cause: maybe(Type.String({ description: "Code of why something failed at the last contact" })),
    last_cause_sentence: maybe(Type.String({ description: "That cause in words" })),
    last_cause_advice: maybe(Type.String({ description: "What to do about it" })),
    success_percent: maybe(Type.Number({ description: `Successful ones of the last ${countedContacts} contacts` })),
    counted_contacts: count(`Contacts counted, at most ${countedContacts}`),
    consecutive_failures: count("Contacts that failed since the last success"),
    clock_drift_seconds: maybe(
      Type.Number({ description: "Meter minus UTC when the clock was last read, before it was set" }),
    ),
    clock_read_at: maybe(instant("When the clock was last read")),
    clock_set_at: maybe(instant("When the clock was last set")),
  },
  { $id: "DeviceStatus" },
);
