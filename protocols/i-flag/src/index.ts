export { type DatabaseFrame, decodeDatabaseFrame, encodeDatabaseFrame } from "./databases/database-frame.ts";
export {
  allColumns,
  changeColumns,
  type DatabaseEntry,
  type DatabaseName,
  databases,
  eventColumns,
  intervalExtract,
  monthlyExtract,
} from "./databases/databases.ts";
export { type Column, clockSetStatus, layoutOf, type RecordLayout, recordLayouts } from "./databases/layouts.ts";
export { type DatabaseRecord, encodeRecord, type RecordOptions, recordReader } from "./databases/records.ts";
export { iFlagErrors } from "./errors.ts";
export { type ExplainOptions, explainIFlag } from "./explanation/explain.ts";
export { checksumOf } from "./frames/checksum.ts";
export { answerFrame, requestCodes, requestFrame } from "./frames/frame.ts";
export {
  addressOf,
  compressibilityFormulas,
  type Parameter,
  type ParameterAddress,
  type ParameterMap,
  type ParameterName,
  parameterMapOf,
  parameterMaps,
  parameterNamed,
  parameters,
} from "./parameters/parameter-maps.ts";
export { type DatabaseRequest, decodeDatabaseRequest, encodeDatabaseRequest } from "./requests/database-request.ts";
export {
  decodeReadParameters,
  decodeWriteParameters,
  encodeReadParameters,
  encodeWriteParameters,
  type ParameterBytes,
  parametersPerRequest,
} from "./requests/parameter-requests.ts";
export {
  type DatabaseContent,
  type DatabaseQuery,
  IFlagClient,
  type ParameterWrite,
  type RecordsQuery,
} from "./session/client.ts";
export type { ClientOptions } from "./session/client-options.ts";
export type { RawRecords } from "./session/database-transfer.ts";
export type { DatabaseRecords, IFlagDevice, InterruptedTransfers } from "./session/device.ts";
export { type AnswerKind, IFlagServer, type ServerOptions } from "./session/server.ts";
export type { Identification } from "./session/sign-on.ts";
export type { Alarm } from "./values/alarm.ts";
export {
  decodeValue,
  encodeValue,
  type Float3Exponent,
  type Value,
  type ValueOf,
  type ValueType,
  valueTypes,
} from "./values/value-types.ts";
