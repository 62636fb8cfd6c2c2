export type { MeterAddress, TelegramHeader } from "./application/header.ts";
export type { Telegram } from "./application/telegram.ts";
export { mbusErrors } from "./errors.ts";
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
export type { CalendarTime } from "./records/calendar-time.ts";
export type { DataRecord, ProfileValue, RecordFunction, RecordHead, RecordValue } from "./records/record.ts";
