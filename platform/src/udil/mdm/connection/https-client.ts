/** Requests to one MDC over HTTPS: connections are kept, and whatever it does, time and memory have an end. */

import type { IncomingMessage } from "node:http";
import { Agent, type RequestOptions, request } from "node:https";
import type { Duplex } from "node:stream";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { createGunzip } from "node:zlib";
import { MdcFailure } from "./failures.ts";

export interface HttpsRequest {
  /** Behind host and port. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Until the whole answer is there. */
  readonly milliseconds: number;
}

export interface HttpsAnswer {
  readonly status: number;
  readonly contentType: string | undefined;
  /** The body in the pieces in which it came. */
  readonly chunks: readonly Buffer[];
}

export interface HttpsClient {
  /** @throws MdcFailure `unreachable`, `untrusted`, `timeout`, `cut_off` or `answer_too_long` */
  post(request: HttpsRequest): Promise<HttpsAnswer>;
  /** Ends idle connections and what is under way. */
  close(): void;
}

export interface HttpsClientOptions {
  /** https://host:port; a path is not looked at. */
  readonly baseUrl: string;
  /** Trusts certificates of known authorities only. Not looked at with a pin. */
  readonly verify: boolean;
  /** SHA-256 of the only certificate that is trusted, lower-case hexadecimal. */
  readonly pin?: string | undefined;
  readonly limits?: Partial<HttpsLimits>;
}

export interface HttpsLimits {
  /** Bytes of an answer, unpacked. */
  readonly answerBytes: number;
  /** Connections to one MDC. */
  readonly connections: number;
  /** Until a connection is there and the certificate was looked at. */
  readonly connectMilliseconds: number;
  /** An idle connection is kept so long: shorter than most servers do. */
  readonly keepAliveMilliseconds: number;
}

export const httpsLimits: HttpsLimits = {
  answerBytes: 256 * 1024 * 1024,
  connections: 4,
  connectMilliseconds: 15_000,
  keepAliveMilliseconds: 4_000,
};

export function createHttpsClient(options: HttpsClientOptions): HttpsClient {
  const limits = { ...httpsLimits, ...options.limits };
  const { hostname, port } = new URL(options.baseUrl);
  const agent = new TrustingAgent(options, limits);
  return {
    post: ({ path, headers, body, milliseconds }) =>
      new Promise((resolve, reject) => {
        let connected = false;
        let done = false;
        const outgoing = request(
          {
            host: hostname.replace(/^\[|\]$/g, ""),
            port: port === "" ? 443 : Number(port),
            method: "POST",
            path,
            headers: { ...headers, "content-length": body.length, "accept-encoding": "gzip" },
            agent,
          },
          (incoming) => {
            collect(incoming, limits.answerBytes).then(
              (chunks) =>
                finish(() =>
                  resolve({
                    status: incoming.statusCode ?? 0,
                    contentType: incoming.headers["content-type"],
                    chunks,
                  }),
                ),
              (error: Error) => fail(error),
            );
          },
        );
        const timedOut = () =>
          fail(
            new MdcFailure("timeout", `The MDC gave no whole answer within ${milliseconds / 1000} seconds.`, {
              sent: connected,
            }),
          );
        let timer = setTimeout(timedOut, milliseconds);
        const finish = (settle: () => void) => {
          if (done) return;
          done = true;
          clearTimeout(timer);
          settle();
        };
        const fail = (error: Error) =>
          finish(() => {
            outgoing.destroy();
            reject(explained(error, connected));
          });
        // A kept connection, or a new one whose certificate was looked at: from here on bytes may arrive there.
        outgoing.on("socket", () => {
          connected = true;
          // Whoever waited for a connection has its whole time all the same.
          clearTimeout(timer);
          if (!done) timer = setTimeout(timedOut, milliseconds);
        });
        outgoing.on("error", fail);
        outgoing.end(body);
      }),
    close: () => agent.destroy(),
  };
}

/** Looks at the certificate before a single byte of ours goes out. */
class TrustingAgent extends Agent {
  readonly #pin: string | undefined;
  readonly #connectMilliseconds: number;

  constructor({ verify, pin }: HttpsClientOptions, limits: HttpsLimits) {
    super({
      keepAlive: true,
      maxSockets: limits.connections,
      keepAliveMsecs: 1_000,
      timeout: limits.keepAliveMilliseconds,
      rejectUnauthorized: pin === undefined && verify,
    });
    this.#pin = pin;
    this.#connectMilliseconds = limits.connectMilliseconds;
  }

  override createConnection(
    options: RequestOptions,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const socket = connect({
      ...(options as ConnectionOptions),
      timeout: 0,
      servername: serverName(options.host ?? undefined),
    });
    const timer = setTimeout(
      () => socket.destroy(new MdcFailure("unreachable", "The MDC does not take connections.", { sent: false })),
      this.#connectMilliseconds,
    );
    socket.once("close", () => clearTimeout(timer));
    const refused = (error: Error) => callback?.(error, socket);
    socket.once("error", refused);
    socket.once("secureConnect", () => {
      clearTimeout(timer);
      socket.off("error", refused);
      const problem = this.#pin === undefined ? undefined : mismatch(socket, this.#pin);
      if (problem === undefined) return callback?.(null, socket);
      socket.destroy();
      return callback?.(problem, socket);
    });
    return undefined;
  }
}

/** Names of the peer's certificate; addresses have none. */
function serverName(host: string | undefined): string {
  return host !== undefined && /[a-z]/i.test(host) && !host.includes(":") ? host : "";
}

function mismatch(socket: TLSSocket, pin: string): MdcFailure | undefined {
  const found = socket.getPeerCertificate().fingerprint256?.replaceAll(":", "").toLowerCase();
  if (found === pin) return undefined;
  return new MdcFailure(
    "untrusted",
    `The MDC shows a certificate of SHA-256 ${found ?? "(none)"}; ${pin} is pinned. Nothing was sent.`,
    { sent: false },
  );
}

async function collect(incoming: IncomingMessage, mostBytes: number): Promise<Buffer[]> {
  const packed = incoming.headers["content-encoding"] === "gzip";
  const source = packed ? incoming.pipe(createGunzip()) : incoming;
  if (packed) incoming.once("error", (error) => source.destroy(error));
  if (packed) incoming.once("aborted", () => source.destroy(new Error("aborted")));
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of source as AsyncIterable<Buffer>) {
      length += part.length;
      if (length > mostBytes) {
        throw new MdcFailure("answer_too_long", `The MDC's answer has more than ${mostBytes} bytes.`);
      }
      parts.push(part);
    }
  } catch (error) {
    if (error instanceof MdcFailure) throw error;
    throw new MdcFailure("cut_off", `The MDC's answer ended after ${length} bytes: ${(error as Error).message}.`, {
      cause: error,
      body: Buffer.concat(parts),
    });
  }
  return parts;
}

function explained(error: Error, connected: boolean): MdcFailure {
  if (error instanceof MdcFailure) return error;
  const { code = "" } = error as NodeJS.ErrnoException;
  if (untrustedCodes.test(code)) {
    return new MdcFailure("untrusted", `The MDC's certificate is not trusted: ${error.message}. Nothing was sent.`, {
      cause: error,
      sent: false,
    });
  }
  if (connected) {
    return new MdcFailure("cut_off", `The connection to the MDC broke off: ${error.message}.`, { cause: error });
  }
  return new MdcFailure("unreachable", `The MDC does not answer: ${error.message}.`, { cause: error, sent: false });
}

const untrustedCodes = /CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/;
