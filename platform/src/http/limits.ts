/** Limits of the HTTP server. A request beyond one of them is answered with an error of the table, never with silence. */
export const limits = {
  /** Body of an ordinary request. A route that takes more says so itself. */
  bodyBytes: 1024 * 1024,
  /** Levels of arrays and objects inside each other in a JSON body. */
  jsonDepth: 32,
  /** Bytes of all request headers together. */
  headerBytes: 16 * 1024,
  /** Characters of one path parameter; the longest id is a uuid. */
  pathParameterCharacters: 100,
  /** Least rate of a body that is taken as a stream, averaged over `timeouts.stream`. */
  streamBytesPerSecond: 1024,
  /** Sockets open at once on one listener. */
  connections: 10_000,
  /** Rows of one page, whatever `limit` asks for. */
  pageRows: 10_000,
  /** Greatest `offset`. */
  offset: Number.MAX_SAFE_INTEGER,
} as const;

/** How long the server waits for a client, in milliseconds: the answer to those that send one byte at a time. */
export interface Timeouts {
  /** A connection on which nothing moves is dropped after this time. */
  readonly connection: number;
  /** The headers must have arrived by then, */
  readonly headers: number;
  /** and the whole request so long after them, */
  readonly request: number;
  /** unless it is taken as a stream: that must go on from each such time to the next. */
  readonly stream: number;
  /** An idle connection is kept for the next request so long. */
  readonly keepAlive: number;
  /** How often the three in the middle are looked at. */
  readonly check: number;
}

export const timeouts: Timeouts = {
  connection: 120_000,
  headers: 20_000,
  request: 300_000,
  stream: 30_000,
  keepAlive: 65_000,
  check: 5_000,
};
