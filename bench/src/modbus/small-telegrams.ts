/**
 * How many small telegrams one core decodes: answers with two registers, found in a stream, their fields checked, and their
 * value made exact decimal text; over TCP, and over RTU with the checksum. The peer is V8's own JSON parser over texts that
 * say the same.
 */
import {
  decodeResponse,
  decodeValue,
  encodeRtuFrame,
  encodeTcpFrame,
  encodeValue,
  type FrameReader,
  RtuFrameReader,
  TcpFrameReader,
} from "@anymeter/modbus";
import { joinBytes } from "@anymeter/sans-io";
import { compareOnOneCore } from "../one-core.ts";
import type { BenchResult } from "../result.ts";

const telegrams = 50_000;
/** As many as come in one segment from a gateway with a queue. */
const telegramsOfAPiece = 20;
const target = 200_000;

const value = { type: "float32" } as const;
const pdus = Array.from({ length: telegramsOfAPiece }, (_, index) =>
  Uint8Array.of(3, 4, ...encodeValue(230 + index / 10, value)),
);
const texts = pdus.map((pdu, transaction) =>
  JSON.stringify({ transaction, unit: 1, function: 3, values: [decodeValue(pdu, 2, value)] }),
);

export async function run(): Promise<BenchResult[]> {
  const framings: readonly Framing[] = [
    {
      name: "Modbus TCP",
      piece: joinBytes(pdus.map((pdu, transactionId) => encodeTcpFrame({ transactionId, unit: 1, pdu }))),
      reader: () => new TcpFrameReader(),
    },
    {
      name: "Modbus RTU",
      piece: joinBytes(pdus.map((pdu) => encodeRtuFrame({ unit: 1, pdu }))),
      reader: () => new RtuFrameReader({ direction: "response" }),
    },
  ];
  return framings.map(measure);
}

interface Framing {
  readonly name: string;
  /** Frames of equal length, one after another. */
  readonly piece: Uint8Array;
  readonly reader: () => FrameReader;
}

function measure(framing: Framing): BenchResult {
  return compareOnOneCore({
    name: `decode of a small ${framing.name} telegram`,
    ...{ what: "telegrams", count: telegrams },
    work: () => decode(framing),
    peer: "JSON.parse of the same in text",
    peerWork: parse,
    target,
    notes: `${framing.piece.length / telegramsOfAPiece} bytes each`,
  });
}

function decode({ piece, reader }: Framing): void {
  const frames = reader();
  let count = 0;
  for (let sent = 0; sent < telegrams; sent += telegramsOfAPiece) {
    frames.push(piece);
    for (let frame = frames.next(); frame; frame = frames.next()) {
      const response = decodeResponse(frame.pdu);
      if (!("registers" in response) || decodeValue(response.registers, 0, value) === undefined)
        throw new Error("no value");
      count++;
    }
  }
  if (count !== telegrams) throw new Error(`${count} telegrams`);
}

function parse(): void {
  let count = 0;
  for (let sent = 0; sent < telegrams; sent++) count += JSON.parse(texts[sent % telegramsOfAPiece]!).values.length;
  if (count !== telegrams) throw new Error(`${count} values`);
}
