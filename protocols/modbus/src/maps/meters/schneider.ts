/** Schneider Electric iEM3000: the manual's register numbers count from 1, so that 3204 is 3203 on the wire. */
import { quantities as q } from "../quantities.ts";
import type { MeterMap } from "../register-map.ts";
import { rows } from "../rows.ts";

export const iem3000: MeterMap = {
  id: "schneider-iem3000",
  manufacturer: "Schneider Electric",
  models: "iEM3150, iEM3155, iEM3250, iEM3255, iEM3350, iEM3355",
  source: {
    title: "iEM3100 / iEM3200 / iEM3300 series Energy meters User manual, DOCA0005EN-13",
    url: "https://download.schneider-electric.com/files?p_Doc_Ref=DOCA0005EN&p_enDocType=User+guide&p_File_Name=DOCA0005EN-13.pdf",
    checked: "transcriptions",
    agreeing: ["AGG Software's list of its register numbers", "mbmd", "two readers of iEM3155 and iEM3255 (addresses)"],
  },
  table: "holding",
  notes: ["iEM3150, iEM3250 and iEM3350 measure import only."],
  entries: [
    ...rows({ type: "float32" }, [
      [q.currentL1, "A", 2999],
      [q.currentL2, "A", 3001],
      [q.currentL3, "A", 3003],
      [q.voltageL1, "V", 3027],
      [q.voltageL2, "V", 3029],
      [q.voltageL3, "V", 3031],
      [q.powerL1, "kW", 3053],
      [q.powerL2, "kW", 3055],
      [q.powerL3, "kW", 3057],
      [q.power, "kW", 3059],
      [q.frequency, "Hz", 3109],
    ]),
    ...rows({ type: "int64" }, [
      [q.energyImport, "Wh", 3203],
      [q.energyExport, "Wh", 3207],
    ]),
  ],
};
