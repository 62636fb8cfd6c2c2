/**
 * Electricity (Blue Book, clause 6.3; IEC 62056-61): group C is the quantity, D how it is processed, E the tariff or
 * harmonic. Objects that are no measured quantity have a list of their own.
 */

/** What D makes of an active, reactive or apparent power: its integral over time is an energy. */
export type PowerQuantity = "active" | "reactive" | "apparent";

export interface ElectricityQuantity {
  /** Set when the name needs "power" or "energy" from group D. */
  readonly power?: PowerQuantity;
  readonly name: string;
}

/** The sum of all phases; the phases L1, L2 and L3 repeat 1 to 20 at 21, 41 and 61. */
const perPhase: Readonly<Record<number, ElectricityQuantity>> = {
  1: { power: "active", name: "import (+)" },
  2: { power: "active", name: "export (−)" },
  3: { power: "reactive", name: "import (+), Q I + Q II" },
  4: { power: "reactive", name: "export (−), Q III + Q IV" },
  5: { power: "reactive", name: "Q I" },
  6: { power: "reactive", name: "Q II" },
  7: { power: "reactive", name: "Q III" },
  8: { power: "reactive", name: "Q IV" },
  9: { power: "apparent", name: "import (+), Q I + Q IV" },
  10: { power: "apparent", name: "export (−), Q II + Q III" },
  11: { name: "current" },
  12: { name: "voltage" },
  13: { name: "power factor (+)" },
  14: { name: "frequency" },
  15: { power: "active", name: "absolute, |import| + |export|" },
  16: { power: "active", name: "net, |import| − |export|" },
  17: { power: "active", name: "Q I" },
  18: { power: "active", name: "Q II" },
  19: { power: "active", name: "Q III" },
  20: { power: "active", name: "Q IV" },
};

const ofAllPhases: Readonly<Record<number, ElectricityQuantity>> = {
  82: { name: "unitless quantity (pulses)" },
  83: { name: "transformer and line losses" },
  84: { name: "power factor (−)" },
  85: { name: "power factor (−) L1" },
  86: { name: "power factor (−) L2" },
  87: { name: "power factor (−) L3" },
  88: { name: "ampere-squared hours" },
  89: { name: "volt-squared hours" },
  90: { name: "current, sum of all phases" },
  91: { name: "current in neutral" },
  92: { name: "voltage of neutral" },
};

/** The quantity of a group C, with its phase in the name; undefined where C is none. */
export function electricityQuantity(c: number): ElectricityQuantity | undefined {
  if (c < 1 || c > 80) return ofAllPhases[c];
  const quantity = perPhase[((c - 1) % 20) + 1]!;
  const phase = Math.floor((c - 1) / 20);
  return phase === 0 ? quantity : { ...quantity, name: `${quantity.name} L${phase}` };
}

/** Group D. `integral` marks those that turn a power into an energy. */
export const electricityProcessing: Readonly<Record<number, { readonly name: string; readonly integral?: true }>> = {
  0: { name: "billing period average" },
  1: { name: "cumulative minimum 1" },
  2: { name: "cumulative maximum 1" },
  3: { name: "minimum 1" },
  4: { name: "current average 1" },
  5: { name: "last average 1" },
  6: { name: "maximum 1" },
  7: { name: "instantaneous" },
  8: { name: "", integral: true },
  9: { name: "since the start of the billing period", integral: true },
  10: { name: "above the threshold", integral: true },
  11: { name: "cumulative minimum 2" },
  12: { name: "cumulative maximum 2" },
  13: { name: "minimum 2" },
  14: { name: "current average 2" },
  15: { name: "last average 2" },
  16: { name: "maximum 2" },
  21: { name: "cumulative minimum 3" },
  22: { name: "cumulative maximum 3" },
  23: { name: "minimum 3" },
  24: { name: "current average 3" },
  25: { name: "last average 3" },
  26: { name: "maximum 3" },
  27: { name: "current average 5" },
  28: { name: "current average 6" },
  29: { name: "in recording interval 1", integral: true },
  30: { name: "in recording interval 2", integral: true },
  31: { name: "under limit: threshold" },
  32: { name: "under limit: number of occurrences" },
  33: { name: "under limit: duration" },
  34: { name: "under limit: magnitude" },
  35: { name: "over limit: threshold" },
  36: { name: "over limit: number of occurrences" },
  37: { name: "over limit: duration" },
  38: { name: "over limit: magnitude" },
  39: { name: "missing: threshold" },
  40: { name: "missing: number of occurrences" },
  41: { name: "missing: duration" },
  42: { name: "missing: magnitude" },
  55: { name: "test average" },
  58: { name: "test time integral", integral: true },
};

