/**
 * Meters that follow SunSpec: models 201 (single phase), 202 (split phase), 203 (wye) and 204 (delta) lay their registers out
 * alike. Addresses count from the model's id register; each group of values has a register with its exponent.
 */
import { quantities as q } from "../quantities.ts";
import type { MeterMap } from "../register-map.ts";
import { rows } from "../rows.ts";

/** Not implemented: 8000 (SunSpec Device Information Model Specification V1.1, clause 5.3). */
const int16 = { type: "int16", unavailable: ["8000"] } as const;

export const sunSpecMeter: MeterMap = {
  id: "sunspec-meter",
  manufacturer: "SunSpec",
  models: "meters with model 201, 202, 203 or 204",
  source: {
    title: "SunSpec Alliance: Meter Models 201 to 204, model definition files",
    url: "https://github.com/sunspec/models/blob/master/json/model_203.json",
    checked: "manual text",
    pages: "model_201.json to model_204.json",
  },
  table: "holding",
  sunSpecModels: [203, 204, 202, 201],
  notes: [
    "Counters that a meter does not have read 0.",
    "Makers differ in the sign of power and in what they call import: compare with the meter's display.",
  ],
  entries: [
    ...rows({ ...int16, scale: { address: 6 } }, [
      [q.currentL1, "A", 3],
      [q.currentL2, "A", 4],
      [q.currentL3, "A", 5],
    ]),
    ...rows({ ...int16, scale: { address: 15 } }, [
      [q.voltageL1, "V", 8],
      [q.voltageL2, "V", 9],
      [q.voltageL3, "V", 10],
    ]),
    ...rows({ ...int16, scale: { address: 17 } }, [[q.frequency, "Hz", 16]]),
    ...rows({ ...int16, scale: { address: 22 } }, [
      [q.power, "W", 18],
      [q.powerL1, "W", 19],
      [q.powerL2, "W", 20],
      [q.powerL3, "W", 21],
    ]),
    ...rows({ type: "uint32", scale: { address: 54 } }, [
      [q.energyExport, "Wh", 38],
      [q.energyImport, "Wh", 46],
      [q.energyImportL1, "Wh", 48],
      [q.energyImportL2, "Wh", 50],
      [q.energyImportL3, "Wh", 52],
    ]),
  ],
};
