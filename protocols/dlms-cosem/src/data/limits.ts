/** What a hostile or broken peer can make the decoder hold. Exceeding one is a typed error, never a slow decode. */
export const dataLimits = {
  /** Arrays and structures inside one another, type descriptions included. */
  nesting: 32,
  /** Elements of one array, structure or compact-array. */
  elements: 1_000_000,
  /** Values a compact-array may yield for each byte of its content: null-data elements take none, but room in memory. */
  compactArrayExpansion: 8,
  /** Bits of a bit-string, which become as many characters. */
  bits: 1_000_000,
  /** Bytes of one encoding, which after block transfer may be far longer than a PDU; values take some 20 times as much. */
  bytes: 8 * 1024 * 1024,
} as const;
