import type { FastifyPluginAsync } from "fastify";
import Type from "typebox";
import { route } from "../http/route.ts";
import type { RegistryContext } from "./resource.ts";
import { readRow } from "./resource-store.ts";
import { users } from "./resources/users.ts";
import { uuidParameters } from "./schemas.ts";
import { newToken, removeToken, setToken } from "./tokens.ts";

const UserToken = Type.Object(
  { token: Type.String({ description: "40 hexadecimal digits. Shown this once." }) },
  { $id: "UserToken", additionalProperties: false },
);

/** Tokens of staff users: an extension of the contract, which leaves open how they are handed out. */
export function tokenRoutes(context: RegistryContext): FastifyPluginAsync {
  const shared = {
    path: "/v1/users/:id/token",
    tag: users.tag,
    access: "staff",
    params: uuidParameters(users),
  } as const;
  return async (app) => {
    route(app, {
      ...shared,
      method: "POST",
      operationId: "users_token_create",
      summary: "Give a user a new Token",
      description: "The Token the user had before is worthless from now on. Only staff users can use one.",
      responses: { 201: { description: "The new Token", schema: UserToken } },
      handler: async ({ params, scope }) => {
        await readRow(context, users, params.id, scope);
        const token = newToken();
        await setToken(context.db, params.id, token);
        await context.changes.tellChange({ resource: users.name, id: params.id, action: "updated" });
        return { token };
      },
    });
    route(app, {
      ...shared,
      method: "DELETE",
      operationId: "users_token_delete",
      summary: "Take a user's Token away",
      responses: { 204: { description: "The user has no Token" } },
      handler: async ({ params, scope }) => {
        await readRow(context, users, params.id, scope);
        await removeToken(context.db, params.id);
        await context.changes.tellChange({ resource: users.name, id: params.id, action: "updated" });
      },
    });
  };
}
