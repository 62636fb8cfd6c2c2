/** Spoils the bytes of an answer as a fault says, leaving its frames right where the fault is in the APDU. */
import type { DlmsFaults } from "./faults.ts";

/** The bytes to send in place of an answer; `bytes` itself when nothing is wrong. */
export function damage(bytes: Uint8Array, framing: "wrapper" | "hdlc", faults: DlmsFaults): Uint8Array {
  const { truncatedApdu, wrongTag } = faults;
  let damaged = bytes;
  if (truncatedApdu) damaged = framing === "wrapper" ? truncateWrapped(bytes) : truncateHdlc(bytes);
  if (wrongTag) damaged = framing === "wrapper" ? flipLast(damaged) : rewriteHdlc(damaged, flipLast);
  return damaged;
}

/** Wrapper: version, source, destination and length of two bytes each, then the APDU. */
function truncateWrapped(frame: Uint8Array): Uint8Array {
  const kept = Math.ceil((frame.length - wrapperHeader) / 2);
  const truncated = frame.slice(0, wrapperHeader + kept);
  new DataView(truncated.buffer).setUint16(6, kept);
  return truncated;
}

function truncateHdlc(bytes: Uint8Array): Uint8Array {
  return rewriteHdlc(bytes, (information) => information.slice(0, Math.ceil(information.length / 2)));
}

function flipLast(bytes: Uint8Array): Uint8Array {
  const flipped = bytes.slice();
  flipped[flipped.length - 1]! ^= 0xff;
  return flipped;
}

/** Changes the information field of every I-frame and makes length and check sequences right again. */
function rewriteHdlc(bytes: Uint8Array, change: (information: Uint8Array) => Uint8Array): Uint8Array {
  const frames: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (bytes[at] === flag && bytes[at + 1] === flag) at++;
    const length = ((bytes[at + 1]! & 0x07) << 8) | bytes[at + 2]!;
    const frame = bytes.subarray(at + 1, at + 1 + length);
    frames.push(rewriteFrame(frame, change));
    at += length + 1;
    if (bytes[at] === flag && at + 1 >= bytes.length) break;
  }
  return join(...frames, Uint8Array.of(flag));
}

/** One frame without its flags; the result opens with one. */
function rewriteFrame(frame: Uint8Array, change: (information: Uint8Array) => Uint8Array): Uint8Array {
  const header = headerLength(frame);
  const isInformation = (frame[header - 1]! & 1) === 0;
  if (!isInformation || frame.length <= header + 4) return join(Uint8Array.of(flag), frame);
  const information = change(frame.slice(header + 2, -2));
  const rewritten = new Uint8Array(header + 2 + information.length + 2);
  rewritten.set(frame.subarray(0, header));
  rewritten[0] = (frame[0]! & 0xf8) | (rewritten.length >> 8);
  rewritten[1] = rewritten.length & 0xff;
  rewritten.set(checkSequence(rewritten.subarray(0, header)), header);
  rewritten.set(information, header + 2);
  rewritten.set(checkSequence(rewritten.subarray(0, -2)), rewritten.length - 2);
  return join(Uint8Array.of(flag), rewritten);
}

/** Format (2), two addresses whose last byte is odd, control (1). */
function headerLength(frame: Uint8Array): number {
  let at = 2;
  for (let address = 0; address < 2; address++) {
    while ((frame[at]! & 1) === 0) at++;
    at++;
  }
  return at + 1;
}

/** CRC-16/X.25, low byte first. */
function checkSequence(bytes: Uint8Array): Uint8Array {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0x8408 : crc >> 1;
  }
  crc ^= 0xffff;
  return Uint8Array.of(crc & 0xff, crc >> 8);
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}

const wrapperHeader = 8;
const flag = 0x7e;
