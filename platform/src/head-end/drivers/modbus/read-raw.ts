/** `read_raw`: any registers or bits, shown on the run and not stored. */
import { decodeValue, type ModbusClient, registersOf } from "@anymeter/modbus";
import { hexFromBytes, type Request } from "@anymeter/sans-io";
import type { ModbusArguments } from "../../../registry/protocols/modbus.ts";
import type { StartedCall } from "../conversation-driver.ts";
import type { ModbusContext } from "./context.ts";

type RawArguments = ModbusArguments<"read_raw">;

export async function readRaw(context: ModbusContext): Promise<StartedCall> {
  const wanted = context.call.kwargs as RawArguments;
  if (wanted.function <= 2) {
    const bits = await context.request(bitsRequest(context.client, wanted));
    const result = { bits: bits.map((on) => (on ? "1" : "0")).join("") };
    return { outcome: Promise.resolve({ rowsRead: bits.length, result }) };
  }
  const registers = await context.request(registersRequest(context.client, wanted));
  const result = { registers: hexFromBytes(registers), values: valuesOf(registers, wanted) };
  return { outcome: Promise.resolve({ rowsRead: wanted.count, result }) };
}

function bitsRequest(
  client: ModbusClient,
  { function: code, address, count }: RawArguments,
): Request<readonly boolean[]> {
  return code === 1 ? client.readCoils(address, count) : client.readDiscreteInputs(address, count);
}

function registersRequest(client: ModbusClient, { function: code, address, count }: RawArguments): Request<Uint8Array> {
  return code === 3 ? client.readHoldingRegisters(address, count) : client.readInputRegisters(address, count);
}

/** As many values of the type as the registers hold, by address; null = not available. */
function valuesOf(bytes: Uint8Array, wanted: RawArguments): Record<number, string | null> {
  const { address, count, type = "uint16", order = "ABCD", exponent = 0 } = wanted;
  const layout = { type, order, registers: count };
  const size = registersOf(layout);
  const values: Record<number, string | null> = {};
  for (let index = 0; index + size <= count; index += size) {
    values[address + index] = decodeValue(bytes, index * 2, layout, exponent) ?? null;
  }
  return values;
}
