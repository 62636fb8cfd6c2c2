/**
 * Combinable (orthogonal) VIFE: what may follow any VIF and changes what the value means (EN 13757-3:2018, tables 15 to 18).
 */
import { shortDurations } from "./table.ts";

export type Combination =
  /** Changes nothing but what the value is about: "at phase L1". */
  | { readonly type: "modifier"; readonly text: string }
  /** The value is another quantity, derived from that of the VIF. */
  | { readonly type: "quantity"; readonly text: string; readonly unit: string; readonly time?: boolean }
  /** `unit` is put behind that of the VIF: "/h", "·s". */
  | { readonly type: "unit"; readonly unit: string }
  /** The value is to be multiplied by 10^exponent. */
  | { readonly type: "exponent"; readonly exponent: number }
  /** 10^exponent is to be added to the value, in its unit. */
  | { readonly type: "addend"; readonly exponent: number }
  /** The data is a series of values. */
  | { readonly type: "profile"; readonly profile: ProfileKind; readonly text: string }
  /** From a meter: why there is no value. To a meter: what it is to do with the value. */
  | { readonly type: "report"; readonly error: string | undefined; readonly action: string | undefined }
  /** The next VIFE is of the extension table. */
  | { readonly type: "extension" }
  /** The VIFE after it and the data are the maker's. */
  | { readonly type: "manufacturer" };

/** With register numbers: value n is that of storage + n. Inverse: the values go back in time from the base. */
export type ProfileKind = "registers" | "forward" | "inverse";

/** By the low seven bits; undefined for reserved codes. */
export type CombinationTable = readonly (Combination | undefined)[];

