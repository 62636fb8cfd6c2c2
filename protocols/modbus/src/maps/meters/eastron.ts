/** Eastron SDM meters: every value is a float32 in input registers, high word first. */
import { quantities as q } from "../quantities.ts";
import type { MeterMap } from "../register-map.ts";
import { rows } from "../rows.ts";

export const sdm630: MeterMap = {
  id: "eastron-sdm630",
  manufacturer: "Eastron",
  models: "SDM630-Modbus, SDM630-Modbus V2",
  source: {
    title: "Eastron SDM630Modbus Smart Meter Modbus Protocol Implementation V1.8",
    url: "https://www.eastroneurope.com/images/uploads/products/protocol/SDM630_MODBUS_Protocol.pdf",
    checked: "manual text",
    pages: "1.2 and 1.2.1 (input registers), 3.8 (most significant register first)",
  },
  table: "input",
  // 1.2: at most 40 parameters a request.
  limits: { registers: 80 },
  entries: rows({ type: "float32" }, [
    [q.voltageL1, "V", 0x0000],
    [q.voltageL2, "V", 0x0002],
    [q.voltageL3, "V", 0x0004],
    [q.currentL1, "A", 0x0006],
    [q.currentL2, "A", 0x0008],
    [q.currentL3, "A", 0x000a],
    [q.powerL1, "W", 0x000c],
    [q.powerL2, "W", 0x000e],
    [q.powerL3, "W", 0x0010],
    [q.power, "W", 0x0034],
    [q.powerFactor, "", 0x003e],
    [q.frequency, "Hz", 0x0046],
    [q.energyImport, "kWh", 0x0048],
    [q.energyExport, "kWh", 0x004a],
    [q.reactiveImport, "kvarh", 0x004c],
    [q.reactiveExport, "kvarh", 0x004e],
    [q.currentNeutral, "A", 0x00e0],
    [q.energyAbsolute, "kWh", 0x0156],
    [q.energyImportL1, "kWh", 0x015a],
    [q.energyImportL2, "kWh", 0x015c],
    [q.energyImportL3, "kWh", 0x015e],
    [q.energyExportL1, "kWh", 0x0160],
    [q.energyExportL2, "kWh", 0x0162],
    [q.energyExportL3, "kWh", 0x0164],
  ]),
};

export const sdm230: MeterMap = {
  id: "eastron-sdm230",
  manufacturer: "Eastron",
  models: "SDM230-Modbus",
  source: {
    title: "Eastron SDM230-LoRa Protocol V1.0, 06-2018: SDM230-Modbus input registers",
    url: "https://cdn.shopify.com/s/files/1/0418/3749/4423/files/Eastron_SDM230-LoRaWAN_Protocol_V1.0-combined.pdf",
    checked: "manual text",
    pages:
      "1 (input registers, function code 4); of the SDM630Modbus protocol V1.8: 3.8 (most significant register first, in all Eastron meters)",
  },
  table: "input",
  limits: { registers: 60 },
  entries: singlePhase(),
};

export const sdm120: MeterMap = {
  id: "eastron-sdm120",
  manufacturer: "Eastron",
  models: "SDM120-Modbus",
  source: {
    title: "Eastron SDM120Modbus Smart Meter Modbus Protocol Implementation V2.4",
    url: "https://www.eastroneurope.com/images/uploads/products/protocol/SDM120-MODBUS_Protocol.pdf",
    checked: "transcriptions",
    agreeing: ["mbmd", "nmakel/sdm_modbus"],
  },
  table: "input",
  limits: { registers: 60 },
  entries: singlePhase(),
};

export const sdm72: MeterMap = {
  id: "eastron-sdm72",
  manufacturer: "Eastron",
  models: "SDM72D-M",
  source: {
    title: "EASTRON SDM72D-M User Manual V1.5, English version",
    url: "https://www.easymanua.ls/eastron/sdm72d-m/manual?p=14",
    checked: "manual text",
    pages:
      "14 (part 3, input registers); of the SDM630Modbus protocol V1.8: 3.8 (most significant register first, in all Eastron meters)",
  },
  table: "input",
  // Page 14: more than 30 parameters a request cause an exception.
  limits: { registers: 60 },
  entries: rows({ type: "float32" }, [
    [q.power, "W", 0x0034],
    [q.energyImport, "kWh", 0x0048],
    [q.energyExport, "kWh", 0x004a],
    [q.energyAbsolute, "kWh", 0x0156],
  ]),
};

/** Without the total at 0x0156: the meter's measurement mode decides whether that is import, the sum or the difference. */
function singlePhase() {
  return rows({ type: "float32" }, [
    [q.voltageL1, "V", 0x0000],
    [q.currentL1, "A", 0x0006],
    [q.power, "W", 0x000c],
    [q.powerFactor, "", 0x001e],
    [q.frequency, "Hz", 0x0046],
    [q.energyImport, "kWh", 0x0048],
    [q.energyExport, "kWh", 0x004a],
    [q.reactiveImport, "kvarh", 0x004c],
    [q.reactiveExport, "kvarh", 0x004e],
  ]);
}
