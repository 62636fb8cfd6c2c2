/** Types of values in registers. BCD has four digits a register; a string two characters. */
export const valueTypes = {
  uint16: { registers: 1 },
  int16: { registers: 1 },
  uint32: { registers: 2 },
  int32: { registers: 2 },
  uint64: { registers: 4 },
  int64: { registers: 4 },
  float32: { registers: 2 },
  float64: { registers: 4 },
  bcd16: { registers: 1 },
  bcd32: { registers: 2 },
  bcd64: { registers: 4 },
  /** As many registers as the entry says. */
  string: { registers: undefined },
} as const satisfies Readonly<Record<string, { readonly registers: number | undefined }>>;

export type ValueType = keyof typeof valueTypes;
