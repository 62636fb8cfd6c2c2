/** ABB EQ meters: integers with a fixed resolution. The manual's hexadecimal addresses are those on the wire. */
import { quantities as q } from "../quantities.ts";
import type { MeterMap } from "../register-map.ts";
import { rows } from "../rows.ts";

/** Quantities a variant does not have: all ones where unsigned, the greatest number where signed. */
const unsigned32 = { type: "uint32", unavailable: ["FFFFFFFF"] } as const;
const signed32 = { type: "int32", unavailable: ["7FFFFFFF"] } as const;
const unsigned64 = { type: "uint64", unavailable: ["FFFFFFFFFFFFFFFF"] } as const;
const signed64 = { type: "int64", unavailable: ["7FFFFFFFFFFFFFFF"] } as const;

/** The same in both series. */
const entries = [
  ...rows(unsigned64, [
    [q.energyImport, "kWh", 0x5000, -2],
    [q.energyExport, "kWh", 0x5004, -2],
    [q.energyImportL1, "kWh", 0x5460, -2],
    [q.energyImportL2, "kWh", 0x5464, -2],
    [q.energyImportL3, "kWh", 0x5468, -2],
    [q.energyExportL1, "kWh", 0x546c, -2],
    [q.energyExportL2, "kWh", 0x5470, -2],
    [q.energyExportL3, "kWh", 0x5474, -2],
  ]),
  ...rows(unsigned32, [
    [q.voltageL1, "V", 0x5b00, -1],
    [q.voltageL2, "V", 0x5b02, -1],
    [q.voltageL3, "V", 0x5b04, -1],
    [q.currentL1, "A", 0x5b0c, -2],
    [q.currentL2, "A", 0x5b0e, -2],
    [q.currentL3, "A", 0x5b10, -2],
    [q.currentNeutral, "A", 0x5b12, -2],
  ]),
  ...rows(signed32, [
    [q.power, "W", 0x5b14, -2],
    [q.powerL1, "W", 0x5b16, -2],
    [q.powerL2, "W", 0x5b18, -2],
    [q.powerL3, "W", 0x5b1a, -2],
  ]),
  ...rows({ type: "uint16", unavailable: ["FFFF"] }, [[q.frequency, "Hz", 0x5b2c, -2]]),
];

export const a43: MeterMap = {
  id: "abb-a43",
  manufacturer: "ABB",
  models: "A43, A44",
  source: {
    title: "A43/A44 User Manual, 2CMC48001M0201 revision C",
    url: "https://www.easymanua.ls/abb/a43/manual?p=108",
    checked: "manual text in part",
    pages: "108 (totals), 169 and 170 (worked telegrams of phases and instantaneous values)",
    agreeing: ["mbmd"],
  },
  table: "holding",
  entries: [
    ...entries,
    ...rows(signed64, [[q.energyNet, "kWh", 0x5008, -2]]),
    ...rows(unsigned64, [
      [q.reactiveImport, "kvarh", 0x500c, -2],
      [q.reactiveExport, "kvarh", 0x5010, -2],
      [q.apparentImport, "kVAh", 0x5018, -2],
      [q.apparentExport, "kVAh", 0x501c, -2],
    ]),
  ],
};

export const b23: MeterMap = {
  id: "abb-b23",
  manufacturer: "ABB",
  models: "B23, B24",
  source: {
    title: "B23/B24 User Manual, 2CMC485003M0201",
    url: "https://library.abb.com/d/2CMC485003M0201",
    checked: "transcriptions",
    agreeing: ["mbmd", "Victron dbus-modbus-client", "tetherto miningos and star.ke.st (neutral current)"],
  },
  table: "holding",
  notes: ["Steel variants (1xx-xxx) have import registers only; the others read as not available."],
  entries,
};
