import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { PlatformError } from "../errors/platform-error.ts";

/** Paths of the application and the methods each one serves. */
interface ServedPath {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

/**
 * Answers requests that no route takes: 405 with Allow where the path exists under another method, a description for
 * OPTIONS, and otherwise what `elsewhere` says (404 without it).
 */
export function answerOtherMethods(
  app: FastifyInstance,
  elsewhere?: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown> | undefined,
): void {
  const paths = new Map<string, ServedPath>();
  app.addHook("onRoute", ({ url, method }) => {
    const path = url.replace(/\/$/, "") || "/";
    const served = paths.get(path) ?? { pattern: patternOf(path), methods: new Set() };
    for (const name of [method].flat()) served.methods.add(name);
    paths.set(path, served);
  });

  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split("?", 1)[0]!.replace(/\/$/, "") || "/";
    const served = mostExact([...paths.values()].filter(({ pattern }) => pattern.test(path)));
    if (!served) return (await elsewhere?.(request, reply)) ?? Promise.reject(new PlatformError("not_found"));
    const allow = [...new Set([...served.methods, "OPTIONS"])].sort().join(", ");
    if (request.method === "OPTIONS") return reply.code(200).header("allow", allow).send(description(served));
    throw new PlatformError("method_not_allowed", {
      message: `Method "${request.method}" not allowed.`,
      details: { allow },
    });
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
