import { createServer, type Server } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import { type ErrorCodeName, errorCodes } from "../errors/codes.ts";
import { PlatformError } from "../errors/platform-error.ts";
import { problemDocument } from "./error-rendering.ts";
import { limits } from "./limits.ts";

export interface ListenOptions {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  /** Certificate and key in PEM: with them the listener speaks HTTPS. */
  readonly tls?: { readonly certificate: string | Buffer; readonly key: string | Buffer };
}

/**
 * Opens a listener of the application: plain HTTP once, HTTPS as often as wanted. All close with the application.
 * @returns the port. @throws Error of Node when the address cannot be had
 */
export async function listen(app: FastifyInstance, { host, port, tls }: ListenOptions): Promise<number> {
  if (tls) return listenSecurely(app, host, port, tls);
  app.server.maxConnections = limits.connections;
  await app.listen({ host, port });
  return (app.server.address() as AddressInfo).port;
}

async function listenSecurely(
  app: FastifyInstance,
  host: string,
  port: number,
  tls: NonNullable<ListenOptions["tls"]>,
): Promise<number> {
  await app.ready();
  const server = createServer(
    {
      ...{ cert: tls.certificate, key: tls.key, minVersion: "TLSv1.2" },
      ...{ maxHeaderSize: limits.headerBytes, headersTimeout: limits.headersTimeoutMilliseconds },
      requestTimeout: limits.requestTimeoutMilliseconds,
      keepAliveTimeout: limits.keepAliveTimeoutMilliseconds,
      handshakeTimeout: limits.headersTimeoutMilliseconds,
    },
    (request, response) => app.routing(request, response),
  );
  server.setTimeout(limits.connectionTimeoutMilliseconds);
  server.maxConnections = limits.connections;
  server.on("clientError", answerBrokenRequest);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, host, resolve);
  });
  closers.get(app)?.add(server) ?? closers.set(app, new Set([server]));
  return (server.address() as AddressInfo).port;
}

/** HTTPS servers of each application, to close with it. */
const closers = new WeakMap<FastifyInstance, Set<Server>>();

/** Makes the application close its HTTPS listeners too. Called before it is ready. */
export function closeListenersWith(app: FastifyInstance): void {
  app.addHook("preClose", async () => {
    for (const server of closers.get(app) ?? []) {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      await closed;
    }
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
  if (socket.writable) socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
  else socket.destroy();
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
