/**
 * What every session of a protocol library looks like, client or server. It never opens a socket, reads a clock or draws
 * a random number: whoever has the socket hands in what came and sends what comes out.
 */
export interface Session {
  /** Takes bytes as they came, in pieces of any size. */
  receive(bytes: Uint8Array): void;
  /** The next bytes to send; undefined when there are none. */
  takeOutput(): Uint8Array | undefined;
  /**
   * After so many milliseconds without a byte from the peer `timedOut` is to be called: the session waits for an answer, or
   * pauses on purpose before it goes on. Counted anew from every output and every byte. undefined = it waits for nothing.
   */
  readonly patience: number | undefined;
  /** Nothing came for as long as `patience` says. */
  timedOut(): void;
  /** The peer ended the stream, or the line broke. */
  connectionLost(): void;
  /** Nothing more will be sent or understood: close the line. */
  readonly finished: boolean;
}

/** A session that is asked for things and tells what became of them. */
export interface ClientSession<Event = ClientEvent> extends Session {
  /** The next thing that happened; undefined when nothing did. */
  nextEvent(): Event | undefined;
}

/** Something asked of a client session, known by its number. `Result` is what the answer holds. */
export interface Request<Result> {
  readonly id: number;
  /** Never there: it carries the type. */
  readonly result?: Result;
}

export type ClientEvent =
  | { readonly type: "response"; readonly id: number; readonly result: unknown }
  /** This request failed; the session goes on with the next. */
  | { readonly type: "request-failed"; readonly id: number; readonly error: Error };
