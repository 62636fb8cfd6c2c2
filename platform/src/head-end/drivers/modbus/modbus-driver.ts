/**
 * The driver of `generic_modbus`: Modbus TCP, and RTU over TCP gateways. A meter has no clock and keeps no history here: values
 * are those of the moment, stored with the time they were read at.
 */
import { ModbusClient } from "@anymeter/modbus";
import { type CompleteModbusSettings, modbus, registerMapOf } from "../../../registry/protocols/modbus.ts";
import { conversationDriver } from "../conversation-driver.ts";
import type { Driver } from "../driver.ts";
import type { DriverServices } from "../driver-services.ts";
import { onDemandRead } from "../on-demand-read.ts";
import { modbusCauses } from "./causes.ts";
import { readIdentification } from "./read-identification.ts";
import { readRaw } from "./read-raw.ts";
import { readRegisters } from "./read-registers.ts";
import { writeRegisters } from "./write-registers.ts";

const present = { handler: readRegisters, takesRange: false } as const;

export const modbusDriver = (services: DriverServices): Driver =>
  conversationDriver<ModbusClient, CompleteModbusSettings>(
    {
      name: "modbus",
      declaration: modbus,
      client: ({ settings, timeoutMilliseconds }) =>
        new ModbusClient({
          framing: settings.framing,
          unit: settings.unit,
          checkTransactionId: settings.check_transaction_id,
          pauseMilliseconds: settings.pause_milliseconds ?? registerMapOf(settings)?.limits?.pauseMilliseconds ?? 0,
          timeoutMilliseconds,
        }),
      calls: {
        read_registers: readRegisters,
        read_raw: readRaw,
        read_identification: readIdentification,
        write_registers: writeRegisters,
      },
      commands: { on_demand_read: onDemandRead({ INST: present, VISL: present }) },
      causes: modbusCauses,
    },
    services,
  );
