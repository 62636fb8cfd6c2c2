import type { FastifyInstance, FastifyRequest } from "fastify";
import { PlatformError } from "../errors/platform-error.ts";
import type { Authenticator, Principal } from "./principal.ts";

/**
 * Who may call a route. `public`: everybody. `read`: everybody who is signed in. `write` and `staff`: staff with a Token
 * (a JWT reads only). `session`: holders of a JWT.
 */
export type Access = "public" | "read" | "write" | "staff" | "session";

export interface RouteEntry {
  readonly method: string;
  readonly path: string;
  readonly access: Access;
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** Without it a route below /v1 asks for staff, and any other is public. */
    access?: Access;
  }
  interface FastifyRequest {
    principal: Principal | null;
  }
  interface FastifyInstance {
    /** Every route and who may call it, in the order they were added: what tests of rights go through. */
    readonly routeTable: readonly RouteEntry[];
  }
}

/** Finds out who asks before anything of the body is read, and refuses who may not. */
export function authenticateRequests(app: FastifyInstance, authenticator: Authenticator): void {
  const table: RouteEntry[] = [];
  app.decorate("routeTable", table);
  app.addHook("onRoute", ({ method, url, config }) => {
    const access = config?.access ?? defaultAccess(url);
    for (const name of [method].flat()) table.push({ method: name, path: url, access });
  });
  app.decorateRequest("principal", null);
  app.addHook("onRequest", async (request) => {
    const access = accessOf(request);
    if (access === "public") return;
    const { authorization } = request.headers;
    // Where a JWT alone helps, nobody is asked for a Token.
    if (access === "session" && !authorization)
      throw new PlatformError("not_authenticated", { details: { scheme: "JWT" } });
    request.principal = await authenticator.authenticate(authorization);
    if (!allowed(access, request.principal)) throw new PlatformError("permission_denied");
  });
}

function accessOf(request: FastifyRequest): Access {
  if (request.is404) return "public";
  return request.routeOptions.config.access ?? defaultAccess(request.routeOptions.url ?? "");
}

/** @returns the access of a route that does not name one */
export function defaultAccess(path: string): Access {
  return path.startsWith("/v1") ? "staff" : "public";
}

function allowed(access: Access, { scheme, scope }: Principal): boolean {
  if (access === "session") return scheme === "JWT";
  return access === "read" || scope.staff;
}
