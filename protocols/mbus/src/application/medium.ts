/** Device types, in old telegrams called media (EN 13757-7:2018, table 13; also listed by Silicon Labs for its wireless M-Bus SDK). */

/** "water"; reserved codes by their number. */
export function mediumName(medium: number): string {
  return names[medium] ?? `reserved device type ${medium.toString(16).toUpperCase().padStart(2, "0")}`;
}

const names: Readonly<Record<number, string>> = {
  0: "other",
  1: "oil",
  2: "electricity",
  3: "gas",
  4: "heat",
  5: "steam",
  6: "warm water",
  7: "water",
  8: "heat cost allocator",
  9: "compressed air",
  10: "cooling, measured in the outlet",
  11: "cooling, measured in the inlet",
  12: "heat, measured in the inlet",
  13: "heat and cooling",
  14: "bus or system component",
  15: "unknown",
  20: "calorific value",
  21: "hot water",
  22: "cold water",
  23: "hot and cold water",
  24: "pressure",
  25: "analog to digital converter",
  26: "smoke detector",
  27: "room sensor",
  28: "gas detector",
  32: "breaker",
  33: "valve",
  37: "customer unit",
  40: "waste water",
  41: "garbage",
  42: "carbon dioxide",
  49: "communication controller",
  50: "unidirectional repeater",
  51: "bidirectional repeater",
  54: "radio converter, system side",
  55: "radio converter, meter side",
};

/** The device types that have a name, ascending. */
export const assignedMedia: readonly number[] = Object.keys(names).map(Number);
