/**
 * Finds HDLC frames in a byte stream, whatever else is in it. A flag may be data, and the length after a false flag may be
 * anything, so a candidate counts only when its header makes sense and its check sequences are right; otherwise the search
 * goes on behind its first byte, so that garbage never swallows a good frame that has arrived whole.
 */
import { StreamBuffer } from "../stream-buffer.ts";
import { decodeHdlcAddress, type HdlcAddressLength, hdlcAddressLengthAt } from "./address.ts";
import { continueCheckSequence, goodCheckSequence, initialCheckSequence } from "./check-sequence.ts";
import {
  checkSequenceLength,
  formatLength,
  formatType,
  type HdlcFrame,
  hdlcFlag,
  maximumFrameLength,
  segmentationBit,
} from "./frame.ts";

export class HdlcParser {
  /** Bytes that belonged to no frame, flags not counted. */
  discarded = 0;
  private readonly buffer = new StreamBuffer();

  push(bytes: Uint8Array): void {
    this.buffer.push(bytes);
  }

  /**
   * The next good frame, whose information is a view of the bytes received, or undefined until more come. It is handed
   * out with its last check byte; the closing flag need not have come.
   */
  next(): HdlcFrame | undefined {
    const buffer = this.buffer;
    while (buffer.start < buffer.end) {
      if (buffer.bytes[buffer.start] !== hdlcFlag) {
        this.skipToFlag();
        continue;
      }
      const candidate = readCandidate(buffer.bytes, buffer.start + 1, buffer.end);
      if (candidate === "incomplete") return undefined;
      if (candidate === "none") {
        buffer.start++;
        continue;
      }
      buffer.start = candidate.end;
      return candidate.frame;
    }
    return undefined;
  }

  /**
   * No more bytes will come for what looks like the beginning of a frame, as the line fell silent: gives that beginning
   * up and searches behind it. Call `next` afterwards.
   */
  resynchronize(): void {
    if (this.buffer.length > 0) this.buffer.start++;
  }

  /** Bytes waiting for the rest of what may be a frame, the flag included. */
  get pending(): number {
    return this.buffer.length;
  }

  private skipToFlag(): void {
    const buffer = this.buffer;
    const flag = buffer.bytes.indexOf(hdlcFlag, buffer.start);
    const next = flag === -1 ? buffer.end : flag;
    this.discarded += next - buffer.start;
    buffer.start = next;
  }
}

/** A good frame and where its fields begin; each ends where the next begins. */
export interface FoundFrame {
  readonly frame: HdlcFrame;
  readonly destinationStart: number;
  readonly sourceStart: number;
  readonly controlAt: number;
  /** Behind the header check sequence; without information where the frame check sequence begins. */
  readonly informationStart: number;
  readonly informationEnd: number;
  /** Behind the frame check sequence, where the closing flag belongs. */
  readonly end: number;
}

/** For this package: judges the bytes behind a flag as early as they allow. */
export function readCandidate(bytes: Uint8Array, start: number, available: number): FoundFrame | "incomplete" | "none" {
  if (start >= available) return "incomplete";
  const format = bytes[start]!;
  if ((format & 0xf0) !== formatType) return "none";
  if (start + 1 >= available) return "incomplete";
  const length = ((format & (maximumFrameLength >> 8)) << 8) | bytes[start + 1]!;

  const destinationStart = start + formatLength;
  const destinationLength = hdlcAddressLengthAt(bytes, destinationStart, available);
  if (destinationLength === undefined) return "incomplete";
  if (destinationLength === 0) return "none";
  const sourceStart = destinationStart + destinationLength;
  const sourceLength = hdlcAddressLengthAt(bytes, sourceStart, available);
  if (sourceLength === undefined) return "incomplete";
  if (sourceLength === 0) return "none";
  const controlAt = sourceStart + sourceLength;

  const end = start + length;
  const informationEnd = end - checkSequenceLength;
  let checkedTo = start;
  let register = initialCheckSequence;
  let informationStart = controlAt + 1;
  if (informationStart !== informationEnd) {
    informationStart += checkSequenceLength;
    if (informationStart > informationEnd) return "none";
    if (informationStart > available) return "incomplete";
    register = continueCheckSequence(register, bytes, checkedTo, informationStart);
    if (register !== goodCheckSequence) return "none";
    checkedTo = informationStart;
  }
  if (end > available) return "incomplete";
  if (continueCheckSequence(register, bytes, checkedTo, end) !== goodCheckSequence) return "none";
  return {
    frame: {
      destination: decodeHdlcAddress(bytes, destinationStart, destinationLength as HdlcAddressLength),
      source: decodeHdlcAddress(bytes, sourceStart, sourceLength as HdlcAddressLength),
      control: bytes[controlAt]!,
      segmented: (format & segmentationBit) !== 0,
      information: bytes.subarray(informationStart, informationEnd),
    },
    destinationStart,
    sourceStart,
    controlAt,
    informationStart,
    informationEnd,
    end,
  };
}
