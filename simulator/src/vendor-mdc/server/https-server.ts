/** The MDC's web server: POST over HTTPS, one service at each address. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { negotiate, type ServiceName, services, type UdilVersion } from "@anymeter/udil";
import type { Certificate } from "../certificate.ts";
import type { Clock } from "../clock.ts";
import type { HabitSwitches } from "../habits/habit-switches.ts";
import { type Answer, refusalAnswer } from "./answer.ts";
import { jsonPieces } from "./json-pen.ts";
import type { Services } from "./services.ts";
import { spoiled, type WrittenAnswer } from "./spoiled-answers.ts";
import { xmlPieces } from "./xml-pen.ts";

export interface HttpsSettings {
  readonly certificate: Certificate;
  readonly host: string;
  /** 0 = any free one. */
  readonly port: number;
  /** In front of the services' names: "" or "/udil". */
  readonly basePath: string;
  readonly version: UdilVersion;
  /** When the client names none. */
  readonly format: "json" | "xml";
  readonly services: Services;
  readonly habits: HabitSwitches;
  readonly clock: Clock;
}

export interface HttpsListener {
  readonly port: number;
  close(): Promise<void>;
}

export async function listen(settings: HttpsSettings): Promise<HttpsListener> {
  const { certificate, host, port } = settings;
  const server = createServer({ cert: certificate.cert, key: certificate.key }, (request, response) => {
    // A client that went away is nobody's error; everything else would have been answered.
    serve(settings, request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = keepAlive;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(settings: HttpsSettings, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { habits, clock, format } = settings;
  const body = await readBody(request);
  const answer = await answerTo(settings, request, body);
  const notation = negotiate(request.headers.accept, format);
  const written = spoiled(write(answer, notation, settings), notation === "xml", habits);
  const { latency } = habits.current;
  if (latency !== undefined) await new Promise<void>((resolve) => void clock.after(latency, resolve));
  await send(response, written);
}

async function answerTo(
  settings: HttpsSettings,
  request: IncomingMessage,
  body: Uint8Array | undefined,
): Promise<Answer> {
  if (request.method !== "POST") return refusalAnswer(405, `${request.method} is not served: every service is POST`);
  if (body === undefined) return refusalAnswer(413, `a request has at most ${longestBody} bytes`);
  const service = serviceAt(settings, request.url ?? "/");
  if (service === undefined) return refusalAnswer(404, `there is no service ${request.url}`);
  try {
    return await settings.services.answer({ service, headers: request.headers, body });
  } catch (error) {
    return refusalAnswer(500, String(error));
  }
}

/** By the name it has in the version, and no other. */
function serviceAt({ basePath, version, habits }: HttpsSettings, url: string): ServiceName | undefined {
  const [pathname = ""] = url.split("?");
  if (!pathname.startsWith(`${basePath}/`)) return undefined;
  const path = pathname.slice(basePath.length + 1);
  const { missingService } = habits.current;
  const [name, declared] = Object.entries(services).find(([, { paths }]) => paths[version] === path) ?? [];
  if (declared === undefined) return undefined;
  if (missingService === name || (missingService === "reads" && declared.kind === "read")) return undefined;
  return name as ServiceName;
}

function write(answer: Answer, notation: "json" | "xml", { habits }: HttpsSettings): WrittenAnswer {
  const { httpStatus } = answer;
  return notation === "json"
    ? { httpStatus, contentType: "application/json; charset=utf-8", pieces: jsonPieces(answer, habits.current) }
    : { httpStatus, contentType: "application/xml; charset=utf-8", pieces: xmlPieces(answer, habits.current) };
}

async function send(response: ServerResponse, { httpStatus, contentType, pieces, cut }: WrittenAnswer): Promise<void> {
  const headers = { "content-type": contentType };
  if (cut) {
    const text = [...pieces].join("");
    response.writeHead(httpStatus, { ...headers, "content-length": Buffer.byteLength(text) * 2 });
    response.write(text, () => response.destroy());
    return;
  }
  response.writeHead(httpStatus, headers);
  await pipeline(Readable.from(chunks(pieces)), response);
}

/** Larger pieces are fewer frames. */
function* chunks(pieces: Iterable<string>): Generator<Buffer> {
  let text = "";
  for (const piece of pieces) {
    text += piece;
    if (text.length < chunkLength) continue;
    yield Buffer.from(text);
    text = "";
  }
  if (text !== "") yield Buffer.from(text);
}

/** undefined: it is too long. */
async function readBody(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length <= longestBody) parts.push(part);
  }
  return length > longestBody ? undefined : Buffer.concat(parts);
}

const longestBody = 16 * 1024 * 1024;
const chunkLength = 262_144;
/** Milliseconds an idle connection is kept: longer than clients wait between polls. */
const keepAlive = 30_000;