/** Angles, C = 81: the ones of E say of what, the tens to what: 4 is I(L1) to U(L1). */
export const angleEnds: Readonly<Record<number, string>> = {
  0: "U(L1)",
  1: "U(L2)",
  2: "U(L3)",
  4: "I(L1)",
  5: "I(L2)",
  6: "I(L3)",
  7: "I(N)",
};

/** As in obis-names/abstract.ts. */
export const electricityObisNames: readonly (readonly [pattern: string, name: string])[] = [
  ["1.*.0.0.0-9.255", "electricity id {e}"],
  ["1.*.0.1.0.*", "billing period counter"],
  ["1.*.0.1.1.255", "number of available billing periods"],
  ["1.*.0.1.2.*", "time stamp of the billing period"],
  ["1.*.0.2.0.255", "active firmware identifier"],
  ["1.*.0.2.1.255", "parameter record number"],
  ["1.*.0.2.2.255", "time switch program number"],
  ["1.*.0.2.8.255", "active firmware signature"],
  ["1.*.0.3.0-9.255", "pulse constant"],
  ["1.*.0.4.0.255", "reading factor for power"],
  ["1.*.0.4.1.255", "reading factor for energy"],
  ["1.*.0.4.2.*", "current transformer ratio, numerator"],
  ["1.*.0.4.3.*", "voltage transformer ratio, numerator"],
  ["1.*.0.4.4.*", "overall transformer ratio, numerator"],
  ["1.*.0.4.5.*", "current transformer ratio, denominator"],
  ["1.*.0.4.6.*", "voltage transformer ratio, denominator"],
  ["1.*.0.4.7.*", "overall transformer ratio, denominator"],
  ["1.*.0.6.0.255", "rated voltage"],
  ["1.*.0.6.1.255", "rated current"],
  ["1.*.0.6.2.255", "rated frequency"],
  ["1.*.0.6.3.255", "maximum current"],
  ["1.*.0.6.4.255", "reference voltage for power quality"],
  ["1.*.0.8.0.255", "measurement period 1"],
  ["1.*.0.8.1.255", "measurement period 2"],
  ["1.*.0.8.2.255", "measurement period 3"],
  ["1.*.0.8.4.255", "recording interval 1"],
  ["1.*.0.8.5.255", "recording interval 2"],
  ["1.*.0.8.6.255", "billing period"],
  ["1.*.0.9.1.255", "local time"],
  ["1.*.0.9.2.255", "local date"],
  ["1.*.0.9.11.255", "clock time shift limit"],
  ["1.*.0.10.*.255", "coefficient"],
  ["1.*.0.11.*.255", "measurement method"],
  ["1.*.94.*.*.*", "country specific object"],
  ["1.*.96.*.*.*", "electricity service entry"],
  ["1.*.97.*.*.*", "error register"],
  ["1.*.98.1.*.*", "data of billing period, scheme 1"],
  ["1.*.98.2.*.*", "data of billing period, scheme 2"],
  ["1.*.98.10.*.*", "data list"],
  ["1.*.99.1.*.*", "load profile, recording interval 1"],
  ["1.*.99.2.*.*", "load profile, recording interval 2"],
  ["1.*.99.3.*.*", "load profile during test"],
  ["1.*.99.10.*.*", "voltage dips profile"],
  ["1.*.99.11.*.*", "voltage swells profile"],
  ["1.*.99.12.*.*", "voltage cuts profile"],
  ["1.*.99.13.*.*", "voltage harmonics profile"],
  ["1.*.99.14.*.*", "current harmonics profile"],
  ["1.*.99.15.*.*", "voltage unbalance profile"],
  ["1.*.99.97.*.*", "power failure event log"],
  ["1.*.99.98.*.*", "event log"],
  ["1.*.99.99.*.*", "certification data log"],
  ["1.*.128-254.*.*.*", "manufacturer specific object"],
];
