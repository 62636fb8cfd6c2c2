/** What a client may ask of us at most; beyond it an answer says so. */
export const mdcLimits = {
  /** Bytes of a body whose sender showed no key in a header yet. */
  unknownBodyBytes: 64 * 1024,
  /** Rows read from the store at a time; an answer has as many such pages as it needs, one in memory and one on its way. */
  rowsPerPage: 5_000,
  /** Bytes of their texts at most: pictures of meters, descriptions of events. */
  textBytesPerPage: 4 * 1024 * 1024,
  /** Answers with rows on their way to one client at once. */
  readsUnderWay: 16,
  /** Answers of transaction_status on their way to one client at once. */
  statusUnderWay: 64,
  /** Rows of transactions read from the store at a time, and bytes of what their meters gave. */
  transactionRows: 1_000,
  transactionBytes: 2 * 1024 * 1024,
  /** Characters kept of each field of a request that is refused. */
  keptFieldCharacters: 1_000,
  /** Devices whose newest values are read at a time. */
  visualsPerPage: 500,
  /** Reads on demand whose callers wait for the meter at once, of one client. */
  onDemandWaits: 1_000,
  /** How long a caller waits for a meter, in milliseconds; v3.3: three minutes. */
  onDemandWait: 180_000,
  /** How long a connection whose caller waited for a meter may stand still while it is answered, in milliseconds. */
  answerSilence: 60_000,
} as const;
