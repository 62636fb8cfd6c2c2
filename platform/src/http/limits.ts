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
  /** A peer that says nothing on an open connection is dropped after this time. */
  connectionTimeoutMilliseconds: 120_000,
  /** The whole request must have arrived by then: the answer to clients that send one byte at a time. */
  requestTimeoutMilliseconds: 300_000,
  /** The headers must have arrived by then. */
  headersTimeoutMilliseconds: 20_000,
  keepAliveTimeoutMilliseconds: 65_000,
  /** Sockets open at once on one listener. */
  connections: 10_000,
  /** Rows of one page, whatever `limit` asks for. */
  pageRows: 10_000,
  /** Greatest `offset`. */
  offset: Number.MAX_SAFE_INTEGER,
} as const;
