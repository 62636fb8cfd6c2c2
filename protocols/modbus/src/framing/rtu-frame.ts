/**
 * RTU frames in a byte stream: unit, PDU, checksum (Serial Line V1.02, clause 2.5.1). On a serial line their end is a
 * silence of 3.5 characters, of which nothing is left behind a gateway: here the function code and its counts tell it.
 */
import { ByteWriter, joinBytes } from "@anymeter/sans-io";
import { limits } from "../pdu/limits.ts";
import { type Direction, pduEnd } from "../pdu/pdu.ts";
import { checksum } from "./checksum.ts";
import type { Frame, FrameReader } from "./frame.ts";

export function encodeRtuFrame({ unit, pdu }: Pick<Frame, "unit" | "pdu">): Uint8Array {
  const writer = new ByteWriter(pdu.length + 3);
  writer.unsigned8(unit);
  writer.write(pdu);
  const crc = checksum(writer.finish());
  writer.unsigned8(crc & 0xff);
  writer.unsigned8(crc >> 8);
  return writer.finish();
}

/** True when the last two bytes are the checksum of those before them. */
export function hasChecksum(bytes: Uint8Array, start = 0, end = bytes.length): boolean {
  if (end - start < shortestFrame) return false;
  return checksum(bytes, start, end - 2) === checksumAt(bytes, end - 2);
}

export function checksumAt(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8);
}

export interface RtuFrameReaderOptions {
  /** What is read: requests by a server, responses by a client. */
  readonly direction: Direction;
  /** Whether a frame may begin with this unit and function code; noise and echoes of our own requests are skipped sooner. */
  readonly begins?: (unit: number, functionCode: number) => boolean;
}

/**
 * Cuts a stream into RTU frames. Bytes that begin no frame, or one whose checksum is wrong, are skipped one by one: noise, and
 * gateways that send our own request back, do no harm.
 */
export class RtuFrameReader implements FrameReader {
  readonly #direction: Direction;
  readonly #begins: (unit: number, functionCode: number) => boolean;
  #bytes: Uint8Array = empty;

  constructor({ direction, begins = () => true }: RtuFrameReaderOptions) {
    this.#direction = direction;
    this.#begins = begins;
  }

  push(bytes: Uint8Array): void {
    this.#bytes = this.#bytes.length === 0 ? bytes : joinBytes([this.#bytes, bytes]);
  }

  next(): Frame | undefined {
    return this.#find(false);
  }

  /** What only seemed to begin a frame is given up for a whole one behind it, or one of a function that tells no length. */
  afterSilence(): Frame | undefined {
    return this.#find(true) ?? this.#unknownFunction();
  }

  get rest(): Uint8Array {
    return this.#bytes;
  }

  clear(): void {
    this.#bytes = empty;
  }

  #find(givingUp: boolean): Frame | undefined {
    const bytes = this.#bytes;
    let waitsFrom: number | undefined;
    for (let at = 0; at < bytes.length; at++) {
      const end = this.#endOfFrame(at);
      if (end === "none") continue;
      if (end !== "more" && hasChecksum(bytes, at, end)) {
        this.#bytes = bytes.subarray(end);
        return { unit: bytes[at]!, transactionId: undefined, pdu: bytes.subarray(at + 1, end - 2) };
      }
      if (end !== "more") continue;
      waitsFrom ??= at;
      if (!givingUp) break;
    }
    // What cannot begin a frame any more is kept only as far as a wrong checksum or framing is told by it.
    const keepFrom = Math.max(bytes.length - longestRest, 0);
    if (keepFrom > 0 && (waitsFrom === undefined || waitsFrom >= keepFrom)) this.#bytes = bytes.subarray(keepFrom);
    return undefined;
  }

  /** Index after the checksum of the frame that begins at `at`; "more" bytes are needed; "none" begins there. */
  #endOfFrame(at: number): number | "more" | "none" {
    const bytes = this.#bytes;
    if (at + 1 >= bytes.length) return "more";
    if (!this.#begins(bytes[at]!, bytes[at + 1]!)) return "none";
    const end = pduEnd(bytes, at + 1, this.#direction);
    if (end === "unknown") return "none";
    if (end === "more") return bytes.length - at > longestFrame ? "none" : "more";
    if (end + 2 - at > longestFrame) return "none";
    return end + 2 > bytes.length ? "more" : end + 2;
  }

  #unknownFunction(): Frame | undefined {
    const bytes = this.#bytes;
    if (this.#direction !== "request" || bytes.length > longestFrame || !hasChecksum(bytes)) return undefined;
    this.#bytes = empty;
    return { unit: bytes[0]!, transactionId: undefined, pdu: bytes.subarray(1, -2) };
  }
}

export const shortestFrame = 4;
export const longestFrame = limits.pdu + 3;
/** Bytes without a frame that are remembered. */
const longestRest = 2 * longestFrame;
const empty = new Uint8Array(0);
