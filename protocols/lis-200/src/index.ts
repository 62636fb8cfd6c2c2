/** Everything public, by room. */
export * from "./address/address.ts";
export * from "./archive/event.ts";
export * from "./archive/layout.ts";
export { archiveLimits } from "./archive/limits.ts";
export * from "./archive/range.ts";
export * from "./archive/read-rows.ts";
export type { ArchiveRow, ArchiveValue, RowStatus } from "./archive/row.ts";
export * from "./client/client.ts";
export type { MeterValue } from "./client/value.ts";
export { lis200Errors, refusalError, refusalText } from "./errors.ts";
export { explainLis200 } from "./explain/explain.ts";
export { type LockNumber, type LockState, locks } from "./locks.ts";
export { meansNoRows, type Refusal, refusalOf, refusals } from "./refusals.ts";
export type * from "./server/device.ts";
export * from "./server/server-session.ts";
export * from "./status/messages.ts";
export * from "./time.ts";
