/**
 * Finds frames in the byte stream of a gateway, whatever else is in it. A frame is as long as its length byte says and
 * counts only when its checksum and stop byte are right; never is it looked for by start and end byte alone, since both
 * may be data. What fits nothing is reported, because on a bus it means something: two meters answered at once.
 */
import { joinBytes, type ProtocolError, plainView } from "@anymeter/sans-io";
import { mbusError } from "../errors.ts";
import { type CandidateOptions, readCandidate } from "./candidate.ts";
import type { MbusFrame } from "./frame.ts";

/** What the stream held next. */
export type ParsedFrame = MbusFrame | DamagedFrame;

/** Bytes that are no frame: noise, a frame with a wrong checksum, a collision. */
export interface DamagedFrame {
  readonly type: "damaged";
  readonly bytes: Uint8Array;
  /** Why they are none; its offset counts in `bytes`. */
  readonly error: ProtocolError;
}

export type FrameParserOptions = CandidateOptions;

export class FrameParser {
  readonly #options: FrameParserOptions;
  /** What came and was not handed out yet; never more than the longest frame once `next` gave undefined. */
  #bytes: Uint8Array = new Uint8Array(0);
  /** Bytes before this one are no frame and still to be reported. */
  #start = 0;
  /** Up to here bytes belong to a damaged frame, so that an E5 among them is its data and no acknowledgement. */
  #damagedUntil = 0;

  constructor(options: FrameParserOptions = {}) {
    this.#options = options;
  }

  /** Takes bytes as they came, in pieces of any size. */
  push(bytes: Uint8Array): void {
    this.#bytes = this.#bytes.length === 0 ? plainView(bytes) : joinBytes([this.#bytes, bytes]);
  }

  /** The next frame, or the bytes before it that are none; undefined until more come. All are views of what was pushed. */
  next(): ParsedFrame | undefined {
    while (this.#start < this.#bytes.length) {
      const candidate = this.#candidate();
      if (candidate.type === "incomplete") break;
      if (candidate.type === "none") {
        this.#skip(candidate.end);
        continue;
      }
      if (this.#start > 0) return this.#takeDamaged();
      this.#take(candidate.end);
      return candidate.frame;
    }
    return this.#start > 0 ? this.#takeDamaged() : undefined;
  }

  /** Bytes waiting for the rest of what may be a frame. */
  get pending(): number {
    return this.#bytes.length - this.#start;
  }

  /**
   * The line fell silent, so no more bytes will come for what looks like the beginning of a frame: gives that beginning
   * up and searches behind it. Call `next` until it gives nothing afterwards.
   */
  resynchronize(): void {
    while (this.#start < this.#bytes.length && this.#candidate().type !== "frame") this.#skip(this.#bytes.length);
  }

  #candidate() {
    const ackAllowed = this.#start >= this.#damagedUntil;
    return readCandidate(this.#bytes, this.#start, { ...this.#options, ackAllowed });
  }

  /** Goes on behind the first byte of a bad candidate: garbage must not swallow a good frame inside it. */
  #skip(end: number): void {
    this.#damagedUntil = Math.max(this.#damagedUntil, end);
    this.#start++;
  }

  #takeDamaged(): DamagedFrame {
    const candidate = readCandidate(this.#bytes, 0, { ...this.#options, ackAllowed: false });
    const expected = candidate.type === "incomplete" ? candidate.expected : this.#start;
    const error =
      candidate.type === "none"
        ? candidate.error
        : mbusError("frame_incomplete", { expected, found: this.#start, offset: this.#start });
    return { type: "damaged", bytes: this.#take(this.#start), error };
  }

  #take(count: number): Uint8Array {
    const taken = this.#bytes.subarray(0, count);
    this.#bytes = this.#bytes.subarray(count);
    this.#damagedUntil = Math.max(0, this.#damagedUntil - count);
    this.#start = 0;
    return taken;
  }
}
