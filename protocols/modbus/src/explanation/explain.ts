/** Says what Modbus frames mean, byte by byte: TCP or RTU, requests, responses and exceptions, several in a row too. */
import {
  ByteReader,
  Explainer,
  type Explanation,
  type Json,
  jsonOf,
  ProtocolError,
  plainView,
} from "@anymeter/sans-io";
import { modbusError } from "../errors.ts";
import { checksum } from "../framing/checksum.ts";
import type { FramingName } from "../framing/frame.ts";
import { looksLikeTcp } from "../framing/mistaken-framing.ts";
import { checksumAt, longestFrame, shortestFrame } from "../framing/rtu-frame.ts";
import { readTcpHeader } from "../framing/tcp-frame.ts";
import { describeRequest, describeResponse } from "../pdu/description.ts";
import { exceptionError } from "../pdu/exceptions.ts";
import { functionOf, functions } from "../pdu/functions.ts";
import {
  type Direction,
  decodeRequest,
  decodeResponse,
  type ModbusRequest,
  type ModbusResponse,
  pduEnd,
} from "../pdu/pdu.ts";
import { interpretations } from "./interpretations.ts";

export interface ExplainModbusOptions {
  /** Told by the bytes when left out: a TCP header's protocol identifier and length, else a checksum. */
  readonly framing?: FramingName;
  /** Told by the bytes when left out; the few that could be either are taken for requests. */
  readonly direction?: Direction;
}

/**
 * @throws ProtocolError with the offset for bytes that are no Modbus: `bytes_truncated`, `checksum_wrong`,
 *   `function_unknown`, `field_out_of_range` …
 */
export function explainModbus(given: Uint8Array, options: ExplainModbusOptions = {}): Explanation {
  const bytes = plainView(given);
  if (bytes.length < shortestFrame) {
    throw modbusError("frame_too_short", { length: bytes.length, shortest: shortestFrame, offset: bytes.length });
  }
  const framing = options.framing ?? framingOf(bytes);
  const explainFrame = framing === "tcp" ? explainTcpFrame : explainRtuFrame;
  const frames: ExplainedFrame[] = [];
  for (let start = 0; start < bytes.length; start = frames.at(-1)!.end) {
    if (frames.length >= frameLimit)
      throw modbusError("answers_unrelated", { count: frames.length, found: "in one piece", offset: start });
    frames.push(explainFrame(bytes, start, options.direction));
  }
  const [first] = frames;
  const explainer = new Explainer();
  if (frames.length > 1) {
    for (const { end, summary, explainer: inner } of frames) explainer.upTo(end, summary, { parts: inner.parts });
  }
  return {
    protocol: "modbus",
    summary: `${framing === "tcp" ? "Modbus TCP" : "Modbus RTU"}: ${frames.map(({ summary }) => summary).join("; ")}`,
    length: bytes.length,
    parts: frames.length > 1 ? explainer.parts : first!.explainer.parts,
    decoded: frames.length > 1 ? frames.map(({ decoded }) => decoded) : first!.decoded,
  };
}

interface ExplainedFrame {
  readonly end: number;
  readonly summary: string;
  readonly explainer: Explainer;
  readonly decoded: Json;
}

function explainTcpFrame(bytes: Uint8Array, start: number, direction: Direction | undefined): ExplainedFrame {
  const explainer = new Explainer(start);
  const reader = new ByteReader(bytes, start);
  const { transactionId, unit, length } = readTcpHeader(reader, explainer);
  const end = reader.offset + length - 1;
  if (end > bytes.length) reader.skip(length - 1, "the end of the frame that its length field tells");
  const pdu = explainPdu(bytes, reader.offset, end, direction, explainer);
  return { end, explainer, summary: summaryOf(unit, pdu), decoded: jsonOf({ transactionId, unit, ...decodedOf(pdu) }) };
}

function explainRtuFrame(bytes: Uint8Array, start: number, direction: Direction | undefined): ExplainedFrame {
  const end = endOfRtuFrame(bytes, start, direction);
  const explainer = new Explainer(start);
  const unit = bytes[start]!;
  explainer.upTo(start + 1, unit === 0 ? "unit: broadcast" : "unit", { value: unit });
  const pdu = explainPdu(bytes, start + 1, end - 2, direction, explainer);
  explainer.upTo(end, "checksum (CRC-16), right", { value: hexWord(checksumAt(bytes, end - 2)) });
  return { end, explainer, summary: summaryOf(unit, pdu), decoded: jsonOf({ unit, ...decodedOf(pdu) }) };
}

