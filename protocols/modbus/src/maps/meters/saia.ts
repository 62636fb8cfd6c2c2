/** Saia-Burgess Controls: integers, high word first, in parts of the unit. */
import { quantities as q } from "../quantities.ts";
import type { MeterMap } from "../register-map.ts";
import { rows } from "../rows.ts";

export const ald1: MeterMap = {
  id: "saia-ald1",
  manufacturer: "Saia-Burgess Controls",
  models: "ALD1 with Modbus (ALD1B5FD, ALD1D5FD)",
  source: {
    title: "Saia PCD ALD1B5FD manual",
    url: "https://manualshive.com/en/manual/sbc/saia-pcd-ald1b5fd/1205080?page=10",
    checked: "manual text",
    pages:
      "10 (registers up to the current, high one first), 4 (function code 3, at most 20 registers, addresses one less than registers)",
  },
  table: "holding",
  // Page 4: at most 20 registers a request. Page 10: those between energies and voltage are not used, and give 0.
  limits: { registers: 20, gap: 6 },
  notes: [
    "The total energy, not the partial one, which can be reset. The unit of the power could not be read: it is left out.",
  ],
  entries: [
    ...rows({ type: "uint32" }, [[q.energyImport, "kWh", 27, -2]]),
    ...rows({ type: "uint16" }, [
      [q.voltageL1, "V", 35],
      [q.currentL1, "A", 36, -1],
    ]),
  ],
};
