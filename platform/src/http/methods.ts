import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { PlatformError } from "../errors/platform-error.ts";

/** A path of the application and the methods it serves. */
export interface ServedPath {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

/** @returns every path of the routes that are added from now on, kept up to date */
export function servedPaths(app: FastifyInstance): ReadonlyMap<string, ServedPath> {
  const paths = new Map<string, ServedPath>();
  app.addHook("onRoute", ({ url, method }) => {
    const path = url.replace(/\/$/, "") || "/";
    const served = paths.get(path) ?? { pattern: patternOf(path), methods: new Set() };
    for (const name of [method].flat()) served.methods.add(name);
    paths.set(path, served);
  });
  return paths;
}

/**
 * Refuses a method where only a route with a parameter takes it: `PATCH …/memberships` is the list of memberships, not
 * an organization of that id.
 */
export function preferExactPaths(app: FastifyInstance, paths: ReadonlyMap<string, ServedPath>): void {
  app.addHook("onRequest", async (request) => {
    const served = paths.get(pathOf(request));
    if (served && !served.methods.has(request.method) && request.method !== "OPTIONS") refuseMethod(request, served);
  });
}

/**
 * Answers a request that no route takes: 405 with Allow where the path exists under another method, a description for
 * OPTIONS, and otherwise 404.
 */
export function answerUnserved(
  paths: ReadonlyMap<string, ServedPath>,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const path = pathOf(request);
  const served = paths.get(path) ?? [...paths.values()].find(({ pattern }) => pattern.test(path));
  if (!served) throw new PlatformError("not_found");
  if (request.method === "OPTIONS") return reply.code(200).header("allow", allowed(served)).send(description(served));
  return refuseMethod(request, served);
}

function refuseMethod({ method }: FastifyRequest, served: ServedPath): never {
  throw new PlatformError("method_not_allowed", {
    message: `Method "${method}" not allowed.`,
    details: { allow: allowed(served) },
  });
}

function allowed({ methods }: ServedPath): string {
  return [...new Set([...methods, "OPTIONS"])].sort().join(", ");
}

function pathOf({ url }: FastifyRequest): string {
  return url.split("?", 1)[0]!.replace(/\/$/, "") || "/";
}

function patternOf(path: string): RegExp {
  const parts = path.split("/").map((part) => (part.startsWith(":") ? "[^/]+" : part.replaceAll(/[^\w-]/g, "\\$&")));
  return new RegExp(`^${parts.join("/").replace("\\*", ".*")}$`);
}

function description({ methods }: ServedPath) {
  return {
    renders: ["application/json"],
    parses: ["POST", "PUT", "PATCH"].some((method) => methods.has(method)) ? ["application/json"] : [],
  };
}
