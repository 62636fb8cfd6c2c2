/**
 * Transparent and converting gateways mixed up: a gateway that passes bytes through answers Modbus TCP with RTU frames or
 * not at all, one that converts answers RTU with a TCP header. Both are told from the bytes that came.
 */
import type { ProtocolError } from "@anymeter/sans-io";
import { modbusError } from "../errors.ts";
import { functionOf } from "../pdu/functions.ts";
import { limits } from "../pdu/limits.ts";
import { pduEnd } from "../pdu/pdu.ts";
import type { FramingName } from "./frame.ts";
import { hasChecksum } from "./rtu-frame.ts";
import { headerLength } from "./tcp-frame.ts";

/** @returns the error that says so when bytes that are no frame of `framing` are one of the other; undefined otherwise */
export function mistakenFraming(bytes: Uint8Array, framing: FramingName): ProtocolError | undefined {
  if (framing === "tcp") return looksLikeRtu(bytes) ? modbusError("framing_is_rtu", {}) : undefined;
  // A gateway's echo of "read 2 registers from 0" has a header's length field too, but a right checksum.
  return looksLikeTcp(bytes) && !hasChecksum(bytes) ? modbusError("framing_is_tcp", {}) : undefined;
}

/** A whole RTU response with its checksum at the start. */
export function looksLikeRtu(bytes: Uint8Array): boolean {
  const end = pduEnd(bytes, 1, "response");
  return typeof end === "number" && end + 2 <= bytes.length && hasChecksum(bytes, 0, end + 2);
}

/** TCP frames from start to end: protocol identifiers 0, lengths that fit, and functions there are. */
export function looksLikeTcp(bytes: Uint8Array): boolean {
  if (bytes.length < headerLength + 1 || bytes[2] !== 0 || bytes[3] !== 0) return false;
  const length = (bytes[4]! << 8) | bytes[5]!;
  const end = headerLength - 1 + length;
  if (length < 2 || length > limits.pdu + 1 || end > bytes.length) return false;
  const code = bytes[headerLength]!;
  if (functionOf(code & 0x7f) === undefined && !(code & 0x80 && length === 3)) return false;
  return end === bytes.length || looksLikeTcp(bytes.subarray(end));
}
