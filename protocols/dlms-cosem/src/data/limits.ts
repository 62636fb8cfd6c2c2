/** What a hostile or broken peer can make the decoder hold. Exceeding one is a typed error, never a slow decode. */
export const dataLimits = {
  /** Arrays and structures inside one another, type descriptions included. */
  nesting: 32,
  /** Elements of one array, structure or compact-array. */
  elements: 1_000_000,
  /** Values a compact-array may yield for each byte of its content: null-data elements take none. */
  compactArrayExpansion: 64,
  /** Bytes of one encoding, which after block transfer may be far longer than a PDU. */
  bytes: 16 * 1024 * 1024,
} as const;
