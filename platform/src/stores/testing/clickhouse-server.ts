/**
 * A process that answers ClickHouse's HTTP interface with chDB behind it, so that tests exercise the real client over a
 * real socket. Speaks what `@clickhouse/client` sends; started by `startClickhouseServer`.
 *
 * Arguments: data directory. Prints its port on the first line; ends when standard input ends.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createZstdDecompress, gzipSync } from "node:zlib";
import { type ClientConnection, connectChdb } from "../columnar/chdb-connection.ts";

const directory = process.argv[2]!;
const keptOpen = connectChdb(directory);

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => refuse(response, error));
});
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
process.stdin.resume().on("end", () => process.exit(0));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://localhost");
  if (url.pathname === "/ping") {
    response.end("Ok.\n");
    return;
  }
  const asked = readParameters(url.searchParams);
  if (request.headers["content-type"]?.startsWith("multipart/")) throw new Error("multipart parameters are not served");
  // A connection of its own for each request: settings stay on the connection they were set on.
  const connection = connectChdb(directory);
  try {
    if (asked.database !== "default") await connection.command({ query: `USE ${asked.database}` });
    const result = await run(connection, asked, decompressed(request));
    const compressed = url.searchParams.get("enable_http_compression") === "1" && acceptsGzip(request);
    response.writeHead(200, {
      "X-ClickHouse-Query-Id": asked.queryId,
      "X-ClickHouse-Summary": JSON.stringify({ read_rows: "0", written_rows: result.writtenRows }),
      ...(compressed && { "Content-Encoding": "gzip" }),
    });
    response.end(compressed ? gzipSync(result.body) : result.body);
  } finally {
    await connection.close();
  }
}

interface Asked {
  /** The statement, or the part of it that came in the URL. */
  readonly query: string;
  readonly queryId: string;
  readonly database: string;
  readonly parameters: Record<string, string>;
  readonly settings: Record<string, string>;
}

const ownNames = new Set(["query", "query_id", "database"]);

/** Everything in the URL that is not one of the interface's own names is a setting. */
function readParameters(url: URLSearchParams): Asked {
  const parameters: Record<string, string> = {};
  const settings: Record<string, string> = { default_format: "TabSeparated" };
  for (const [name, value] of url) {
    if (name.startsWith("param_")) parameters[name.slice("param_".length)] = unescaped(value);
    else if (name === "session_id" || name === "role") throw new Error(`${name} is not served`);
    else if (!ownNames.has(name)) settings[name] = value;
  }
  const text = (name: string) => url.get(name) ?? "";
  const database = text("database") || "default";
  return { query: text("query"), queryId: text("query_id"), database, parameters, settings };
}

/** Parameters arrive with the escapes of TabSeparated, which chDB adds by itself. */
function unescaped(value: string): string {
  const escapes: Record<string, string> = { t: "\t", n: "\n", r: "\r", "0": "\0", b: "\b", f: "\f" };
  return value === "\\N" ? value : value.replace(/\\(.)/gs, (_, letter: string) => escapes[letter] ?? letter);
}

async function run(connection: ClientConnection, asked: Asked, body: Readable) {
  const { parameters, settings } = asked;
  const common = { query_params: parameters, clickhouse_settings: settings };
  if (/^\s*insert\b/i.test(asked.query)) {
    if (asked.query.endsWith("FORMAT Native")) {
      await connection.exec({ query: asked.query, values: body } as never);
      return { body: Buffer.alloc(0), writtenRows: "0" };
    }
    const { default_format, ...others } = settings;
    const written = await connection.insert({ query: asked.query, values: body, clickhouse_settings: others });
    return { body: Buffer.alloc(0), writtenRows: written.summary?.written_rows ?? "0" };
  }
  const query = asked.query + (await textOf(body));
  const { stream } = await connection.exec({ query, ...common });
  return { body: Buffer.concat(await stream.toArray()), writtenRows: "0" };
}

function decompressed(request: IncomingMessage): Readable {
  const encoding = request.headers["content-encoding"];
  if (encoding === undefined) return request;
  const decoders = { gzip: createGunzip, br: createBrotliDecompress, zstd: createZstdDecompress } as const;
  if (!(encoding in decoders)) throw new Error(`unknown content encoding ${encoding}`);
  return request.pipe(decoders[encoding as keyof typeof decoders]());
}

function acceptsGzip(request: IncomingMessage): boolean {
  return /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
}

async function textOf(body: Readable): Promise<string> {
  return Buffer.concat(await body.toArray()).toString("utf8");
}

/** Errors as ClickHouse sends them: the code in a header, `Code: N. DB::Exception: …` in the body. */
function refuse(response: ServerResponse, error: unknown): void {
  const { cause, message } = error as Error;
  const text = cause instanceof Error ? cause.message : message;
  const code = /^Code: (\d+)\./.exec(text)?.[1] ?? "1002";
  const status = { "60": 404, "62": 400, "81": 404 }[code] ?? 500;
  response.writeHead(status, { "X-ClickHouse-Exception-Code": code, "Content-Type": "text/plain" });
  response.end(text.startsWith("Code: ") ? text : `Code: ${code}. DB::Exception: ${text} (UNKNOWN_EXCEPTION)`);
}

process.on("exit", () => void keptOpen);