export const combinableTable: CombinationTable = tableOf((set) => {
  const errors: Readonly<Record<number, string>> = {
    0: "none",
    1: "too many DIFE",
    2: "storage number not implemented",
    3: "subunit not implemented",
    4: "tariff not implemented",
    5: "function not implemented",
    6: "data class not implemented",
    7: "data size not implemented",
    11: "too many VIFE",
    12: "illegal VIF group",
    13: "illegal VIF exponent",
    14: "VIF and DIF do not match",
    15: "action not implemented",
    21: "no data available",
    22: "data overflow",
    23: "data underflow",
    24: "data error",
    28: "premature end of the record",
  };
  const actions = [
    ...["write", "add", "subtract", "set bits", "and", "toggle bits", "clear bits", "clear"],
    ...[
      "add entry",
      "delete entry",
      "delayed action",
      "freeze data",
      "add to readout list",
      "delete from readout list",
    ],
  ];
  for (let code = 0; code < 0x20; code++) {
    const [error, action] = [errors[code], actions[code]];
    if (error !== undefined || action !== undefined) set(code, { type: "report", error, action });
  }
  set(0x12, { type: "modifier", text: "average" });
  set(0x13, { type: "profile", profile: "inverse", text: "inverse compact profile" });
  set(0x14, { type: "modifier", text: "relative deviation" });
  set(0x1d, { type: "modifier", text: "standard conform data content" });
  set(0x1e, { type: "profile", profile: "registers", text: "compact profile with register numbers" });
  set(0x1f, { type: "profile", profile: "forward", text: "compact profile" });
  ["s", "min", "h", "d", "week", "month", "year", "revolution"].forEach((unit, index) => {
    set(0x20 + index, { type: "unit", unit: `/${unit}` });
  });
  for (const channel of [0, 1]) {
    set(0x28 + channel, { type: "modifier", text: `increment per input pulse on channel ${channel}` });
    set(0x2a + channel, { type: "modifier", text: `increment per output pulse on channel ${channel}` });
  }
  ["l", "m³", "kg", "K", "kWh", "GJ", "kW", "(K·l)", "V", "A"].forEach((unit, index) => {
    set(0x2c + index, { type: "unit", unit: `/${unit}` });
  });
  ["s", "s/V", "s/A"].forEach((unit, index) => {
    set(0x36 + index, { type: "unit", unit: `·${unit}` });
  });
  set(0x39, { type: "quantity", text: "start of", unit: "", time: true });
  set(0x3a, { type: "modifier", text: "uncorrected, at metering conditions" });
  set(0x3b, { type: "modifier", text: "positive contributions only" });
  set(0x3c, { type: "modifier", text: "negative contributions only" });
  set(0x3d, { type: "modifier", text: "alternate unit system" });
  set(0x3e, { type: "modifier", text: "at base conditions" });
  set(0x3f, { type: "modifier", text: "OBIS declaration" });
  // Limits: bit 3 is 0 for the lower limit, bit 2 is 0 for the first time.
  for (const upper of [0, 1]) {
    const limit = upper ? "upper limit" : "lower limit";
    set(0x40 | (upper << 3), { type: "modifier", text: limit });
    set(0x41 | (upper << 3), { type: "quantity", text: `number of exceedances of the ${limit} of`, unit: "" });
    set(0x68 | (upper << 2), { type: "modifier", text: `during exceedance of the ${limit}` });
    for (const last of [0, 1]) {
      const exceedance = `${last ? "last" : "first"} exceedance of the ${limit} of`;
      const code = (upper << 3) | (last << 2);
      set(0x42 | code, { type: "quantity", text: `begin of the ${exceedance}`, unit: "", time: true });
      set(0x43 | code, { type: "quantity", text: `end of the ${exceedance}`, unit: "", time: true });
      shortDurations.forEach((unit, index) => {
        set(0x50 | code | index, { type: "quantity", text: `duration of the ${exceedance}`, unit });
      });
    }
  }
  for (const last of [0, 1]) {
    const which = last ? "last" : "first";
    shortDurations.forEach((unit, index) => {
      set(0x60 | (last << 2) | index, { type: "quantity", text: `duration of the ${which}`, unit });
    });
    set(0x6a | (last << 2), { type: "quantity", text: `begin of the ${which}`, unit: "", time: true });
    set(0x6b | (last << 2), { type: "quantity", text: `end of the ${which}`, unit: "", time: true });
  }
  set(0x69, { type: "modifier", text: "leakage" });
  set(0x6d, { type: "modifier", text: "overflow" });
  for (let step = 0; step < 8; step++) set(0x70 + step, { type: "exponent", exponent: step - 6 });
  for (let step = 0; step < 4; step++) set(0x78 + step, { type: "addend", exponent: step - 3 });
  set(0x7c, { type: "extension" });
  set(0x7d, { type: "exponent", exponent: 3 });
  set(0x7e, { type: "modifier", text: "future value" });
  set(0x7f, { type: "manufacturer" });
});

/** After VIFE FC (table 16). */
export const combinableExtensionTable: CombinationTable = tableOf((set) => {
  const modifiers: Readonly<Record<number, string>> = {
    1: "at phase L1",
    2: "at phase L2",
    3: "at phase L3",
    4: "at neutral",
    5: "between phases L1 and L2",
    6: "between phases L2 and L3",
    7: "between phases L3 and L1",
    8: "in quadrant Q1",
    9: "in quadrant Q2",
    10: "in quadrant Q3",
    11: "in quadrant Q4",
    12: "import minus export",
    16: "absolute value of both directions",
    17: "as a number without sign",
    18: "as bits",
    20: "direction to the meter",
    21: "direction from the meter",
  };
  for (const [code, text] of Object.entries(modifiers)) set(Number(code), { type: "modifier", text });
});

/** After these of the extension table the data has no sign (types C and D). */
export const unsignedModifiers: ReadonlySet<string> = new Set(["as a number without sign", "as bits"]);

function tableOf(fill: (set: (code: number, combination: Combination) => void) => void): CombinationTable {
  const table = new Array<Combination | undefined>(128).fill(undefined);
  fill((code, combination) => {
    table[code] = combination;
  });
  return table;
}
