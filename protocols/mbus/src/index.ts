export { applicationErrorReason } from "./application/application-error.ts";
export {
  type ControlInformation,
  controlInformationFields,
  controlInformationOf,
} from "./application/control-information.ts";
export { type DecodeOptions, decodeTelegram } from "./application/decode.ts";
export { type EncodeOptions, encodeVariableData } from "./application/encode.ts";
export type { MeterAddress, TelegramHeader } from "./application/header.ts";
export { mediumName } from "./application/medium.ts";
export { RecordFormats } from "./application/record-formats.ts";
export { describeStatus } from "./application/status.ts";
export type { Telegram } from "./application/telegram.ts";
export { mbusErrors } from "./errors.ts";
export { type ExplainOptions, explainMbus } from "./explanation/explain.ts";
export {
  accessDemand,
  controls,
  dataFlowControl,
  describeControl,
  frameCountBit,
  frameCountValid,
  primaryMessage,
} from "./frames/control.ts";
export { decodeFrame } from "./frames/decode.ts";
export {
  type AckFrame,
  addresses,
  type ControlFrame,
  encodeFrame,
  type LongFrame,
  type MbusFrame,
  type ShortFrame,
} from "./frames/frame.ts";
export { type DamagedFrame, FrameParser, type FrameParserOptions, type ParsedFrame } from "./frames/parser.ts";
export {
  anyMeter,
  formatSecondaryAddress,
  parseSecondaryAddress,
  type SecondaryAddress,
  secondaryAddressBytes,
  secondaryAddressOf,
} from "./link/secondary-address.ts";
export { answerMilliseconds, type BaudRate, baudRates } from "./link/timing.ts";
export { type CalendarTime, timeText } from "./records/calendar-time.ts";
export { encodeRecord, type RecordCoding, type RecordToEncode } from "./records/encode.ts";
export { manufacturerCode, manufacturerName } from "./records/manufacturer.ts";
export {
  type DataRecord,
  type Profile,
  type ProfileEntry,
  type RecordFunction,
  type RecordHead,
  type RecordValue,
  recordName,
} from "./records/record.ts";
export { recordValueText } from "./records/record-text.ts";
export { MbusClient } from "./session/client.ts";
export type { ReadOptions, Readout, ReadoutEnd } from "./session/reading.ts";
export {
  type FoundMeter,
  type SearchResult,
  silentProbeMilliseconds,
  type UnresolvedMask,
} from "./session/search.ts";
export { MbusBus, type MbusSlave, type SlaveAnswer } from "./session/server/bus.ts";
export { MbusGatewaySession } from "./session/server/gateway-session.ts";
export {
  type MbusDevice,
  type SlaveHabits,
  SlaveStation,
  type TelegramContext,
} from "./session/server/slave-station.ts";
export { defaultClientSettings, type MbusClientSettings } from "./session/settings.ts";
export type { MbusTarget } from "./session/target.ts";
export { decodeWirelessTelegram, type WirelessTelegram } from "./wireless/decode.ts";
export { decodeWirelessFrame, encodeWirelessFrame, type WirelessFormat, type WirelessFrame } from "./wireless/frame.ts";
