import type { IncomingMessage } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import { type ErrorCodeName, errorCodes } from "../errors/codes.ts";
import { PlatformError } from "../errors/platform-error.ts";
import { Connections, lingerMilliseconds } from "./connections.ts";
import { problemDocument } from "./error-rendering.ts";
import { limits, type Timeouts } from "./limits.ts";

export interface ListenOptions {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  /** Certificate and key in PEM: with them the listener speaks HTTPS. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer };
}

/**
 * Opens a listener of the application: plain HTTP once, HTTPS as often as wanted. All close with the application.
 * @returns the port. @throws Error of Node when the address cannot be had
 */
export async function listen(app: FastifyInstance, options: ListenOptions): Promise<number> {
  if (options.tls) return listenSecurely(app, options, options.tls);
  app.server.maxConnections = limits.connections;
  await app.listen({ host: options.host, port: options.port });
  return (app.server.address() as AddressInfo).port;
}

async function listenSecurely(
  app: FastifyInstance,
  { host, port }: ListenOptions,
  { cert, key }: NonNullable<ListenOptions["tls"]>,
): Promise<number> {
  await app.ready();
  const { times, servers, connections } = secure.get(app)!;
  const server = createServer(
    {
      ...{ cert, key, minVersion: "TLSv1.2", handshakeTimeout: times.headers },
      ...{ headersTimeout: times.headers, requestTimeout: 0, keepAliveTimeout: times.keepAlive },
      ...{ connectionsCheckingInterval: times.check, maxHeaderSize: limits.headerBytes },
    },
    (request, response) => app.routing(request, response),
  );
  server.setTimeout(times.connection);
  server.maxConnections = limits.connections;
  server.on("clientError", answerBrokenRequest);
  connections.watch(server, "secureConnection");
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, host, resolve);
  });
  servers.add(server);
  return (server.address() as AddressInfo).port;
}

/** HTTPS servers of each application, how long they wait, and who is connected. */
const secure = new WeakMap<
  FastifyInstance,
  { readonly times: Timeouts; readonly servers: Set<Server>; readonly connections: Connections }
>();

/**
 * Prepares an application for its listeners, which close with it: nobody new is let in, whoever waits for an answer gets it,
 * and then is hung up on. Called before it is ready.
 */
export function closeListenersWith(app: FastifyInstance, times: Timeouts): void {
  const servers = new Set<Server>();
  const connections = new Connections();
  secure.set(app, { times, servers, connections });
  connections.watch(app.server, "connection");
  let closed: readonly Promise<unknown>[] = [];
  // Only begun here: rooms must hear of it too, whose answers are waited for.
  app.addHook("preClose", async () => {
    closed = [...servers].map((server) => new Promise((resolve) => server.close(resolve)));
    connections.close();
  });
  app.addHook("onClose", async () => {
    await Promise.all(closed);
  });
}

/** Answers what is no HTTP request at all, or did not arrive in time, and hangs up. */
export function answerBrokenRequest(
  error: NodeJS.ErrnoException,
  socket: Pick<Socket, "destroyed" | "writable" | "end" | "destroy">,
): void {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  const code = brokenRequestCodes[error.code ?? ""] ?? "malformed_request";
  const body = JSON.stringify(problemDocument(new PlatformError(code)));
  const head = [
    `HTTP/1.1 ${errorCodes[code].status} ${reasons[code]}`,
    "Content-Type: application/problem+json; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Error-Code: ${code}`,
    "Connection: close",
  ];
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
  // Hanging up at once could take the answer from a client that is still sending; never would suit one that never stops.
  setTimeout(() => socket.destroy(), lingerMilliseconds).unref();
}

/** Answers a request whose body did not arrive in time. */
export function answerLateRequest({ socket }: IncomingMessage): void {
  answerBrokenRequest({ name: "", message: "", code: "ERR_HTTP_REQUEST_TIMEOUT" }, socket);
}

const brokenRequestCodes: Readonly<Record<string, "request_timeout" | "headers_too_large">> = {
  ERR_HTTP_REQUEST_TIMEOUT: "request_timeout",
  HPE_HEADER_OVERFLOW: "headers_too_large",
};

const reasons = {
  request_timeout: "Request Timeout",
  headers_too_large: "Request Header Fields Too Large",
  malformed_request: "Bad Request",
} satisfies Partial<Record<ErrorCodeName, string>>;
