/**
 * The wrapper of the TCP and UDP profile (IEC 62056-47, Green Book clause 7.3). One frame carries one APDU.
 *
 *   byte  0      1      2      3      4      5      6      7      8 …
 *       ┌─────────────┬─────────────┬─────────────┬─────────────┬────────────────┐
 *       │ version     │ source      │ destination │ length of   │ APDU           │
 *       │ 00 01       │ wPort       │ wPort       │ the APDU    │                │
 *       └─────────────┴─────────────┴─────────────┴─────────────┴────────────────┘
 *
 * The client's wPort is its service access point (16 public, 1 management), the server's the logical device (1). An answer
 * has the two swapped. All numbers are big-endian. There is no check sequence: a wrong version means out of step.
 */
import { dlmsError } from "../errors.ts";
import { StreamBuffer } from "./stream-buffer.ts";

/** The port of DLMS/COSEM for TCP and UDP, assigned by IANA. */
export const wrapperPort = 4059;
export const wrapperVersion = 1;
export const wrapperHeaderLength = 8;
/** The longest APDU the 16-bit length can tell. */
export const wrapperMaximumApduLength = 0xffff;

export interface WrapperFrame {
  readonly source: number;
  readonly destination: number;
  readonly apdu: Uint8Array;
}

/** One frame's bytes. Throws `link_apdu_too_long` beyond 65,535 bytes. */
export function wrapperFrame(source: number, destination: number, apdu: Uint8Array): Uint8Array {
  if (apdu.length > wrapperMaximumApduLength) {
    throw dlmsError("link_apdu_too_long", { length: apdu.length, limit: wrapperMaximumApduLength });
  }
  const frame = new Uint8Array(wrapperHeaderLength + apdu.length);
  writeUnsigned16(frame, 0, wrapperVersion);
  writeUnsigned16(frame, 2, source);
  writeUnsigned16(frame, 4, destination);
  writeUnsigned16(frame, 6, apdu.length);
  frame.set(apdu, wrapperHeaderLength);
  return frame;
}

/**
 * The frame a UDP datagram holds; over UDP one datagram is one frame. Throws `wrapper_version_unknown`,
 * `apdu_truncated` or `apdu_trailing_bytes`.
 */
export function wrapperFrameFromDatagram(datagram: Uint8Array): WrapperFrame {
  const framer = new WrapperFramer();
  framer.push(datagram);
  const frame = framer.next();
  if (frame === undefined) {
    throw dlmsError("apdu_truncated", { what: "the wrapper frame is complete", offset: datagram.length });
  }
  if (framer.pending > 0) {
    const offset = datagram.length - framer.pending;
    throw dlmsError("apdu_trailing_bytes", { count: framer.pending, what: "the wrapper frame", offset });
  }
  return frame;
}

/** Cuts a TCP stream into frames. Once it has thrown, the stream is out of step and must be closed. */
export class WrapperFramer {
  private readonly buffer = new StreamBuffer();
  private readonly maximumApduLength: number;

  /** `maximumApduLength`: longer frames are refused before their bytes are waited for. */
  constructor(maximumApduLength = wrapperMaximumApduLength) {
    this.maximumApduLength = maximumApduLength;
  }

  /** Bytes waiting for the rest of their frame. */
  get pending(): number {
    return this.buffer.length;
  }

  push(bytes: Uint8Array): void {
    this.buffer.push(bytes);
  }

  /**
   * The next whole frame, a view of the bytes received, or undefined until more come. Throws `wrapper_version_unknown`
   * (as soon as the first two bytes are there) or `link_apdu_too_long`.
   */
  next(): WrapperFrame | undefined {
    const { bytes, start, length: available } = this.buffer;
    if (available < 2) return undefined;
    const version = readUnsigned16(bytes, start);
    if (version !== wrapperVersion) throw dlmsError("wrapper_version_unknown", { version });
    if (available < wrapperHeaderLength) return undefined;
    const length = readUnsigned16(bytes, start + 6);
    if (length > this.maximumApduLength) {
      throw dlmsError("link_apdu_too_long", { length, limit: this.maximumApduLength });
    }
    const end = start + wrapperHeaderLength + length;
    if (end > this.buffer.end) return undefined;
    this.buffer.start = end;
    return {
      source: readUnsigned16(bytes, start + 2),
      destination: readUnsigned16(bytes, start + 4),
      apdu: bytes.subarray(start + wrapperHeaderLength, end),
    };
  }
}

function readUnsigned16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

function writeUnsigned16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >> 8;
  bytes[at + 1] = value;
}
