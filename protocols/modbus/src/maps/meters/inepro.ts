/** Inepro Metering PRO380: floats, high word first; powers in kW. */
import { quantities as q } from "../quantities.ts";
import type { MeterMap } from "../register-map.ts";
import { rows } from "../rows.ts";

export const pro380: MeterMap = {
  id: "inepro-pro380",
  manufacturer: "Inepro Metering",
  models: "PRO380-Mod",
  source: {
    title: "PRO380 Series user manual V2.18",
    url: "https://ineprometering.com/wp-content/uploads/2018/09/PRO380-user-manual-V2-18.pdf",
    checked: "transcriptions",
    agreeing: ["mbmd", "Victron dbus-modbus-client"],
  },
  table: "holding",
  entries: rows({ type: "float32" }, [
    [q.voltageL1, "V", 0x5002],
    [q.voltageL2, "V", 0x5004],
    [q.voltageL3, "V", 0x5006],
    [q.frequency, "Hz", 0x5008],
    [q.currentL1, "A", 0x500c],
    [q.currentL2, "A", 0x500e],
    [q.currentL3, "A", 0x5010],
    [q.power, "kW", 0x5012],
    [q.powerL1, "kW", 0x5014],
    [q.powerL2, "kW", 0x5016],
    [q.powerL3, "kW", 0x5018],
    [q.powerFactor, "", 0x502a],
    [q.energyImport, "kWh", 0x600c],
    [q.energyExport, "kWh", 0x6018],
  ]),
};
