/** IEC 62056-21: execution type `generic_iec6205621`, which the contract names without documenting a call. */
import type { Static } from "typebox";
import { type ProtocolDeclaration, settingsSchema, strict, timeoutSeconds } from "./declaration.ts";

/** How to talk to a meter of this protocol. */
const schema = settingsSchema({ timeout_seconds: timeoutSeconds });
export type Iec62056Settings = Static<typeof schema>;

const calls = {
  read_readout: strict({}),
};
export type Iec62056Call = keyof typeof calls;
export type Iec62056Arguments<Call extends Iec62056Call> = Static<(typeof calls)[Call]>;

export const iec62056 = {
  protocol: "iec62056-21",
  executionType: "generic_iec6205621",
  calls,
  checkedWhenWritten: false,
  settings: { name: "iec62056_21_settings", title: "IEC 62056-21 settings", schema, defaults: {} },
} as const satisfies ProtocolDeclaration;
