/** UDIL without I/O; the README says what is where. */
export { type UdilError, type UdilErrorCode, udilError, udilErrors } from "./errors.ts";
export { type EventScheme, type ForeignEvent, foreignEvents, udilEventOf } from "./events/crosswalk.ts";
export { coarseEventCode, type EventCode, eventCodes, eventDescription, majorAlarms } from "./events/event-codes.ts";
export { keyMinutes } from "./keys.ts";
export { limits } from "./limits.ts";
export type { Notation } from "./notations/document.ts";
export { type FieldOfObis, fieldOfObis, fieldsOfColumns, obisOfField } from "./obis/field-of-obis.ts";
export { type ObisField, obisFields } from "./obis/obis-fields.ts";
export { type TableProfile, tableProfiles } from "./obis/profiles.ts";
export { inUnit } from "./obis/units.ts";
export { type BuildRequestOptions, type BuiltRequest, buildRequest } from "./requests/build-request.ts";
export type { CommandReading } from "./requests/command-reading.ts";
export { type Credentials, type HeaderFields, type RequestHeaders, readHeaders } from "./requests/headers.ts";
export { type ParseRequestOptions, parseRequest, type UdilRequest } from "./requests/parse-request.ts";
export type { DeviceAnswer, ResponseData, TransactionRow, UdilAnswer } from "./responses/answer.ts";
export type { WriteResponseOptions } from "./responses/answer-writer.ts";
export { negotiate } from "./responses/negotiate.ts";
export {
  type ReadResponseOptions,
  type ReadRowPartsOptions,
  type ReadRowsOptions,
  type RowsPart,
  type RowsSummary,
  readResponse,
  readRow,
  readRowParts,
  readRows,
  type UdilResponse,
} from "./responses/read-response.ts";
export type { RowReading } from "./responses/row-reader.ts";
export type { SetAside } from "./responses/set-aside.ts";
export { contentTypes } from "./responses/text-writer.ts";
export type { ReadTransaction } from "./responses/transaction-reader.ts";
export { commandOfTransactionType, transactionTypeOf } from "./responses/transaction-type.ts";
export { RowStream, type StreamHead, TransactionStream, writeResponse } from "./responses/write-response.ts";
export {
  apmsTypes,
  type CancelledParameters,
  type DeviceCreation,
  type DeviceIdentity,
  type LoadSheddingSlab,
  type OnDemandType,
  onDemandTypes,
  type TariffSlab,
  type TimeOfUse,
  type UdilCommand,
  type UdilCommandName,
  type UdilCommands,
} from "./services/commands.ts";
export type { Domain, ServiceField } from "./services/fields.ts";
export {
  readServiceOf,
  type ServiceDeclaration,
  type ServiceKind,
  type ServiceName,
  serviceNames,
  serviceOfPath,
  servicePaths,
  services,
} from "./services/services.ts";
export type { PeerSwitches } from "./switches.ts";
export type { SqlType, UdilField, ValueKind } from "./tables/field.ts";
export {
  modelFields,
  type UdilRow,
  type UdilTable,
  type UdilTableDeclaration,
  type UdilTableId,
  udilTableIds,
  udilTables,
} from "./tables/tables.ts";
export { threeDigits } from "./values/decimal.ts";
export { type UdilVersion, udilVersions } from "./versions.ts";
export { fixedZone, pakistanTime, type Zone } from "./zone.ts";
