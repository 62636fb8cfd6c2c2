/**
 * HDLC frames of type 3 (ISO/IEC 13239 Annex H.4; Green Book clause 8.4.1).
 *
 *   ┌────┬────────────┬─────────────┬────────┬─────────┬────────┬─────────────┬────────┬────┐
 *   │ 7E │ format (2) │ destination │ source │ control │ HCS(2) │ information │ FCS(2) │ 7E │
 *   └────┴────────────┴─────────────┴────────┴─────────┴────────┴─────────────┴────────┴────┘
 *         ╰──────────── header, checked by HCS ───────╯
 *         ╰───────────────────────── length; checked by FCS ───────────────────────╯
 *
 *   format   ┌─────────┬───────────┬──────────────────┐
 *            │ 1 0 1 0 │ segmented │ length (11 bits) │   length: all bytes between the flags
 *            └─────────┴───────────┴──────────────────┘
 *
 * Without information there is no HCS, only the FCS. Nothing is stuffed: a 7E inside is data, and the end is known from
 * the length. One flag may close a frame and open the next.
 */
import { dlmsError } from "../../errors.ts";
import { encodeHdlcAddress, type HdlcAddress } from "./address.ts";
import { checkSequence } from "./check-sequence.ts";

export interface HdlcFrame {
  readonly destination: HdlcAddress;
  readonly source: HdlcAddress;
  /** See control.ts. */
  readonly control: number;
  /** More segments of the same APDU follow. */
  readonly segmented: boolean;
  /** Empty when the frame has none. */
  readonly information: Uint8Array;
}

export const hdlcFlag = 0x7e;
/** High nibble of the format field: frame format type 3. */
export const formatType = 0xa0;
export const segmentationBit = 0x08;
/** What the 11-bit length can tell; flags are not counted. */
export const maximumFrameLength = 0x7ff;
export const checkSequenceLength = 2;
export const formatLength = 2;

/** A frame's bytes with both flags. Throws `hdlc_address_invalid`, and `link_apdu_too_long` beyond 2,047 bytes. */
export function encodeHdlcFrame(frame: HdlcFrame): Uint8Array {
  return encodeFrame(encodeHdlcAddress(frame.destination), encodeHdlcAddress(frame.source), frame);
}

/** The same with addresses encoded before, for links that send many frames between the same two. */
export function encodeFrame(
  destination: Uint8Array,
  source: Uint8Array,
  frame: Pick<HdlcFrame, "control" | "segmented" | "information">,
): Uint8Array {
  const { control, segmented, information } = frame;
  const headerLength = formatLength + destination.length + source.length + 1;
  const checkedInformation = information.length === 0 ? 0 : checkSequenceLength + information.length;
  const length = headerLength + checkedInformation + checkSequenceLength;
  if (length > maximumFrameLength) throw dlmsError("link_apdu_too_long", { length, limit: maximumFrameLength });

  const bytes = new Uint8Array(length + 2);
  bytes[0] = hdlcFlag;
  bytes[1] = formatType | (segmented ? segmentationBit : 0) | (length >> 8);
  bytes[2] = length;
  bytes.set(destination, 3);
  bytes.set(source, 3 + destination.length);
  bytes[headerLength] = control;
  if (information.length > 0) {
    appendCheckSequence(bytes, 1 + headerLength);
    bytes.set(information, 1 + headerLength + checkSequenceLength);
  }
  appendCheckSequence(bytes, 1 + length - checkSequenceLength);
  bytes[1 + length] = hdlcFlag;
  return bytes;
}

/** Checks everything from after the flag to `end`; the low byte goes first. */
function appendCheckSequence(bytes: Uint8Array, end: number): void {
  const check = checkSequence(bytes, 1, end);
  bytes[end] = check;
  bytes[end + 1] = check >> 8;
}
