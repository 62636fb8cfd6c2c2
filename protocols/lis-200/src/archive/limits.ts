/** Bounds on what an archive answer may make us keep. */
export const archiveLimits = {
  /** Values of a row; the widest known archive, EK260's monthly one, has 22 and a few more. */
  columns: 99,
  /** Characters of one value. */
  valueLength: 64,
  /** Characters of one row. */
  rowLength: 4096,
  /** Rows of one read. A year of 15-minute rows is 35,136. */
  rows: 100_000,
  /** Damaged rows of one read that are told one by one. */
  damagedRows: 1000,
  /** A row count of a partial block has at most three digits. */
  rowsPerBlock: 999,
  /** The position a range refers to has at most two digits. */
  position: 99,
  /** Characters of a limit; the longest, a time, has 19. */
  limitLength: 19,
} as const;
