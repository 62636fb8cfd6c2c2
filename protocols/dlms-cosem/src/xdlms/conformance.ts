/** The xDLMS conformance block (Green Book, clause 9.4.6.1): 24 bits, bit 0 is the most significant of the first byte. */
export const conformanceBits = {
  "general-protection": 1,
  "general-block-transfer": 2,
  read: 3,
  write: 4,
  "unconfirmed-write": 5,
  "delta-value-encoding": 6,
  "attribute0-with-set": 8,
  "priority-management": 9,
  "attribute0-with-get": 10,
  "block-transfer-with-get": 11,
  "block-transfer-with-set": 12,
  "block-transfer-with-action": 13,
  "multiple-references": 14,
  "information-report": 15,
  "data-notification": 16,
  access: 17,
  "parameterized-access": 18,
  get: 19,
  set: 20,
  "selective-access": 21,
  "event-notification": 22,
  action: 23,
} as const;

export type ConformanceBit = keyof typeof conformanceBits;
export type Conformance = ReadonlySet<ConformanceBit>;

/** The set of a 24-bit number, bit 0 of the standard being its most significant. Reserved bits are dropped. */
export function conformanceFromBits(bits: number): Conformance {
  const conformance = new Set<ConformanceBit>();
  for (const [name, mask] of conformanceMasks) if ((bits & mask) !== 0) conformance.add(name);
  return conformance;
}

/** The 24-bit number of a set. */
export function conformanceToBits(conformance: Conformance): number {
  let bits = 0;
  for (const name of conformance) bits |= maskOf(name);
  return bits;
}

/** What both offer: only that may be used in the association. */
export function negotiateConformance(proposed: Conformance, supported: Conformance): Conformance {
  return new Set([...proposed].filter((bit) => supported.has(bit)));
}

const conformanceMasks = (Object.keys(conformanceBits) as ConformanceBit[]).map(
  (name) => [name, maskOf(name)] as const,
);

function maskOf(name: ConformanceBit): number {
  return 0x80_0000 >> conformanceBits[name];
}
