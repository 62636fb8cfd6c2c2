/** Answers on their way: in the client's version, notation and zone; rows as a stream, whatever their number. */
import { Readable } from "node:stream";
import { createGzip } from "node:zlib";
import {
  contentTypes,
  type Notation,
  RowStream,
  TransactionStream,
  type UdilAnswer,
  type WriteResponseOptions,
  writeResponse,
} from "@anymeter/udil";
import type { FastifyReply } from "fastify";
import { peerZone } from "../../peer-zone.ts";
import type { MdmClient } from "../clients/mdm-client.ts";
import type { MdcAnswer, RowsAnswer, TransactionsAnswer } from "../services/answer.ts";

/** How answers to a client are written; to nobody in particular as v1 has them. */
export function writingFor(client: MdmClient | undefined, format: Notation): WriteResponseOptions {
  const { version = "v1", timezone = "UTC", switches = {} } = client ?? {};
  const { zero_dates, event_counter, coarse_event_codes, load_profile_energy } = switches;
  return {
    ...{ version, format, zone: peerZone(timezone) },
    zeroDates: zero_dates ?? false,
    eventCounter: event_counter ?? false,
    coarseEventCodes: coarse_event_codes ?? false,
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

/** The bytes of an answer page by page: the next one is asked for when the client has taken this one. */
function pieces(answer: RowsAnswer | TransactionsAnswer, writing: WriteResponseOptions): AsyncGenerator<Uint8Array> {
  return answer.kind === "rows" ? rowPieces(answer, writing) : transactionPieces(answer, writing);
}

async function* rowPieces(
  { table, transactionId, onDemand, pages, message }: RowsAnswer,
  writing: WriteResponseOptions,
): AsyncGenerator<Uint8Array> {
  const stream = new RowStream({ status: 1, transactionId, table, ...(onDemand && { onDemand }) }, writing);
  let count = 0;
  for await (const rows of pages) {
    if (rows.length === 0) continue;
    count += rows.length;
    yield stream.rows(rows);
  }
  yield stream.end(message(count));
}

async function* transactionPieces(
  { transactionId, pages, message }: TransactionsAnswer,
  writing: WriteResponseOptions,
): AsyncGenerator<Uint8Array> {
  const stream = new TransactionStream({ status: 1, transactionId }, writing);
  for await (const page of pages) {
    if ("transactions" in page) yield stream.transactions(page.transactions);
    else yield* stream.transaction(page.transaction, page.table, page.pages);
  }
  yield stream.end(message());
}

function takesGzip(accepted: string | string[] | undefined): boolean {
  return /(?:^|,)\s*(?:x-)?gzip\s*(?:,|$|;\s*q=(?!0(?:\.0*)?\s*(?:,|$)))/i.test(String(accepted ?? ""));
}
