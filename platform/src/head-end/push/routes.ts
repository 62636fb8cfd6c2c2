/** What staff sees of pushes, and what everybody may know of models: extensions of the contract. */
import type { FastifyPluginAsync } from "fastify";
import Type, { type TSchema } from "typebox";
import { pageBody, pageOf, pageSchema, pagingParameters } from "../../http/paging.ts";
import { route } from "../../http/route.ts";
import { dlmsProfiles } from "../../registry/protocols/dlms-profiles.ts";
import type { RelationalStore } from "../../stores/relational/relational-store.ts";
import { listUnknownPushers, pushRefusals } from "./unknown-pushers.ts";

export interface PushRouteDependencies {
  readonly relational: RelationalStore;
  /** Rows of a page without `limit`. */
  readonly pageSize: number;
}

export function pushRoutes({ relational, pageSize }: PushRouteDependencies): FastifyPluginAsync {
  return async (app) => {
    route(app, {
      method: "GET",
      path: "/v1/unknown-pushers/",
      operationId: "unknown-pushers_list",
      tag: "Push",
      summary: "List who pushed and was turned away",
      description:
        "The latest first; a bounded list, the longest silent are forgotten. Senders of every organization and of none.",
      access: "staff",
      query: Type.Object(pagingParameters),
      responses: { 200: { description: "A page of senders", schema: pageSchema(UnknownPusher) } },
      handler: async ({ query, address }) => {
        const page = pageOf(query, pageSize);
        return pageBody(address, page, await listUnknownPushers(relational.db, page));
      },
    });
    route(app, {
      method: "GET",
      path: "/v1/dlms-profiles/",
      operationId: "dlms-profiles_list",
      tag: "Meter device types",
      summary: "List the DLMS models known to differ from the standard",
      description: "A name is set as profile in dlms_settings; each quirk has its reason and source.",
      query: Type.Object(pagingParameters),
      responses: { 200: { description: "A page of profiles", schema: pageSchema(DlmsProfile) } },
      handler: ({ query, address }) => {
        const page = pageOf(query, pageSize);
        const rows = dlmsProfiles.slice(page.offset, page.offset + page.limit);
        return pageBody(address, page, { count: dlmsProfiles.length, rows });
      },
    });
  };
}

const maybe = (schema: TSchema & { type?: unknown }) => Type.Unsafe({ ...schema, type: [schema.type, "null"] });
const instant = (description: string) => Type.String({ format: "date-time", description });

const UnknownPusher = Type.Object(
  {
    id: Type.Integer(),
    transport: Type.Unsafe<string>({ type: "string", enum: ["tcp", "udp"] }),
    source_address: Type.String(),
    source_port: Type.Integer({ description: "Of the last push" }),
    reason: Type.Unsafe<string>({ type: "string", enum: Object.keys(pushRefusals) }),
    sentence: Type.String({ description: "The reason in words" }),
    advice: Type.String({ description: "What to do about it" }),
    detail: maybe(Type.String({ description: "What exactly was wrong with the last push" })),
    system_title: maybe(Type.String({ description: "As the push carries it" })),
    logical_device_name: maybe(Type.String({ description: "As the push or heartbeat says it" })),
    organization: maybe(Type.String({ format: "uuid", description: "Of the meter, when it is known and refused" })),
    meter_device: maybe(Type.String({ format: "uuid", description: "The meter, when it is known and refused" })),
    pushes: Type.Integer({ description: "How many were turned away" }),
    first_seen: instant("First push"),
    last_seen: instant("Last push"),
  },
  { $id: "UnknownPusher" },
);

const DlmsProfile = Type.Object(
  {
    name: Type.String({ description: "What to set as profile" }),
    title: Type.String({ description: "Maker and model" }),
    settings: Type.Unsafe<object>({ type: "object", additionalProperties: true }),
    commands: Type.Optional(
      Type.Unsafe<object>({
        type: "object",
        additionalProperties: true,
        description: "Commands whose values the model keeps in objects of its own, or in none, with the reason",
      }),
    ),
    quirks: Type.Array(
      Type.Object({
        setting: maybe(Type.String({ description: "The setting it is the reason of; null when none is needed" })),
        command: Type.Optional(Type.String({ description: "The command whose objects it is the reason of" })),
        reason: Type.String(),
        source: Type.String(),
      }),
    ),
  },
  { $id: "DlmsProfile" },
);
