/** Judges the bytes at one place of a stream: a whole good frame, the beginning of one, or none. */
import { hexFromByte, type ProtocolError } from "@anymeter/sans-io";
import { mbusError } from "../errors.ts";
import {
  checksumOf,
  frameBytes,
  largestLength,
  longFrameOverhead,
  type MbusFrame,
  shortFrameLength,
  smallestLength,
} from "./frame.ts";

export interface CandidateOptions {
  /**
   * Some customer ports (Sagemcom T210-D) send frames of more than 255 bytes and let the length bytes overflow, 01 01 for
   * 257. When the checksum is wrong at L, L + 256 is tried; a damaged frame is then known as such only when the line falls
   * silent, so ask for it on such ports alone.
   */
  readonly overflowingLength?: boolean;
}

export type Candidate =
  | { readonly type: "frame"; readonly frame: MbusFrame; readonly end: number }
  | { readonly type: "incomplete"; readonly expected: number }
  /** `end`: where the frame would have ended, had it been one. */
  | { readonly type: "none"; readonly error: ProtocolError; readonly end: number };

/** @param options.ackAllowed false where an E5 cannot be an acknowledgement, being data of a damaged frame */
export function readCandidate(
  bytes: Uint8Array,
  start: number,
  options: CandidateOptions & { readonly ackAllowed: boolean },
): Candidate {
  switch (bytes[start]) {
    case undefined:
      return { type: "incomplete", expected: 1 };
    case frameBytes.ack:
      return options.ackAllowed ? { type: "frame", frame: ack, end: start + 1 } : unknownStart(bytes, start);
    case frameBytes.shortStart:
      return readShort(bytes, start);
    case frameBytes.longStart:
      return readLong(bytes, start, options);
    default:
      return unknownStart(bytes, start);
  }
}

function readShort(bytes: Uint8Array, start: number): Candidate {
  const end = start + shortFrameLength;
  if (bytes.length < end) return { type: "incomplete", expected: shortFrameLength };
  const error = endError(bytes, start + 1, end);
  if (error) return { type: "none", error, end };
  return { type: "frame", frame: { type: "short", control: bytes[start + 1]!, address: bytes[start + 2]! }, end };
}

function readLong(bytes: Uint8Array, start: number, { overflowingLength = false }: CandidateOptions): Candidate {
  const length = bytes[start + 1];
  if (length === undefined) return { type: "incomplete", expected: longFrameOverhead + smallestLength };
  const headError = headErrorOf(bytes, start, overflowingLength ? 0 : smallestLength);
  if (headError) return { type: "none", error: headError, end: start + 1 };
  if (bytes.length < start + 4) return { type: "incomplete", expected: length + longFrameOverhead };
  const candidate = readLongOf(bytes, start, length);
  if (!overflowingLength || candidate.type !== "none") return candidate;
  return readLongOf(bytes, start, length + largestLength + 1);
}

function readLongOf(bytes: Uint8Array, start: number, length: number): Candidate {
  const end = start + length + longFrameOverhead;
  if (length < smallestLength) return { type: "none", error: lengthError(length, start), end: start + 1 };
  if (bytes.length < end) return { type: "incomplete", expected: end - start };
  const error = endError(bytes, start + 4, end);
  if (error) return { type: "none", error, end };
  const [control, address] = [bytes[start + 4]!, bytes[start + 5]!];
  const application = bytes.subarray(start + 6, end - 2);
  const type = application.length === 1 ? "control" : "long";
  return { type: "frame", frame: { type, control, address, application }, end };
}

/** Looks at as much of 68 L L 68 as is there. */
function headErrorOf(bytes: Uint8Array, start: number, smallest: number): ProtocolError | undefined {
  const [first, second, again] = [bytes[start + 1]!, bytes[start + 2], bytes[start + 3]];
  if (first < smallest) return lengthError(first, start);
  if (second !== undefined && second !== first) {
    return mbusError("frame_lengths_differ", { first, second, offset: start + 2 });
  }
  if (again !== undefined && again !== frameBytes.longStart) return unknownStart(bytes, start + 3).error;
  return undefined;
}

/** @param from the first byte the checksum counts */
function endError(bytes: Uint8Array, from: number, end: number): ProtocolError | undefined {
  const [found, expected] = [bytes[end - 2]!, checksumOf(bytes, from, end - 2)];
  if (found !== expected) {
    return mbusError("frame_checksum_wrong", {
      found: hexFromByte(found),
      expected: hexFromByte(expected),
      offset: end - 2,
    });
  }
  const stop = bytes[end - 1]!;
  return stop === frameBytes.stop
    ? undefined
    : mbusError("frame_stop_missing", { found: hexFromByte(stop), offset: end - 1 });
}

function lengthError(length: number, start: number): ProtocolError {
  return mbusError("frame_length_invalid", {
    length,
    smallest: smallestLength,
    largest: largestLength,
    offset: start + 1,
  });
}

function unknownStart(bytes: Uint8Array, start: number) {
  const error = mbusError("frame_start_unknown", { found: hexFromByte(bytes[start]!), offset: start });
  return { type: "none", error, end: start + 1 } as const;
}

const ack = { type: "ack" } as const;
