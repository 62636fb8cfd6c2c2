/** `/v1/commands`: ask, follow, take back. */
import type { FastifyPluginAsync } from "fastify";
import Type, { type Static } from "typebox";
import { invalidFields, notFound } from "../errors/platform-error.ts";
import { pageBody, pageOf, pageSchema, pagingParameters } from "../http/paging.ts";
import type { Principal } from "../http/principal.ts";
import { route } from "../http/route.ts";
import type { CommandName } from "../registry/commands/index.ts";
import type { RelationalStore } from "../stores/relational/relational-store.ts";
import { listCommandDevices, listCommands, readCommand } from "./command-queries.ts";
import type { Commands } from "./commands.ts";
import type { NamedDevice, NewCommand, Requester, SubmittedCommand } from "./new-command.ts";
import {
  CancelBody,
  CancelledCommand,
  Command,
  CommandDevice,
  commandFilters,
  commandParameters,
  deviceFilters,
  NewCommandBody,
  TakenCommand,
} from "./schemas.ts";

export interface CommandRouteDependencies {
  readonly relational: RelationalStore;
  readonly pageSize: number;
  readonly commands: Pick<Commands, "submit" | "cancel">;
}

export function commandRoutes({ relational, pageSize, commands }: CommandRouteDependencies): FastifyPluginAsync {
  const { db } = relational;
  const tag = "Commands";
  return async (app) => {
    route(app, {
      ...{ method: "POST", path: "/v1/commands", tag, operationId: "commands_create" },
      summary: "Give a command to meters",
      description:
        "Keeps the command with one row for each device and carries it out as soon as each meter can be reached, until it expires. What can never be done is refused at once, for that device alone.",
      body: NewCommandBody,
      bodyLimit,
      responses: {
        201: { description: "The command is kept", schema: TakenCommand },
        200: { description: "It was asked for before with the same key, or was only tried", schema: TakenCommand },
      },
      handler: async ({ body, principal, raw }, reply) => {
        const submitted = await commands.submit(newCommand(body, raw.headers["idempotency-key"]), requester(principal));
        reply.code(submitted.repeated || submitted.id === undefined ? 200 : 201);
        return taken(submitted);
      },
    });
    route(app, {
      ...{ method: "GET", path: "/v1/commands", tag, operationId: "commands_list" },
      summary: "List commands",
      description: "Newest first, with how many of their devices are in which state.",
      query: Type.Object({ ...pagingParameters, ...commandFilters }),
      responses: { 200: { description: "A page of commands", schema: pageSchema(Command) } },
      handler: async ({ query, scope, address }) => {
        const page = pageOf(query, pageSize);
        return pageBody(address, page, await listCommands(db, query, scope, page));
      },
    });
    route(app, {
      ...{ method: "GET", path: "/v1/commands/:id", tag, operationId: "commands_read" },
      summary: "Read a command",
      params: commandParameters,
      responses: { 200: { description: "The command", schema: Command } },
      handler: async ({ params, scope }) => (await readCommand(db, params.id, scope)) ?? missing(),
    });
    route(app, {
      ...{ method: "GET", path: "/v1/commands/:id/devices", tag, operationId: "commands_devices_list" },
      summary: "List how far a command got with each device",
      description: "In the order of the request.",
      params: commandParameters,
      query: Type.Object({ ...pagingParameters, ...deviceFilters }),
      responses: { 200: { description: "A page of devices", schema: pageSchema(CommandDevice) } },
      handler: async ({ params, query, scope, address }) => {
        const page = pageOf(query, pageSize);
        return pageBody(address, page, (await listCommandDevices(db, params.id, query, scope, page)) ?? missing());
      },
    });
    route(app, {
      ...{ method: "POST", path: "/v1/commands/:id/cancel", tag, operationId: "commands_cancel_create" },
      summary: "Take a command back",
      description: "For each device that was not reached yet: up to status level 2.",
      params: commandParameters,
      body: CancelBody,
      bodyLimit,
      responses: { 200: { description: "For which devices", schema: CancelledCommand } },
      handler: async ({ params, body, principal }) => {
        const which = { command: params.id, devices: body.devices && namedDevices(body.devices) };
        const devices = await commands.cancel(which, requester(principal), body.reason ?? "");
        return {
          cancelled_count: devices.filter(({ cancelled }) => cancelled).length,
          not_cancelled: devices.flatMap(({ row, globalDeviceId, cancelled, remark }) =>
            cancelled
              ? []
              : {
                  meter_device: row?.meterDevice ?? null,
                  global_device_id: globalDeviceId ?? null,
                  status_level: row?.statusLevel ?? null,
                  remark: remark ?? null,
                },
          ),
        };
      },
    });
  };
}

/** The longest list of devices by id. */
const bodyLimit = 8 * 1024 * 1024;
/** Refused devices in an answer; all of them are in the list of devices. */
const refusedShown = 100;

function requester({ scope, username }: Principal): Requester {
  return { scope, origin: "api", name: username };
}

/** @throws PlatformError `invalid` */
function newCommand(body: Static<typeof NewCommandBody>, header: string | readonly string[] | undefined): NewCommand {
  const { command, parameters = {}, devices, filter, organization, priority } = body;
  if (devices !== undefined && filter !== undefined)
    throw invalidFields({ filter: "Give devices or a filter, not both." });
  const key = body.idempotency_key ?? (typeof header === "string" ? header : undefined);
  return {
    command: command as CommandName,
    parameters,
    devices: devices ? namedDevices(devices) : filter,
    organization: organization?.toLowerCase(),
    idempotencyKey: key,
    expiresAt: body.expires_at === undefined ? undefined : Date.parse(body.expires_at),
    expiresInSeconds: body.expires_in_seconds,
    priority,
    dryRun: body.dry_run,
  };
}

/** @throws PlatformError `invalid` when a device has no name, or two */
function namedDevices(devices: readonly { id?: string; global_device_id?: string }[]): NamedDevice[] {
  return devices.map(({ id, global_device_id: globalDeviceId }, index) => {
    if (id !== undefined && globalDeviceId === undefined) return { id };
    if (globalDeviceId !== undefined && id === undefined) return { globalDeviceId };
    throw invalidFields({ devices: `${index}: Give id or global_device_id.` });
  });
}

function taken({ devices, ...submitted }: SubmittedCommand): Static<typeof TakenCommand> {
  const refused = devices.filter(({ accepted }) => !accepted);
  return {
    id: submitted.id ?? null,
    organization: submitted.organization,
    command: submitted.command,
    priority: submitted.priority,
    created_at: new Date(submitted.createdAt).toISOString(),
    expires_at: new Date(submitted.expiresAt).toISOString(),
    repeated: submitted.repeated,
    dry_run: submitted.id === undefined,
    device_count: devices.length,
    accepted_count: devices.length - refused.length,
    refused_count: refused.length,
    refused: refused.slice(0, refusedShown).map(({ meterDevice, globalDeviceId, cause, remark }) => ({
      meter_device: meterDevice ?? null,
      global_device_id: globalDeviceId ?? null,
      cause: cause ?? "",
      remark: remark ?? "",
    })),
  };
}

function missing(): never {
  throw notFound();
}
