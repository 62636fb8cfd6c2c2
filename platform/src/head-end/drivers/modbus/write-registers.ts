/**
 * `write_registers`: writes holding registers that hold what is expected, and reads them again. A register that already holds
 * the new values is not written, so that a repeated run does nothing twice.
 */
import { encodeValue, type ValueLayout } from "@anymeter/modbus";
import { equalBytes, hexFromBytes, joinBytes, type Request } from "@anymeter/sans-io";
import type { ModbusArguments } from "../../../registry/protocols/modbus.ts";
import { RunFailure } from "../../causes.ts";
import type { StartedCall } from "../conversation-driver.ts";
import type { CallOutcome } from "../driver.ts";
import type { ModbusContext } from "./context.ts";

type WriteArguments = ModbusArguments<"write_registers">;

export async function writeRegisters(context: ModbusContext): Promise<StartedCall> {
  const wanted = context.call.kwargs as WriteArguments;
  const [expected, values] = [bytesOf(wanted, wanted.expected), bytesOf(wanted, wanted.values)];
  if (expected.length !== values.length) {
    throw new RunFailure("invalid_call", "expected and values must be as many registers.");
  }
  if (wanted.function === 6 && values.length !== 2) {
    throw new RunFailure("invalid_call", "Function 6 writes one register; use function 16 for more.");
  }
  const before = await read(context, values.length);
  if (equalBytes(before, values))
    return done(before, values, ["The registers held the values already: nothing was written."]);
  if (!equalBytes(before, expected)) {
    const found = hexFromBytes(before);
    throw new RunFailure(
      "invalid_call",
      `The registers hold ${found} instead of ${hexFromBytes(expected)}: nothing was written.`,
    );
  }
  await context.request(writeRequest(context, values));
  const after = await read(context, values.length);
  if (!equalBytes(after, values)) {
    const detail = `The meter took the write, but the registers hold ${hexFromBytes(after)} instead of ${hexFromBytes(values)}.`;
    throw new RunFailure("request_refused", detail);
  }
  return done(before, after, []);
}

function read(context: ModbusContext, length: number): Promise<Uint8Array> {
  const { address } = context.call.kwargs as WriteArguments;
  return context.request(context.client.readHoldingRegisters(address, length / 2));
}

function writeRequest({ client, call }: ModbusContext, bytes: Uint8Array): Request<void> {
  const wanted = call.kwargs as WriteArguments;
  if (wanted.function === 6) return client.writeRegister(wanted.address, (bytes[0]! << 8) | bytes[1]!);
  return client.writeRegisters(wanted.address, bytes);
}

function bytesOf(
  { type = "uint16", order = "ABCD" }: WriteArguments,
  values: readonly (number | string)[],
): Uint8Array {
  const layout = (value: number | string): ValueLayout => ({
    type,
    order,
    ...(type === "string" && { registers: Math.ceil(String(value).length / 2) }),
  });
  return joinBytes(values.map((value) => encodeValue(value, layout(value))));
}

function done(before: Uint8Array, after: Uint8Array, notes: readonly string[]): StartedCall {
  const outcome: CallOutcome = { notes, result: { before: hexFromBytes(before), after: hexFromBytes(after) } };
  return { outcome: Promise.resolve(outcome) };
}
