/** Chint: floats, high word first; all but energies come in parts of the unit. */
import { quantities as q } from "../quantities.ts";
import type { MeterMap } from "../register-map.ts";
import { rows } from "../rows.ts";

export const dtsu666: MeterMap = {
  id: "chint-dtsu666",
  manufacturer: "Chint",
  models: "DTSU666",
  source: {
    title: "DTSU666.001 / DSSU666.001 series User Manual, ZTW0.464.0104",
    url: "https://www.chintglobal.com/content/dam/chint/global/product-center/instruments-meters/electricity-meter/din-rail-meter/dtsu666/manual/DTSU666%20DSSU666%20User%20Manual.pdf",
    checked: "transcriptions",
    agreeing: [
      "mbmd",
      "star.ke.st (addresses)",
      "smart-stuff.nl's emulator",
      "a reader of the meter with its own factors",
    ],
  },
  table: "holding",
  notes: [
    "Values are those of the secondary side: with transformers they are to be multiplied by their ratios.",
    "The DTSU666-H for inverters has other registers.",
    "Some of these meters keep import and export at 0x401E and 0x4028: set them as registers of their own.",
  ],
  entries: rows({ type: "float32" }, [
    [q.voltageL1, "V", 0x2006, -1],
    [q.voltageL2, "V", 0x2008, -1],
    [q.voltageL3, "V", 0x200a, -1],
    [q.currentL1, "A", 0x200c, -3],
    [q.currentL2, "A", 0x200e, -3],
    [q.currentL3, "A", 0x2010, -3],
    [q.power, "W", 0x2012, -1],
    [q.powerL1, "W", 0x2014, -1],
    [q.powerL2, "W", 0x2016, -1],
    [q.powerL3, "W", 0x2018, -1],
    [q.powerFactor, "", 0x202a, -3],
    [q.frequency, "Hz", 0x2044, -2],
    [q.energyImport, "kWh", 0x101e],
    [q.energyExport, "kWh", 0x1028],
  ]),
};
