/** What a peer may send at most; more is refused with an error that names the limit. */
export const limits = {
  /** Bytes of a request's body: 100,000 ids, percent-encoded, fit several times. */
  requestBytes: 16 * 1024 * 1024,
  /** Devices, or transactions, of one request. */
  ids: 100_000,
  /** Characters of an id. */
  idLength: 200,
  /** Names in one form, or parts of one multipart body, repeated ids not counted. */
  formFields: 200,
  /** Bytes of an answer's body. */
  answerBytes: 128 * 1024 * 1024,
  /** Rows of one answer. */
  answerRows: 1_000_000,
  /** Levels of JSON values or XML elements inside each other. */
  depth: 32,
  /** XML elements, or JSON objects and lists, of one answer: 50,000 rows of XML have 2.6 million. */
  elements: 4_000_000,
  /** Kinds of tolerated irregularities that are told of one message. */
  notes: 50,
} as const;
