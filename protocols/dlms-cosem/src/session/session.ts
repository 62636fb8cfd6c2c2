/**
 * The shape both roles share. A session never touches a socket, a clock or a random source: its owner hands it the bytes
 * that came, sends what it puts out, and tells it when a wait was too long.
 */
export interface Session {
  /** Bytes as they came from the peer, in pieces of any size. Never throws: what is wrong with them becomes an event. */
  receive(bytes: Uint8Array): void;
  /** Bytes to send now; undefined when there are none. Call until undefined after every other call. */
  takeOutput(): Uint8Array | undefined;
  /** The peer closed or lost the connection. */
  connectionLost(): void;
  /** Nothing more will come of this session: close the connection. */
  readonly finished: boolean;
}
