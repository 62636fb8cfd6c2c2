export { type ModbusErrorCode, modbusError, modbusErrors } from "./errors.ts";
export { type ExplainModbusOptions, explainModbus } from "./explanation/explain.ts";
export { checksum } from "./framing/checksum.ts";
export type { Frame, FrameReader, FramingName } from "./framing/frame.ts";
export { encodeRtuFrame, RtuFrameReader, type RtuFrameReaderOptions } from "./framing/rtu-frame.ts";
export { encodeTcpFrame, TcpFrameReader } from "./framing/tcp-frame.ts";
export { checkRegisterMap } from "./maps/check.ts";
export { registerMap, registerMaps } from "./maps/maps.ts";
export { type PlannedRead, planReads } from "./maps/planner.ts";
export { type Quantity, quantities } from "./maps/quantities.ts";
export type { MapSource, MeterMap, RegisterEntry, RegisterMap, RequestLimits, Table } from "./maps/register-map.ts";
export { describeRequest, describeResponse } from "./pdu/description.ts";
export { type ExceptionCode, exceptionError, exceptions } from "./pdu/exceptions.ts";
export { type FunctionName, functions } from "./pdu/functions.ts";
export { type IdentificationObject, identificationObjects, objectName, objectText } from "./pdu/identification.ts";
export { limits } from "./pdu/limits.ts";
export {
  type Direction,
  decodeRequest,
  decodeResponse,
  encodeRequest,
  encodeResponse,
  type ModbusRequest,
  type ModbusResponse,
} from "./pdu/pdu.ts";
export { type Order, orders } from "./registers/order.ts";
export { decodeValue, encodeValue, registersOf, type ValueLayout } from "./registers/value.ts";
export { type ValueType, valueTypes } from "./registers/value-type.ts";
export { type DeviceIdentification, ModbusClient, type RequestOptions } from "./session/client.ts";
export type { BitTable, ModbusDevice, RegisterTable } from "./session/device.ts";
export type { MapProblem, MapReading, MapReadOptions, MapValue } from "./session/map-reading.ts";
export { ModbusServer, type ServedRequest, type ServerHabits, type ServerSettings } from "./session/server.ts";
export type { ClientSettings } from "./session/settings.ts";
