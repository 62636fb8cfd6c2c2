/** M-Bus (EN 13757): execution type `generic_mbus`, ours and strict. */
import type { Static } from "typebox";
import { type ProtocolDeclaration, settingsSchema, strict, timeoutSeconds } from "./declaration.ts";

/** How to talk to a meter of this protocol. */
const schema = settingsSchema({ timeout_seconds: timeoutSeconds });
export type MbusSettings = Static<typeof schema>;

const calls = {
  read_meter: strict({}),
};
export type MbusCall = keyof typeof calls;
export type MbusArguments<Call extends MbusCall> = Static<(typeof calls)[Call]>;

export const mbus = {
  protocol: "mbus",
  executionType: "generic_mbus",
  calls,
  checkedWhenWritten: true,
  settings: { name: "mbus_settings", title: "M-Bus settings", schema, defaults: {} },
} as const satisfies ProtocolDeclaration;
