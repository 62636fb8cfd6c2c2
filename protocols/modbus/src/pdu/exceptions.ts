/** Exception codes (MODBUS Application Protocol V1.1b3, clause 7), and the error each becomes. */
import type { ProtocolError } from "@anymeter/sans-io";
import { type ModbusErrorCode, modbusError } from "../errors.ts";

export interface ExceptionEntry {
  readonly name: string;
  readonly error: ModbusErrorCode;
}

export const exceptions = {
  1: { name: "illegal function", error: "illegal_function" },
  2: { name: "illegal data address", error: "illegal_data_address" },
  3: { name: "illegal data value", error: "illegal_data_value" },
  4: { name: "server device failure", error: "device_failure" },
  5: { name: "acknowledge: the request takes longer", error: "acknowledged" },
  6: { name: "server device busy", error: "device_busy" },
  8: { name: "memory parity error", error: "memory_parity" },
  10: { name: "gateway path unavailable", error: "gateway_path_unavailable" },
  11: { name: "gateway target device failed to respond", error: "gateway_target_silent" },
} as const satisfies Readonly<Record<number, ExceptionEntry>>;

export type ExceptionCode = keyof typeof exceptions;

export const exceptionNames: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(exceptions).map(([code, { name }]) => [code, name]),
);

/** The error of an exception answer; `request` says in words what was asked: "read 2 holding registers from 0x0048". */
export function exceptionError(exceptionCode: number, unit: number, request: string): ProtocolError<ModbusErrorCode> {
  const entry: ExceptionEntry | undefined = (exceptions as Readonly<Record<number, ExceptionEntry>>)[exceptionCode];
  return modbusError((entry?.error ?? "exception_unknown") as "exception_unknown", { unit, request, exceptionCode });
}
