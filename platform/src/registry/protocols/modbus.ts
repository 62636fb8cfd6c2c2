/** Modbus: execution type `generic_modbus`, ours and strict. */
import type { Static } from "typebox";
import { type ProtocolDeclaration, settingsSchema, strict, timeoutSeconds } from "./declaration.ts";

/** How to talk to a meter of this protocol. */
const schema = settingsSchema({ timeout_seconds: timeoutSeconds });
export type ModbusSettings = Static<typeof schema>;

const calls = {
  read_registers: strict({}),
};
export type ModbusCall = keyof typeof calls;
export type ModbusArguments<Call extends ModbusCall> = Static<(typeof calls)[Call]>;

export const modbus = {
  protocol: "modbus",
  executionType: "generic_modbus",
  calls,
  checkedWhenWritten: true,
  settings: { name: "modbus_settings", title: "Modbus settings", schema, defaults: {} },
} as const satisfies ProtocolDeclaration;
