export { ByteReader } from "./bytes/byte-reader.ts";
export { ByteWriter } from "./bytes/byte-writer.ts";
export { equalBytes } from "./bytes/equal.ts";
export { bytesFromHex, hexFromByte, hexFromBytes } from "./bytes/hex.ts";
export { joinBytes } from "./bytes/join.ts";
export { plainView } from "./bytes/plain-view.ts";
export { decimalFromFloat32, scale } from "./decimal.ts";
export {
  commonError,
  commonErrors,
  type ErrorDetail,
  type ErrorDetails,
  type ErrorEntry,
  type ErrorMaker,
  type ErrorTable,
  errorsOf,
  type Fault,
  ProtocolError,
} from "./errors.ts";
export { Explainer } from "./explanation/explainer.ts";
export {
  type ExplainedContent,
  type ExplainedPart,
  type Explanation,
  type Json,
  jsonOf,
} from "./explanation/explanation.ts";
export { explanationText } from "./explanation/explanation-text.ts";
export { type LocalDateTime, localDateTimeOf, localMilliseconds } from "./local-date-time.ts";
export { Conversation } from "./session/conversation.ts";
export { type ByteStream, type Line, lineOver } from "./session/line.ts";
export {
  type Incoming,
  type Routine,
  RoutineSession,
  type RoutineSessionOptions,
  type Turn,
} from "./session/routine-session.ts";
export type { ClientEvent, ClientSession, Request, Session } from "./session/session.ts";
