/** Answers on their way: in the client's version, notation and zone; rows as a stream, whatever their number. */
import { Readable } from "node:stream";
import { createGzip } from "node:zlib";
import { contentTypes, type Notation, type UdilAnswer, type WriteResponseOptions, writeResponse } from "@anymeter/udil";
import type { FastifyReply } from "fastify";
import { peerZone } from "../../peer-zone.ts";
import type { MdmClient } from "../clients/mdm-client.ts";
import type { MdcAnswer, RowsAnswer } from "../services/answer.ts";

/** How answers to a client are written; to nobody in particular as v1 has them. */
export function writingFor(client: MdmClient | undefined, format: Notation): WriteResponseOptions {
  const { version = "v1", timezone = "UTC", switches = {} } = client ?? {};
  const { zero_dates, event_counter, load_profile_energy } = switches;
  return {
    ...{ version, format, zone: peerZone(timezone) },
    zeroDates: zero_dates ?? false,
    eventCounter: event_counter ?? false,
    loadProfileEnergy: load_profile_energy ?? "abs",
  };
}

export function sendAnswer(reply: FastifyReply, answer: MdcAnswer, writing: WriteResponseOptions): FastifyReply {
  reply.type(contentTypes[writing.format]);
  if (answer.kind === "whole") return reply.code(answer.httpStatus ?? 200).send(bytesOf(answer.answer, writing));
  const rows = Readable.from(pieces(answer, writing), { objectMode: false });
  reply.code(200).header("vary", "accept-encoding");
  if (!takesGzip(reply.request.headers["accept-encoding"])) return reply.send(rows);
  // A failure must break the answer off; it must not look like its end.
  const zipped = createGzip({ level: 1 });
  rows.on("error", (error) => zipped.destroy(error));
  zipped.on("close", () => rows.destroy());
  return reply.header("content-encoding", "gzip").send(rows.pipe(zipped));
}

function bytesOf(answer: UdilAnswer, writing: WriteResponseOptions): Buffer {
  const { buffer, byteOffset, byteLength } = writeResponse(answer, writing);
  return Buffer.from(buffer, byteOffset, byteLength);
}

/**
 * The bytes of an answer with rows. Each page is written as an answer of its own, from which what stands in front of its
 * rows and behind them is cut off; it is as long as that of an answer without rows.
 */
async function* pieces(
  { table, transactionId, pages, message }: RowsAnswer,
  writing: WriteResponseOptions,
): AsyncGenerator<Buffer> {
  const withRows = (rows: Extract<UdilAnswer, { kind: "rows" }>["rows"], text: string) =>
    bytesOf({ kind: "rows", status: 1, transactionId, table, rows, message: text }, writing);
  const empty = withRows([], "");
  const data = Buffer.from(writing.format === "json" ? '"data":[' : "<data>");
  const head = empty.indexOf(data) + data.length;
  const tail = empty.length - head;
  let count = 0;
  yield empty.subarray(0, head);
  for await (const rows of pages) {
    if (rows.length === 0) continue;
    const page = withRows(rows, "");
    if (count > 0 && writing.format === "json") yield comma;
    count += rows.length;
    yield page.subarray(head, page.length - tail);
  }
  yield withRows([], message(count)).subarray(head);
}

const comma = Buffer.from(",");

function takesGzip(accepted: string | string[] | undefined): boolean {
  return /(?:^|,)\s*(?:x-)?gzip\s*(?:,|$|;\s*q=(?!0(?:\.0*)?\s*(?:,|$)))/i.test(String(accepted ?? ""));
}
