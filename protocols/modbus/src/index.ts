export { type ModbusErrorCode, modbusError, modbusErrors } from "./errors.ts";
export { type DeviceIdentification, ModbusClient, type RequestOptions } from "./session/client.ts";
export type { BitTable, ModbusDevice, RegisterTable } from "./session/device.ts";
export { ModbusServer, type ServedRequest, type ServerHabits, type ServerSettings } from "./session/server.ts";
export type { ClientSettings } from "./session/settings.ts";
