/**
 * Frames. Requests are SOH, code, length, data, ETX, checksum; answers have no code: SOH, length, data, ETX, checksum.
 * The data may contain any byte: the length counts, not the first ETX.
 */
import { ByteReader, hexFromByte } from "@anymeter/sans-io";
import { iFlagError } from "../errors.ts";
import { checksumOf, withChecksum } from "./checksum.ts";
import { etx, soh } from "./control.ts";

/** Codes of requests. */
export const requestCodes = { readDatabase: 0xbe, readParameters: 0xbf, writeParameters: 0xff } as const;

/** Bytes of data in one frame at most: what its length byte can say. */
export const longestData = 255;

export function requestFrame(code: number, data: Uint8Array): Uint8Array {
  return framed([soh, code, data.length], data);
}

export function answerFrame(data: Uint8Array): Uint8Array {
  return framed([soh, data.length], data);
}

/**
 * The frame that begins with the SOH at `start`.
 * @param headLength bytes up to and including the length byte: 3 of a request, 2 of an answer
 * @returns the data as a view and the frame's end, or "incomplete" when bytes are missing
 * @throws ProtocolError `frame_end_missing` or `checksum_wrong`
 */
export function frameAt(
  bytes: Uint8Array,
  start: number,
  headLength: 2 | 3,
): { readonly data: Uint8Array; readonly end: number } | "incomplete" {
  const dataStart = start + headLength;
  if (bytes.length < dataStart) return "incomplete";
  const dataEnd = dataStart + bytes[dataStart - 1]!;
  if (bytes.length < dataEnd + 3) return "incomplete";
  const what = headLength === 3 ? "request" : "answer";
  if (bytes[dataEnd] !== etx) {
    throw iFlagError("frame_end_missing", { what, found: `0x${hexFromByte(bytes[dataEnd]!)}`, offset: dataEnd });
  }
  checkChecksum(bytes, start, dataEnd + 1, what);
  return { data: bytes.subarray(dataStart, dataEnd), end: dataEnd + 3 };
}

/** The data of a frame as it stands alone, or a reader placed on it, whose errors then tell offsets in all the bytes. */
export function readerOf(data: Uint8Array | ByteReader): ByteReader {
  return data instanceof ByteReader ? data : new ByteReader(data);
}

/**
 * Compares the two bytes at `end` with the checksum of those from `start` to `end`.
 * @throws ProtocolError `checksum_wrong`
 */
export function checkChecksum(bytes: Uint8Array, start: number, end: number, what: string): void {
  const expected = checksumOf(bytes, start, end);
  const found = bytes[end]! | (bytes[end + 1]! << 8);
  if (found !== expected) {
    throw iFlagError("checksum_wrong", { what, found: hex16(found), expected: hex16(expected), offset: end });
  }
}

export const hex16 = (value: number) => `0x${value.toString(16).toUpperCase().padStart(4, "0")}`;

function framed(head: readonly number[], data: Uint8Array): Uint8Array {
  const message = new Uint8Array(head.length + data.length + 1);
  message.set(head);
  message.set(data, head.length);
  message[message.length - 1] = etx;
  return withChecksum(message);
}
