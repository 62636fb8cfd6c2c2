/** What the calls of Modbus work with. */
import type { ModbusClient } from "@anymeter/modbus";
import type { CompleteModbusSettings } from "../../../registry/protocols/modbus.ts";
import type { CallContext } from "../conversation-driver.ts";

export type ModbusContext = CallContext<ModbusClient, CompleteModbusSettings>;
