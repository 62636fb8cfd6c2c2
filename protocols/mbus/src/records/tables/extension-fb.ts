/**
 * First extension, after VIF FB (EN 13757-3:2018, table 14). Gallons and degrees Fahrenheit are of the editions before:
 * meters of that time still send them.
 */
import { type CodeRow, codeTable } from "./table.ts";

/** 1/4096 exactly: 244140625 × 10⁻¹². */
const perBinary12 = { factor: 244_140_625n, exponent: -12 } as const;

const rows: readonly CodeRow[] = [
  { first: 0x00, last: 0x01, quantity: "energy", unit: "MWh", exponent: -1 },
  { first: 0x02, last: 0x03, quantity: "reactive energy", unit: "kvarh", exponent: 0 },
  { first: 0x04, last: 0x05, quantity: "apparent energy", unit: "kVAh", exponent: 0 },
  { first: 0x08, last: 0x09, quantity: "energy", unit: "GJ", exponent: -1 },
  { first: 0x0c, last: 0x0f, quantity: "energy", unit: "Mcal", exponent: -1 },
  { first: 0x10, last: 0x11, quantity: "volume", unit: "m³", exponent: 2 },
  { first: 0x14, last: 0x17, quantity: "reactive power", unit: "kvar", exponent: -3 },
  { first: 0x18, last: 0x19, quantity: "mass", unit: "t", exponent: 2 },
  { first: 0x1a, last: 0x1b, quantity: "relative humidity", unit: "%", exponent: -1 },
  { first: 0x20, quantity: "volume", unit: "ft³" },
  { first: 0x21, quantity: "volume", unit: "ft³", exponent: -1 },
  { first: 0x22, quantity: "volume", unit: "US gal", exponent: -1 },
  { first: 0x23, quantity: "volume", unit: "US gal" },
  { first: 0x24, quantity: "volume flow", unit: "US gal/min", exponent: -3 },
  { first: 0x25, quantity: "volume flow", unit: "US gal/min" },
  { first: 0x26, quantity: "volume flow", unit: "US gal/h" },
  { first: 0x28, last: 0x29, quantity: "power", unit: "MW", exponent: -1 },
  { first: 0x2a, quantity: "phase angle voltage to voltage", unit: "°", exponent: -1 },
  { first: 0x2b, quantity: "phase angle voltage to current", unit: "°", exponent: -1 },
  { first: 0x2c, last: 0x2f, quantity: "frequency", unit: "Hz", exponent: -3 },
  { first: 0x30, last: 0x31, quantity: "power", unit: "GJ/h", exponent: -1 },
  { first: 0x34, last: 0x37, quantity: "apparent power", unit: "kVA", exponent: -3 },
  { first: 0x58, last: 0x5b, quantity: "flow temperature", unit: "°F", exponent: -3 },
  { first: 0x5c, last: 0x5f, quantity: "return temperature", unit: "°F", exponent: -3 },
  { first: 0x60, last: 0x63, quantity: "temperature difference", unit: "°F", exponent: -3 },
  { first: 0x64, last: 0x67, quantity: "external temperature", unit: "°F", exponent: -3 },
  { first: 0x68, quantity: "resulting rating factor K", ...perBinary12 },
  { first: 0x69, quantity: "thermal output rating factor Kq" },
  { first: 0x6a, quantity: "thermal coupling rating factor overall Kc", ...perBinary12 },
  { first: 0x6b, quantity: "thermal coupling rating factor room side Kcr", ...perBinary12 },
  { first: 0x6c, quantity: "thermal coupling rating factor heater side Kch", ...perBinary12 },
  { first: 0x6d, quantity: "low temperature rating factor Kt", ...perBinary12 },
  { first: 0x6e, quantity: "display output scaling factor KD", ...perBinary12 },
  { first: 0x70, last: 0x73, quantity: "cold or warm temperature limit", unit: "°F", exponent: -3 },
  { first: 0x74, last: 0x77, quantity: "cold or warm temperature limit", unit: "°C", exponent: -3 },
  { first: 0x78, last: 0x7f, quantity: "cumulative maximum power", unit: "W", exponent: -3 },
];

export const extensionFbTable = codeTable(rows);
