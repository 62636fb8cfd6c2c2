/** A byte stream to a meter. */
export interface Line {
  /** Sends bytes. What the line cannot take any more is noticed by the next `receive`. */
  send(bytes: Uint8Array): void;
  /**
   * The next bytes as they come, in pieces of any size; "silence" when none came for so long; "closed" when the peer
   * ended the stream.
   * @throws RunFailure when the connection broke, the session's time or bytes are used up, or the head-end stops
   */
  receive(silenceMilliseconds: number): Promise<Uint8Array | "silence" | "closed">;
  close(): void;
  /** The peer ended the stream, or it was closed here. */
  readonly closed: boolean;
}

/** Bytes over all lines of a session. */
export interface LineCounter {
  sent: number;
  received: number;
}
