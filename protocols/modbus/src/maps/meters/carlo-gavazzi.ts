/** Carlo Gavazzi: integers of two registers, low word first; function 3 and function 4 read the same. */
import { quantities as q } from "../quantities.ts";
import type { MeterMap } from "../register-map.ts";
import { type Row, rows } from "../rows.ts";

/** The same in all series. */
const instantaneous: readonly Row[] = [
  [q.voltageL1, "V", 0x0000, -1],
  [q.voltageL2, "V", 0x0002, -1],
  [q.voltageL3, "V", 0x0004, -1],
  [q.currentL1, "A", 0x000c, -3],
  [q.currentL2, "A", 0x000e, -3],
  [q.currentL3, "A", 0x0010, -3],
  [q.powerL1, "W", 0x0012, -1],
  [q.powerL2, "W", 0x0014, -1],
  [q.powerL3, "W", 0x0016, -1],
  [q.power, "W", 0x0028, -1],
];

/** Of EM21 and EM24. Overflow ("EEE" or "EEEE" on the display): 7FFF in the high word. */
const overflowing = { type: "int32", order: "CDAB", unavailable: ["7FFF"] } as const;

export const em21: MeterMap = {
  id: "carlo-gavazzi-em21",
  manufacturer: "Carlo Gavazzi",
  models: "EM21 with RS485",
  source: {
    title: "EM21 Communication Protocol, version 1 revision 0",
    url: "https://www.easymanua.ls/carlo-gavazzi/em21-communication-protocol-v1-rev0/manual?p=8",
    checked: "manual text",
    pages: "8 (2.3, table 2.3-1), 7 (2.1: word order, 2.2: overflow), 4 (1.2.2: at most 11 registers)",
  },
  table: "input",
  limits: { registers: 11 },
  entries: [
    ...rows(overflowing, [...instantaneous, [q.energyImport, "kWh", 0x0034, -1]]),
    ...rows({ type: "int16" }, [
      [q.powerFactor, "", 0x0031, -3],
      [q.frequency, "Hz", 0x0033, -1],
    ]),
  ],
};

export const em24: MeterMap = {
  id: "carlo-gavazzi-em24",
  manufacturer: "Carlo Gavazzi",
  models: "EM24-DIN with RS485 (IS): PFA, PFB and X",
  source: {
    title: "EM24-DIN PFA, PFB & X models Communication Protocol",
    url: "https://www.manualshelf.com/manual/carlo-gavazzi/em24dinav93xo2x/3-2-1-user-manual-english/page-8.html",
    checked: "manual text",
    pages: "8 (2.3, table 2.3-1), 7 (2.1: word order, 2.2: overflow), 4 (1.2.2: at most 11 registers)",
  },
  table: "input",
  notes: [
    "EM24 with Ethernet (E1) has other registers: those of carlo-gavazzi-em340.",
    "0x0042 is the partial counter, which can be reset at the meter; 1-0:1.8.0 is the total one.",
  ],
  limits: { registers: 11 },
  entries: [
    ...rows(overflowing, [...instantaneous, [q.energyImport, "kWh", 0x003e, -1]]),
    ...rows({ type: "int16" }, [
      [q.powerFactor, "", 0x0035, -3],
      [q.frequency, "Hz", 0x0037, -1],
    ]),
  ],
};

export const em340: MeterMap = {
  id: "carlo-gavazzi-em340",
  manufacturer: "Carlo Gavazzi",
  models: "EM330, EM340, ET330, ET340",
  source: {
    title: "EM300 Series and ET300 Series COMMUNICATION PROTOCOL, version 2 revision 17",
    url: "https://www.gavazziautomation.com/fileadmin/images/PIM/OTHERSTUFF/COMPRO/EM330_EM340_ET330_ET340_CP.pdf",
    checked: "transcriptions",
    agreeing: [
      "mbmd",
      "the star.ke.st connector library",
      "OpenEMS (all but the power factor and the energies per phase)",
    ],
  },
  table: "input",
  limits: { registers: 50 },
  entries: [
    // Overflow ("EEE" on the display): 7FFFFFFF.
    ...rows({ type: "int32", order: "CDAB", unavailable: ["7FFFFFFF"] }, [
      ...instantaneous,
      [q.energyImport, "kWh", 0x0034, -1],
      [q.energyImportL1, "kWh", 0x0040, -1],
      [q.energyImportL2, "kWh", 0x0042, -1],
      [q.energyImportL3, "kWh", 0x0044, -1],
      [q.energyExport, "kWh", 0x004e, -1],
    ]),
    ...rows({ type: "int16" }, [
      [q.powerFactor, "", 0x0031, -3],
      [q.frequency, "Hz", 0x0033, -1],
    ]),
  ],
};
