import { existsSync, readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { portalPolicy } from "./security-headers.ts";

const page = "index.html";

/** The build names these files by their content. */
const immutable = /^assets\//;
const forever = "public, max-age=31536000, immutable";
const checkEachTime = "no-cache";

/** Answers a request with a file of the portal; undefined when there is none for it. */
export type PortalAnswer = (request: FastifyRequest, reply: FastifyReply) => FastifyReply | undefined;

/**
 * Prepares to serve the built portal. Only files that are there at the start are served, by their exact names: no path
 * of a request ever reaches the file system. Addresses of the portal's own (its history) all get its page.
 * @param directory of the build; when it has no page, nothing is served
 * @param isApi tells addresses that never are a page
 */
export async function preparePortal(
  app: FastifyInstance,
  directory: string | undefined,
  isApi: (path: string) => boolean,
): Promise<PortalAnswer> {
  if (!directory || !existsSync(join(directory, page))) return () => undefined;
  await app.register(fastifyStatic, { root: directory, serve: false, cacheControl: false });
  const files = new Set(filesBelow(directory));
  return (request, reply) => {
    if (request.method !== "GET" && request.method !== "HEAD") return undefined;
    const path = request.url.split("?", 1)[0]!;
    const asked = path.slice(1);
    const file = files.has(asked) ? asked : isPage(request, path) && !isApi(path) ? page : undefined;
    if (file === undefined) return undefined;
    reply.header("content-security-policy", portalPolicy);
    reply.header("cache-control", immutable.test(file) ? forever : checkEachTime);
    return reply.code(200).sendFile(file);
  };
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join("/"));
}

/** A browser that goes to an address asks for HTML; a missing image or script must stay missing. */
function isPage({ headers }: FastifyRequest, path: string): boolean {
  return path === "/" || (headers.accept?.includes("text/html") === true && !path.split("/").at(-1)!.includes("."));
}
