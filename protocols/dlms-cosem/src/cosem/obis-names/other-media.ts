/** Gas, water and thermal energy (Blue Book, clauses 6.4 to 6.7): group C is the quantity, D how it is processed. */

export interface MediumNames {
  readonly quantities: Readonly<Record<number, string>>;
  readonly processing: Readonly<Record<number, string>>;
  /** As in obis-names/abstract.ts, with the medium's own A. */
  readonly objects: readonly (readonly [pattern: string, name: string])[];
}

const gas: MediumNames = {
  quantities: {
    1: "volume, forward, undisturbed",
    2: "volume, forward, disturbed",
    3: "volume, forward, absolute",
    4: "volume, reverse, undisturbed",
    5: "volume, reverse, disturbed",
    6: "volume, reverse, absolute",
    11: "converted volume, forward, undisturbed",
    12: "converted volume, forward, disturbed",
    13: "converted volume, forward, absolute",
    14: "converted volume, reverse, undisturbed",
    15: "converted volume, reverse, disturbed",
    16: "converted volume, reverse, absolute",
    31: "energy, forward, undisturbed",
    32: "energy, forward, disturbed",
    33: "energy, forward, absolute",
    41: "temperature",
    42: "absolute pressure",
    43: "flow rate",
    44: "velocity of sound",
    45: "density",
    46: "relative density",
    47: "gauge pressure",
    48: "differential pressure",
    49: "density of air",
    51: "correction factor",
    52: "conversion factor",
    53: "compressibility factor",
    54: "gas quality",
  },
  processing: {
    0: "at metering conditions",
    1: "corrected",
    2: "at base conditions",
  },
  objects: [
    ["7.*.0.0.0-9.255", "gas id {e}"],
    ["7.*.0.1.0.*", "billing period counter"],
    ["7.*.0.2.*.255", "firmware or parameter version"],
    ["7.*.98.*.*.*", "data list"],
    ["7.*.99.97.*.*", "power failure event log"],
    ["7.*.99.98.*.*", "event log"],
    ["7.*.99.*.*.*", "load profile"],
  ],
};

const water: MediumNames = {
  quantities: { 1: "accumulated volume", 2: "flow rate", 3: "forward temperature" },
  processing: {
    0: "",
    1: "periodical, since the last billing",
    2: "at set date",
    3: "at billing date",
    4: "minimum",
    5: "maximum",
  },
  objects: [
    ["8,9.*.0.0.0-9.255", "water id {e}"],
    ["8,9.*.0.1.0.*", "billing period counter"],
    ["8,9.*.0.2.*.255", "firmware or parameter version"],
    ["8,9.*.98.*.*.*", "data list"],
    ["8,9.*.99.98.*.*", "event log"],
    ["8,9.*.99.*.*.*", "load profile"],
  ],
};

const thermalEnergy: MediumNames = {
  quantities: {
    1: "energy",
    2: "accumulated volume",
    3: "accumulated mass",
    4: "flow volume",
    5: "flow mass",
    6: "return volume",
    7: "return mass",
    8: "power",
    9: "flow rate",
    10: "flow temperature",
    11: "return temperature",
    12: "differential temperature",
    13: "media pressure",
  },
  processing: water.processing,
  objects: [
    ["5,6.*.0.0.0-9.255", "thermal energy id {e}"],
    ["5,6.*.0.1.0.*", "billing period counter"],
    ["5,6.*.0.2.*.255", "firmware or parameter version"],
    ["5,6.*.98.*.*.*", "data list"],
    ["5,6.*.99.98.*.*", "event log"],
    ["5,6.*.99.*.*.*", "load profile"],
  ],
};

/** By group A. */
export const otherMedia: Readonly<Record<number, MediumNames>> = {
  5: thermalEnergy,
  6: thermalEnergy,
  7: gas,
  8: water,
  9: water,
};
