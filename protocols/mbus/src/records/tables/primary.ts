/** Primary VIF (EN 13757-3:2018, table 10). FB and FD lead to tables of their own, 7C to plain text, 7E and 7F see value-information.ts. */
import { type CodeRow, codeTable, shortDurations } from "./table.ts";

const rows: readonly CodeRow[] = [
  { first: 0x00, last: 0x07, quantity: "energy", unit: "Wh", exponent: -3 },
  { first: 0x08, last: 0x0f, quantity: "energy", unit: "J", exponent: 0 },
  { first: 0x10, last: 0x17, quantity: "volume", unit: "m³", exponent: -6 },
  { first: 0x18, last: 0x1f, quantity: "mass", unit: "kg", exponent: -3 },
  { first: 0x20, last: 0x23, quantity: "on time", units: shortDurations },
  { first: 0x24, last: 0x27, quantity: "operating time", units: shortDurations },
  { first: 0x28, last: 0x2f, quantity: "power", unit: "W", exponent: -3 },
  { first: 0x30, last: 0x37, quantity: "power", unit: "J/h", exponent: 0 },
  { first: 0x38, last: 0x3f, quantity: "volume flow", unit: "m³/h", exponent: -6 },
  { first: 0x40, last: 0x47, quantity: "volume flow", unit: "m³/min", exponent: -7 },
  { first: 0x48, last: 0x4f, quantity: "volume flow", unit: "m³/s", exponent: -9 },
  { first: 0x50, last: 0x57, quantity: "mass flow", unit: "kg/h", exponent: -3 },
  { first: 0x58, last: 0x5b, quantity: "flow temperature", unit: "°C", exponent: -3 },
  { first: 0x5c, last: 0x5f, quantity: "return temperature", unit: "°C", exponent: -3 },
  { first: 0x60, last: 0x63, quantity: "temperature difference", unit: "K", exponent: -3 },
  { first: 0x64, last: 0x67, quantity: "external temperature", unit: "°C", exponent: -3 },
  { first: 0x68, last: 0x6b, quantity: "pressure", unit: "bar", exponent: -3 },
  { first: 0x6c, quantity: "date", form: "time" },
  { first: 0x6d, quantity: "date and time", form: "time" },
  { first: 0x6e, quantity: "heat cost allocation", unit: "HCA units" },
  { first: 0x70, last: 0x73, quantity: "averaging duration", units: shortDurations },
  { first: 0x74, last: 0x77, quantity: "actuality duration", units: shortDurations },
  { first: 0x78, quantity: "fabrication number", form: "identification" },
  { first: 0x79, quantity: "enhanced identification", form: "identification" },
  { first: 0x7a, quantity: "bus address", form: "unsigned" },
];

export const primaryTable = codeTable(rows);
