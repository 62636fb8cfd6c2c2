/** The four frames of the wired link layer (EN 60870-5-2 format class FT 1.2, as EN 13757-2 uses it). */
import { commonError } from "@anymeter/sans-io";

export type MbusFrame = AckFrame | ShortFrame | ControlFrame | LongFrame;

/** E5: understood. */
export interface AckFrame {
  readonly type: "ack";
}

/** 10 C A CS 16: a request without data. */
export interface ShortFrame {
  readonly type: "short";
  /** The C field: what is asked or answered, see `controls`. */
  readonly control: number;
  /** The A field: 0 to 250 primary, 253 the selected meter, 254 and 255 all meters. */
  readonly address: number;
}

/** 68 03 03 68 C A CI CS 16: a long frame whose application layer is the CI field alone. */
export interface ControlFrame {
  readonly type: "control";
  readonly control: number;
  readonly address: number;
  /** One byte, the CI field. */
  readonly application: Uint8Array;
}

/** 68 L L 68 C A CI data CS 16. */
export interface LongFrame {
  readonly type: "long";
  readonly control: number;
  readonly address: number;
  /** The application layer: the CI field and the data after it, what `decodeTelegram` takes. */
  readonly application: Uint8Array;
}

/** Addresses that do not name one meter (EN 13757-2, 5.7.5). */
export const addresses = {
  /** A meter that was given no address yet. */
  unconfigured: 0,
  largestPrimary: 250,
  /** The meter that a secondary address selected. */
  selected: 253,
  /** All meters answer: for a line with one meter. */
  allAnswer: 254,
  /** All meters listen, none answers. */
  broadcast: 255,
} as const;

export const frameBytes = { ack: 0xe5, shortStart: 0x10, longStart: 0x68, stop: 0x16 } as const;

/** 68 L L 68 before, checksum and 16 behind. */
export const longFrameOverhead = 6;
export const shortFrameLength = 5;
/** C, A and CI. */
export const smallestLength = 3;
export const largestLength = 255;
export const longestFrame = largestLength + longFrameOverhead;

/**
 * @returns the frame as it goes over the line
 * @throws ProtocolError `value_not_encodable` when a field is no byte, or the application layer has no CI field or more than 253 bytes
 */
export function encodeFrame(frame: MbusFrame): Uint8Array {
  if (frame.type === "ack") return Uint8Array.of(frameBytes.ack);
  const control = byteOf(frame.control, "the C field");
  const address = byteOf(frame.address, "the A field");
  if (frame.type === "short") {
    return Uint8Array.of(frameBytes.shortStart, control, address, (control + address) & 0xff, frameBytes.stop);
  }
  return encodeLong(control, address, frame.application);
}

/** The sum of the bytes from `start` up to `end`, modulo 256. */
export function checksumOf(bytes: Uint8Array, start: number, end: number): number {
  let sum = 0;
  for (let index = start; index < end; index++) sum += bytes[index]!;
  return sum & 0xff;
}

function encodeLong(control: number, address: number, application: Uint8Array): Uint8Array {
  const length = 2 + application.length;
  if (length < smallestLength || length > largestLength) {
    throw commonError("value_not_encodable", {
      what: "the application layer",
      reason: `it has ${application.length} bytes, a frame carries 1 to ${largestLength - 2}`,
    });
  }
  const bytes = new Uint8Array(length + longFrameOverhead);
  bytes.set([frameBytes.longStart, length, length, frameBytes.longStart, control, address]);
  bytes.set(application, 6);
  bytes[length + 4] = checksumOf(bytes, 4, length + 4);
  bytes[length + 5] = frameBytes.stop;
  return bytes;
}

function byteOf(value: number, what: string): number {
  if (Number.isInteger(value) && value >= 0 && value <= 0xff) return value;
  throw commonError("value_not_encodable", { what, reason: `${value} is no byte` });
}
