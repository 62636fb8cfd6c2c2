/** Janitza: frequently required readings as floats from 19000 on, the same in the UMG family; addresses as on the wire. */
import { quantities as q } from "../quantities.ts";
import type { MeterMap } from "../register-map.ts";
import { rows } from "../rows.ts";

export const umg96rm: MeterMap = {
  id: "janitza-umg96rm",
  manufacturer: "Janitza",
  models: "UMG 96RM, UMG 96RM-E",
  source: {
    title: "Power Analyser UMG 96RM Modbus-address list and Formulary, Dok. Nr. 1.040.034.b",
    url: "https://www.manualshelf.com/manual/janitza/5222061/user-manual-english.html",
    checked: "transcriptions",
    agreeing: ["OpenEMS", "star.ke.st (momentary values)", "mbmd (energies)"],
  },
  table: "holding",
  notes: ["Addresses below 32768 are high word first; the same + 32768 is low word first."],
  entries: rows({ type: "float32" }, [
    [q.voltageL1, "V", 19_000],
    [q.voltageL2, "V", 19_002],
    [q.voltageL3, "V", 19_004],
    [q.currentL1, "A", 19_012],
    [q.currentL2, "A", 19_014],
    [q.currentL3, "A", 19_016],
    [q.powerL1, "W", 19_020],
    [q.powerL2, "W", 19_022],
    [q.powerL3, "W", 19_024],
    [q.power, "W", 19_026],
    [q.frequency, "Hz", 19_050],
    [q.energyImport, "Wh", 19_068],
    [q.energyExport, "Wh", 19_076],
  ]),
};
