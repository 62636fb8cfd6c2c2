/** Finder 7E: integers, high word first, in parts of the unit. */
import { quantities as q } from "../quantities.ts";
import type { MeterMap } from "../register-map.ts";
import { rows } from "../rows.ts";

export const finder7E23: MeterMap = {
  id: "finder-7e23",
  manufacturer: "Finder",
  models: "7E.23 with Modbus",
  source: {
    title: "Finder 7E.23 Series user manual",
    url: "https://www.easymanua.ls/finder/7e-23-series/manual?p=4",
    checked: "manual text",
    pages:
      "4 (registers, high one first), 6 (function code 3, at most 20 registers, addresses one less than registers)",
  },
  table: "holding",
  // Page 6: at most 20 registers a request. Page 4: those between energies and voltage are not used, and give 0.
  limits: { registers: 20, gap: 4 },
  notes: [
    "The meter renews its values every 5 seconds, and asks not to be read more often.",
    "Whoever writes 0 to the export over Modbus resets it.",
    "The manual does not say whether the power is negative while energy is fed back.",
  ],
  entries: [
    ...rows({ type: "uint32" }, [
      [q.energyImport, "kWh", 27, -2],
      [q.energyExport, "kWh", 29, -2],
    ]),
    ...rows({ type: "uint16" }, [
      [q.voltageL1, "V", 35],
      [q.currentL1, "A", 36, -1],
    ]),
    ...rows({ type: "int16" }, [[q.power, "kW", 37, -2]]),
  ],
};
