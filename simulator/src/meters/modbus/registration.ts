/** What a utility is told about a Modbus meter: its map, how its gateway talks, and to read all of it every quarter of an hour. */
import type { RegisterMap } from "@anymeter/modbus";
import type { MeterRegistration, ReadingPlan } from "../simulated-meter.ts";
import type { ModbusModel } from "./models.ts";

/** The `modbus_settings` of the platform's meter device types and devices. */
export type ModbusSettings = {
  readonly map: string;
  readonly framing?: "rtu";
  readonly check_transaction_id?: false;
};

/** @param digits of its serial number, different for every meter */
export function registrationOf(model: ModbusModel, map: RegisterMap, unit: number, digits: string): MeterRegistration {
  const settings: ModbusSettings = {
    map: map.id,
    ...(model.framing.value === "rtu" && { framing: "rtu" }),
    ...(model.transactionId.value !== "echo" && { check_transaction_id: false }),
  };
  return {
    settings,
    ...(unit !== 1 && { ownSettings: { unit } }),
    deviceFields: { msn: digits },
    firstFields: { global_device_id: `m${digits}` },
    series: map.entries
      .filter(({ unit: symbol }) => symbol !== "")
      .map(({ series, quantity, unit: symbol }) => ({
        name: series,
        unit: keptIn(symbol),
        description: nameOf(quantity),
      })),
    description: model.description,
    reading: modbusReading,
  };
}

export const modbusReading: ReadingPlan = {
  group: "Modbus meters",
  tasks: [
    {
      name: "Registers",
      description: "Every quarter of an hour all values of the meter's register map.",
      schedule: "quarterly",
      run_offset_seconds: 0,
      task_call: "read_registers",
      task_kwargs: {},
    },
  ],
};

/** Series are kept in the unit without a prefix, as those of other meters. */
function keptIn(unit: string): string {
  return unit.replace(/^k/, "");
}

function nameOf(quantity: string): string {
  return `${quantity.charAt(0).toUpperCase()}${quantity.slice(1)}`;
}
