/** Bounds of MODBUS Application Protocol V1.1b3, clauses 4.1 and 6, and what this package adds to them. */
export const limits = {
  /** Bytes of a protocol data unit, its function code included. */
  pdu: 253,
  readCoils: 2000,
  readRegisters: 125,
  writeCoils: 1968,
  writeRegisters: 123,
  /** Written by function 23, which also reads. */
  readWriteRegisters: 121,
  /** Objects of a device identification, over all its answers. */
  identificationObjects: 256,
  /** Answers a client drops for one request before it gives the line up. */
  strayAnswers: 32,
  /** Bytes a client takes for one request before it gives the line up as noise. */
  bytesOfAnswer: 65_536,
} as const;
