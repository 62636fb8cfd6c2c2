/** The values of classes that act on time and events, typed: `scheduleValues.entries.fromData(data)` and `.toData(…)`. */
export * from "./activity-calendar.ts";
export { type AllowedCaller, autoAnswerValues, type NumberOfRings } from "./auto-answer.ts";
export { autoConnectValues, type CommunicationWindow } from "./auto-connect.ts";
export * from "./disconnect-control.ts";
export * from "./limiter.ts";
export * from "./local-port-setup.ts";
export * from "./schedule.ts";
export {
  type Script,
  type ScriptAction,
  type ScriptReference,
  scriptTableValues,
  type ValueReference,
} from "./script-table.ts";
export * from "./single-action-schedule.ts";
export * from "./special-days-table.ts";
export type { ValueCodec } from "./value-codec.ts";
