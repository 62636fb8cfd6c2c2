import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import {
  configs,
  devices,
  latestReadingsOf,
  networkInterfaces,
  organizations,
  readingsOf,
  runsOf,
  series,
  statusOf,
  types,
} from "./fake-neighborhood.ts";

/** What a test may change while the fake platform runs. */
export interface Behavior {
  /** Seconds a token lives. */
  lifetime: number;
  /** Whether tokens are still taken. */
  tokensTaken: boolean;
  /** Status that paths starting so are answered with, instead of what they hold. */
  failing: Record<string, number>;
  /** Milliseconds before an answer. */
  delay: number;
  /** Registered devices; the neighborhood's by default. */
  devices: typeof devices;
}

export interface FakePlatform {
  readonly origin: string;
  readonly behavior: Behavior;
  /** Path and query of every API request, in order. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** What the platform sends with the portal: nothing from elsewhere, no inline script. */
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const mediaTypes: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

/** Rows of one page at most, as the platform has it. */
const pageRows = 10_000;

/** An API in memory with the platform's shapes, and the built portal beside it, on a port of its own. */
export async function startFakePlatform(portal: string): Promise<FakePlatform> {
  const behavior: Behavior = { lifetime: 1200, tokensTaken: true, failing: {}, delay: 0, devices };
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://portal");
    if (!url.pathname.startsWith("/v1/")) return sendPortal(portal, url.pathname, response);
    requests.push(url.pathname + url.search);
    const sent = request.method === "POST" ? await bodyOf(request) : {};
    await new Promise((resolve) => setTimeout(resolve, behavior.delay));
    const { status, body } = answer(request, url, sent, behavior);
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    behavior,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  status: number;
  body: unknown;
}

function answer(request: IncomingMessage, url: URL, body: Record<string, string>, behavior: Behavior): Answer {
  const path = url.pathname.slice("/v1/".length);
  const failing = Object.entries(behavior.failing).find(([start]) => path.startsWith(start));
  if (failing) return { status: failing[1], body: { detail: "A server error occurred." } };
  if (path === "auth/jwt/token/") return signIn(body, behavior);
  const organization = organizationOf(request.headers.authorization);
  if (!organization || !behavior.tokensTaken) return { status: 401, body: { detail: "Signature has expired." } };
  if (path === "auth/jwt/renew/") return { status: 200, body: { token: tokenFor(organization, behavior) } };
  if (path === "auth/jwt/change-organization/")
    return { status: 201, body: { token: tokenFor(body.organization!, behavior) } };
  const found = resources(organization, behavior, url)[path];
  return found === undefined ? { status: 404, body: { detail: "Not found." } } : { status: 200, body: found() };
}

function resources(organization: string, behavior: Behavior, url: URL): Record<string, () => unknown> {
  const all: Record<string, () => unknown> = {};
  const own = behavior.devices.filter((device) => device.organization === organization);
  const searched = (url.searchParams.get("search") ?? "").toLowerCase();
  const protocol = url.searchParams.get("protocol");
  const name = url.searchParams.get("name");
  const found = own.filter((device) => {
    const known = [device.name, device.external_system_reference ?? "", device.manufacturer_serial ?? ""];
    if (protocol && device.protocol !== protocol) return false;
    return (!name || device.name === name) && known.some((text) => text.toLowerCase().includes(searched));
  });
  all["auth/jwt/organizations/"] = () => pageOf(organizations, url);
  all["metering/meter-devices"] = () => pageOf(found, url);
  all["devices/status"] = () => pageOf(found.map(statusOf), url);
  all["metering/meter-readings"] = () => pageOf(readingsOf(url.searchParams), url);
  all["runs/"] = () => pageOf(runsOf(url.searchParams), url);
  for (const device of own) {
    all[`metering/meter-devices/${device.id}`] = () => device;
    all[`metering/meter-devices/${device.id}/latest-readings`] = () => pageOf(latestReadingsOf(device), url);
  }
  for (const type of types) all[`metering/meter-device-types/${type.id}`] = () => type;
  for (const config of configs) all[`metering/meter-device-configs/${config.id}`] = () => config;
  for (const one of series) all[`metering/meter-reading-series/${one.id}`] = () => one;
  for (const network of networkInterfaces) all[`metering/network-interfaces/${network.id}`] = () => network;
  return all;
}

function pageOf<Row>(rows: readonly Row[], url: URL) {
  const limit = Math.min(Number(url.searchParams.get("limit") ?? 100), pageRows);
  const offset = Number(url.searchParams.get("offset") ?? 0);
  return {
    count: rows.length,
    next: offset + limit < rows.length ? url.href : null,
    previous: offset > 0 ? url.href : null,
    results: rows.slice(offset, offset + limit),
  };
}

function signIn({ username, password }: Record<string, string>, behavior: Behavior): Answer {
  if (username !== "operator" || password !== "right password")
    return { status: 400, body: { non_field_errors: ["Unable to log in with provided credentials."] } };
  behavior.tokensTaken = true;
  return { status: 201, body: { token: tokenFor(organizations[0]!.id, behavior) } };
}

function tokenFor(organization: string, { lifetime }: Behavior): string {
  const iat = Math.floor(Date.now() / 1000);
  const claims = {
    user_id: "u",
    username: "operator",
    email: "",
    organization_id: organization,
    iat,
    orig_iat: iat,
    exp: iat + lifetime,
  };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part(claims)}.signature`;
}

function organizationOf(authorization = ""): string | undefined {
  const [scheme, token = ""] = authorization.split(" ");
  if (scheme !== "JWT") return undefined;
  return JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString()).organization_id;
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, string>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString());
}

async function sendPortal(portal: string, path: string, response: ServerResponse): Promise<void> {
  const wanted = extname(path) ? path : "/index.html";
  const content = await readFile(join(portal, normalize(wanted))).catch(() => undefined);
  if (!content) return void response.writeHead(404).end();
  response.writeHead(200, {
    "Content-Type": mediaTypes[extname(wanted)] ?? "application/octet-stream",
    "Content-Security-Policy": contentSecurityPolicy,
  });
  response.end(content);
}
