/**
 * Frames of wireless M-Bus (EN 13757-4:2019, clause 12): formats A and B with their check sequences, and frames from
 * which a receiver has taken them. The radio coding below is the receiver's part.
 */
import { commonError, hexFromBytes, joinBytes } from "@anymeter/sans-io";
import { addressFromLink, type MeterAddress } from "../application/header.ts";
import { mbusError } from "../errors.ts";
import { checkSequenceOf } from "../frames/check-sequence.ts";

export interface WirelessFrame {
  readonly format: WirelessFormat;
  /** The C field, see `describeControl`. */
  readonly control: number;
  /** Of the sender. */
  readonly address: MeterAddress;
  /** The same as eight bytes of the frame, for ciphers. */
  readonly linkAddress: Uint8Array;
  /** The CI field and all behind it, without check sequences. */
  readonly application: Uint8Array;
  /** Where the bytes of the frame lie: all of them, in order. */
  readonly blocks: readonly WirelessBlock[];
}

export type WirelessFormat = "A" | "B" | "without check sequences";

export interface WirelessBlock {
  readonly start: number;
  /** Behind the data, where the check sequence is. */
  readonly end: number;
  /** 0 or 2. */
  readonly checkLength: number;
}

/** L, C, manufacturer and address. */
export const wirelessHeadLength = 10;

/** @throws ProtocolError `bytes_truncated`, `wireless_length_wrong`, `wireless_check_wrong` */
export function decodeWirelessFrame(bytes: Uint8Array): WirelessFrame {
  if (bytes.length <= wirelessHeadLength) {
    throw commonError("bytes_truncated", { what: "the application layer of a wireless frame", offset: bytes.length });
  }
  const { format, blocks } = layoutOf(bytes);
  const data = blocks.map(({ start, end }) => bytes.subarray(Math.max(start, wirelessHeadLength), end));
  const linkAddress = bytes.slice(2, wirelessHeadLength);
  return {
    format,
    control: bytes[1]!,
    address: addressFromLink(linkAddress),
    linkAddress,
    application: data.length === 1 ? data[0]! : joinBytes(data),
    blocks,
  };
}

/**
 * @param blocks "A" to put check sequences in, "without check sequences" for what most receivers hand on
 * @throws ProtocolError `value_not_encodable`
 */
export function encodeWirelessFrame(
  { control, linkAddress, application }: Pick<WirelessFrame, "control" | "linkAddress" | "application">,
  format: "A" | "without check sequences" = "without check sequences",
): Uint8Array {
  const length = wirelessHeadLength - 1 + application.length;
  if (length > 0xff) {
    throw commonError("value_not_encodable", {
      what: "the application layer",
      reason: "a wireless frame has 246 bytes for it",
    });
  }
  const plain = Uint8Array.of(length, control, ...linkAddress, ...application);
  if (format !== "A") return plain;
  const pieces: number[] = [];
  for (const [start, end] of spansOfA(plain.length)) {
    const check = checkSequenceOf(plain, start, end);
    pieces.push(...plain.subarray(start, end), check >> 8, check & 0xff);
  }
  return Uint8Array.from(pieces);
}

/** Length of the bytes and check sequences tell the format: the frame does not say it. */
function layoutOf(bytes: Uint8Array): { readonly format: WirelessFormat; readonly blocks: readonly WirelessBlock[] } {
  const plainLength = bytes[0]! + 1;
  if (plainLength <= wirelessHeadLength) throw wrongLength(bytes);
  if (bytes.length === plainLength) {
    const blocks = blocksOfB(bytes.length);
    if (blocks?.every((block) => checkRight(bytes, block, block.start))) return { format: "B", blocks };
    return { format: "without check sequences", blocks: [{ start: 0, end: bytes.length, checkLength: 0 }] };
  }
  const spans = spansOfA(plainLength);
  if (bytes.length !== plainLength + spans.length * checkLength) throw wrongLength(bytes);
  const blocks = spans.map(([start, end], index) => {
    const shift = index * checkLength;
    return { start: start + shift, end: end + shift, checkLength };
  });
  const wrong = blocks.findIndex((block) => !checkRight(bytes, block, block.start));
  if (wrong >= 0) {
    const { end } = blocks[wrong]!;
    throw mbusError("wireless_check_wrong", {
      block: wrong + 1,
      found: hexFromBytes(bytes.subarray(end, end + checkLength)),
      offset: end,
    });
  }
  return { format: "A", blocks };
}

/** Start and end of the blocks of format A in a frame without check sequences: ten bytes, then sixteen each. */
function spansOfA(length: number): [number, number][] {
  const spans: [number, number][] = [[0, wirelessHeadLength]];
  for (let start = wirelessHeadLength; start < length; start += blockLengthA) {
    spans.push([start, Math.min(start + blockLengthA, length)]);
  }
  return spans;
}

/** Format B: one check sequence in the first 128 bytes, one in the rest; the length byte counts them. */
function blocksOfB(length: number): WirelessBlock[] | undefined {
  const first = Math.min(length, blockLengthB);
  const rest = length - first;
  if (first <= wirelessHeadLength + checkLength || (rest > 0 && rest <= checkLength)) return undefined;
  const blocks = [{ start: 0, end: first - checkLength, checkLength }];
  if (rest > 0) blocks.push({ start: first, end: length - checkLength, checkLength });
  return blocks;
}

/** In frames the check sequence stands behind what it covers, most significant byte first. */
function checkRight(bytes: Uint8Array, { end }: WirelessBlock, start: number): boolean {
  return checkSequenceOf(bytes, start, end) === ((bytes[end]! << 8) | bytes[end + 1]!);
}

function wrongLength(bytes: Uint8Array): Error {
  return mbusError("wireless_length_wrong", { announced: bytes[0]!, found: bytes.length, offset: 0 });
}

const checkLength = 2;
const blockLengthA = 16;
const blockLengthB = 128;