type ExplainedPdu =
  | { readonly direction: "request"; readonly message: ModbusRequest }
  | { readonly direction: "response"; readonly message: ModbusResponse };

function explainPdu(
  bytes: Uint8Array,
  start: number,
  end: number,
  wanted: Direction | undefined,
  explainer: Explainer,
): ExplainedPdu {
  const direction = wanted ?? directionOf(bytes, start, end);
  const reader = new ByteReader(bytes, start, end);
  if (direction === "request") return { direction, message: decodeRequest(reader, explainer) };
  const message = decodeResponse(reader, explainer);
  return { direction, message };
}

/** Where both fail, the one that comes further tells better what is wrong. */
function directionOf(bytes: Uint8Array, start: number, end: number): Direction {
  const request = errorOf(() => decodeRequest(new ByteReader(bytes, start, end)));
  if (!request) return "request";
  const response = errorOf(() => decodeResponse(new ByteReader(bytes, start, end)));
  return !response || (response.offset ?? 0) >= (request.offset ?? 0) ? "response" : "request";
}

function errorOf(decode: () => unknown): ProtocolError | undefined {
  try {
    decode();
    return undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
}

/** The checksum tells whether a request or a response is meant where both could be. */
function endOfRtuFrame(bytes: Uint8Array, start: number, wanted: Direction | undefined): number {
  const directions = wanted ? [wanted] : (["request", "response"] as const);
  let farthest: number | undefined;
  for (const direction of directions) {
    const end = pduEnd(bytes, start + 1, direction);
    if (typeof end !== "number" || end + 2 > bytes.length) continue;
    if (checksum(bytes, start, end) === checksumAt(bytes, end)) return end + 2;
    farthest = Math.max(farthest ?? 0, end);
  }
  const last = bytes.length - 2;
  if (
    last - start >= 2 &&
    bytes.length - start <= longestFrame &&
    checksum(bytes, start, last) === checksumAt(bytes, last)
  ) {
    return bytes.length;
  }
  const at = Math.min(farthest ?? last, last);
  if (at <= start)
    throw modbusError("frame_too_short", { length: bytes.length - start, shortest: shortestFrame, offset: start });
  const [found, expected] = [hexWord(checksumAt(bytes, at)), hexWord(checksum(bytes, start, at))];
  throw modbusError("checksum_wrong", { found, expected, offset: at });
}

/** A right checksum decides, then a whole header; of what is neither, whatever it comes nearer to. */
function framingOf(bytes: Uint8Array): FramingName {
  if (!errorOf(() => endOfRtuFrame(bytes, 0, undefined))) return "rtu";
  if (looksLikeTcp(bytes)) return "tcp";
  const length = (bytes[4]! << 8) | bytes[5]!;
  const beginsAsRtu = bytes[0]! > 0 && bytes[0]! < 248 && functionOf(bytes[1]! & 0x7f) !== undefined;
  return bytes[2] === 0 && bytes[3] === 0 && (!beginsAsRtu || length + 6 !== bytes.length) ? "tcp" : "rtu";
}

function summaryOf(unit: number, { direction, message }: ExplainedPdu): string {
  if (direction === "request") return `request to unit ${unit} to ${describeRequest(message)}`;
  if (message.type !== "exception") return `unit ${unit}: ${describeResponse(message)}`;
  const name = functionOf(message.functionCode);
  const asked = name ? functions[name].name : `function ${message.functionCode}`;
  return exceptionError(message.exceptionCode, unit, `carry out ${asked}`).message;
}

function decodedOf({ direction, message }: ExplainedPdu): object {
  const values = direction === "response" && "registers" in message ? interpretations(message.registers) : undefined;
  return { direction, ...message, ...(values && { values }) };
}

function hexWord(value: number): string {
  return `0x${value.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Frames explained in one piece of bytes. */
const frameLimit = 256;
