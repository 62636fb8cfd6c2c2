/** What both framings carry, and what a session asks of the one it uses. */

/** A frame off the stream. Its bytes are views; take what is to be kept. */
export interface Frame {
  readonly unit: number;
  /** Undefined over RTU, which has none. */
  readonly transactionId: number | undefined;
  readonly pdu: Uint8Array;
}

export type FramingName = "tcp" | "rtu";

/** Cuts a stream into frames; bytes come in pieces of any size. */
export interface FrameReader {
  push(bytes: Uint8Array): void;
  /**
   * The next whole frame; undefined when more bytes are needed.
   * @throws ProtocolError when the stream cannot be followed any more
   */
  next(): Frame | undefined;
  /** Nothing came for a while: a frame among bytes that only seemed to begin another one, if there is one. */
  afterSilence(): Frame | undefined;
  /** Bytes that are no frame yet. */
  readonly rest: Uint8Array;
  clear(): void;
}
