/** Everything public, by room. */
export { blockCheck, bytesFromText, control, textFromBytes } from "./characters.ts";
export * from "./data/data-set.ts";
export * from "./errors.ts";
export * from "./message/block.ts";
export * from "./message/command.ts";
export * from "./message/identification.ts";
export * from "./message/message-parser.ts";
export * from "./message/option-select.ts";
export * from "./message/request.ts";
export { carriesEvenParity, hasEvenParity, withEvenParity } from "./parity.ts";
export { ClientLine, type LineSettings } from "./session/client-line.ts";
export * from "./session/client-session.ts";
export * from "./session/exchange.ts";
export * from "./session/receive.ts";
export type * from "./session/server-device.ts";
export { ServerSession } from "./session/server-session.ts";
export * from "./session/sign-on.ts";
export * from "./session/wake-up.ts";
