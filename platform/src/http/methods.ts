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
 * Answers a request that no route takes: 405 with Allow where the path exists under another method, a description for
 * OPTIONS, and otherwise 404.
 */
export function answerUnserved(
  paths: ReadonlyMap<string, ServedPath>,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const path = request.url.split("?", 1)[0]!.replace(/\/$/, "") || "/";
  const served = mostExact([...paths.values()].filter(({ pattern }) => pattern.test(path)));
  if (!served) throw new PlatformError("not_found");
  const allow = [...new Set([...served.methods, "OPTIONS"])].sort().join(", ");
  if (request.method === "OPTIONS") return reply.code(200).header("allow", allow).send(description(served));
  throw new PlatformError("method_not_allowed", {
    message: `Method "${request.method}" not allowed.`,
    details: { allow },
  });
}

function patternOf(path: string): RegExp {
  const parts = path.split("/").map((part) => (part.startsWith(":") ? "[^/]+" : part.replaceAll(/[^\w-]/g, "\\$&")));
  return new RegExp(`^${parts.join("/").replace("\\*", ".*")}$`);
}

/** A path without parameters beats one with: `amr-tasks/invoke` is no task called "invoke". */
function mostExact(served: readonly ServedPath[]): ServedPath | undefined {
  return served.find(({ pattern }) => !pattern.source.includes("[^/]+") && !pattern.source.includes(".*")) ?? served[0];
}

function description({ methods }: ServedPath) {
  return {
    renders: ["application/json"],
    parses: ["POST", "PUT", "PATCH"].some((method) => methods.has(method)) ? ["application/json"] : [],
  };
}
