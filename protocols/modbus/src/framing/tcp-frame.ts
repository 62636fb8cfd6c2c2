/**
 * Modbus TCP: transaction id, protocol identifier 0, length, unit, PDU (Messaging on TCP/IP Implementation Guide V1.0b,
 * clause 3.1).
 */
import { ByteReader, ByteWriter, type Explainer, joinBytes } from "@anymeter/sans-io";
import { modbusError } from "../errors.ts";
import { limits } from "../pdu/limits.ts";
import type { Frame, FrameReader } from "./frame.ts";

export function encodeTcpFrame({ transactionId = 0, unit, pdu }: Frame): Uint8Array {
  const writer = new ByteWriter(headerLength + pdu.length);
  writer.unsigned16(transactionId);
  writer.unsigned16(0);
  writer.unsigned16(pdu.length + 1);
  writer.unsigned8(unit);
  writer.write(pdu);
  return writer.finish();
}

export interface TcpHeader {
  readonly transactionId: number;
  readonly unit: number;
  /** Of the unit and the PDU. */
  readonly length: number;
}

/** @throws ProtocolError `bytes_truncated`, `protocol_identifier_invalid`, `frame_length_invalid` */
export function readTcpHeader(reader: ByteReader, explainer?: Explainer): TcpHeader {
  const transactionId = reader.unsigned16("the transaction id");
  explainer?.upTo(reader.offset, "transaction id", { value: transactionId });
  let offset = reader.offset;
  const protocol = reader.unsigned16("the protocol identifier");
  if (protocol !== 0) throw modbusError("protocol_identifier_invalid", { found: protocol, offset });
  explainer?.upTo(reader.offset, "protocol identifier: Modbus", { value: protocol });
  offset = reader.offset;
  const length = reader.unsigned16("the length");
  if (length < 2 || length > limits.pdu + 1) throw modbusError("frame_length_invalid", { length, offset });
  explainer?.upTo(reader.offset, "length of unit and PDU", { value: length });
  const unit = reader.unsigned8("the unit");
  explainer?.upTo(reader.offset, unitMeaning(unit), { value: unit });
  return { transactionId, unit, length };
}

function unitMeaning(unit: number): string {
  if (unit === 255 || unit === 0) return "unit: the device itself, no gateway";
  return unit > 247 ? "unit (reserved by the standard)" : "unit";
}

/** Cuts a TCP stream into frames, several of one segment too. */
export class TcpFrameReader implements FrameReader {
  #bytes: Uint8Array = empty;
  #at = 0;

  push(bytes: Uint8Array): void {
    const rest = this.rest;
    this.#bytes = rest.length === 0 ? bytes : joinBytes([rest, bytes]);
    this.#at = 0;
  }

  /** @throws ProtocolError `protocol_identifier_invalid` or `frame_length_invalid`; the stream is then out of step */
  next(): Frame | undefined {
    if (this.#bytes.length - this.#at < headerLength) return undefined;
    const reader = new ByteReader(this.#bytes, this.#at);
    const { transactionId, unit, length } = readTcpHeader(reader);
    if (reader.remaining < length - 1) return undefined;
    const pdu = reader.take(length - 1, "the PDU");
    this.#at = reader.offset;
    return { transactionId, unit, pdu };
  }

  afterSilence(): Frame | undefined {
    return this.next();
  }

  get rest(): Uint8Array {
    return this.#at === this.#bytes.length ? empty : this.#bytes.subarray(this.#at);
  }

  clear(): void {
    this.#bytes = empty;
    this.#at = 0;
  }
}

export const headerLength = 7;
const empty = new Uint8Array(0);
