/** Siemens SENTRON PAC: floats, and energies of the tariffs as float64. The manual's offsets are the addresses on the wire. */
import { quantities as q } from "../quantities.ts";
import type { MeterMap } from "../register-map.ts";
import { rows } from "../rows.ts";

const notes = ["A read that begins or ends inside a value is refused.", "There is no register over all tariffs."];

const measured = rows({ type: "float32" }, [
  [q.voltageL1, "V", 1],
  [q.voltageL2, "V", 3],
  [q.voltageL3, "V", 5],
  [q.currentL1, "A", 13],
  [q.currentL2, "A", 15],
  [q.currentL3, "A", 17],
  [q.powerL1, "W", 25],
  [q.powerL2, "W", 27],
  [q.powerL3, "W", 29],
  [q.power, "W", 65],
]);

const energies = rows({ type: "float64" }, [
  [q.energyImportTariff1, "Wh", 801],
  [q.energyImportTariff2, "Wh", 805],
  [q.energyExportTariff1, "Wh", 809],
  [q.energyExportTariff2, "Wh", 813],
]);

export const pac2200: MeterMap = {
  id: "siemens-pac2200",
  manufacturer: "Siemens",
  models: "SENTRON 7KM PAC2200",
  source: {
    title: "SENTRON 7KM measuring device PAC2200 Manual, 05/2018, L1V30415167B-02",
    url: "https://www.easymanua.ls/siemens/sentron-pac2200/manual?p=91",
    checked: "manual text in part",
    pages: "89 (A.1.3, table A-3, up to the powers of the phases)",
    agreeing: ["OpenEMS", "mbmd", "table A-9 of the PAC4200's manual (tariff 2)"],
  },
  table: "holding",
  notes,
  entries: [...measured, ...energies],
};

export const pac4200: MeterMap = {
  id: "siemens-pac4200",
  manufacturer: "Siemens",
  models: "SENTRON PAC4200",
  source: {
    title: "SENTRON PAC4200 Manual, A5E02316180B, 09/2008 and 09/2009",
    url: "https://www.easymanua.ls/siemens/sentron-pac4200/manual?p=208",
    checked: "manual text",
    pages: "226 of 09/2009 (table A-1), 208 of 09/2008 (A.3.6, table A-9)",
  },
  table: "holding",
  notes,
  entries: [...measured, ...rows({ type: "float32" }, [[q.frequency, "Hz", 55]]), ...energies],
};
