/** The answer of a device to a request. */
import type { ExceptionCode } from "../pdu/exceptions.ts";
import { type IdentificationObject, identificationCategories } from "../pdu/identification.ts";
import { limits } from "../pdu/limits.ts";
import type { ModbusRequest, ModbusResponse } from "../pdu/pdu.ts";
import type { ModbusDevice } from "./device.ts";

/** @returns the response, or the exception code of the refusal */
export function respond(device: ModbusDevice, request: ModbusRequest): ModbusResponse | ExceptionCode {
  switch (request.type) {
    case "read-coils":
    case "read-discrete-inputs": {
      const { type, address, quantity } = request;
      if (address + quantity > addresses) return illegalAddress;
      const coils = device.readBits?.(type === "read-coils" ? "coils" : "discrete-inputs", address, quantity);
      if (coils === undefined) return illegalFunction;
      return typeof coils === "number" ? coils : { type, coils };
    }
    case "read-holding-registers":
    case "read-input-registers": {
      const { type, address, quantity } = request;
      if (address + quantity > addresses) return illegalAddress;
      const table = type === "read-holding-registers" ? "holding-registers" : "input-registers";
      const registers = device.readRegisters?.(table, address, quantity);
      if (registers === undefined) return illegalFunction;
      return typeof registers === "number" ? registers : { type, registers };
    }
    case "write-coil":
      if (!device.writeCoils) return illegalFunction;
      return device.writeCoils(request.address, [request.coil]) ?? request;
    case "write-register":
      if (!device.writeRegisters) return illegalFunction;
      return device.writeRegisters(request.address, bytesOf(request.value)) ?? request;
    case "mask-write-register":
      return maskWrite(device, request) ?? request;
    case "write-coils": {
      const { type, address, coils } = request;
      if (!device.writeCoils) return illegalFunction;
      if (address + coils.length > addresses) return illegalAddress;
      return device.writeCoils(address, coils) ?? { type, address, quantity: coils.length };
    }
    case "write-registers": {
      const { type, address, registers } = request;
      if (!device.writeRegisters) return illegalFunction;
      if (address + registers.length / 2 > addresses) return illegalAddress;
      return device.writeRegisters(address, registers) ?? { type, address, quantity: registers.length / 2 };
    }
    case "read-write-registers": {
      const { type, address, quantity, writeAddress } = request;
      if (!device.writeRegisters || !device.readRegisters) return illegalFunction;
      if (address + quantity > addresses || writeAddress + request.registers.length / 2 > addresses)
        return illegalAddress;
      const refusal = device.writeRegisters(writeAddress, request.registers);
      if (refusal !== undefined) return refusal;
      const registers = device.readRegisters("holding-registers", address, quantity);
      return typeof registers === "number" ? registers : { type, registers };
    }
    case "read-identification":
      return identification(device, request.readCode, request.object);
  }
}

function maskWrite(
  device: ModbusDevice,
  { address, andMask, orMask }: Extract<ModbusRequest, { type: "mask-write-register" }>,
): ExceptionCode | undefined {
  if (!device.writeRegisters || !device.readRegisters) return illegalFunction;
  const old = device.readRegisters("holding-registers", address, 1);
  if (typeof old === "number") return old;
  const value = (((old[0]! << 8) | old[1]!) & andMask) | (orMask & ~andMask & 0xffff);
  return device.writeRegisters(address, bytesOf(value));
}

/** As many objects of the category as fit into one answer, from the one asked for on. */
function identification(device: ModbusDevice, readCode: number, from: number): ModbusResponse | ExceptionCode {
  if (!device.identification) return illegalFunction;
  const { conformity, objects } = device.identification;
  const level = conformity & 0x7f;
  const single = readCode === identificationCategories.individual;
  if (single && conformity < 128) return illegalValue;
  if (single && !objects.has(from)) return illegalAddress;
  const greatest = greatestObjects[Math.min(readCode, level)]!;
  const all = [...objects].map(([id, value]): IdentificationObject => ({ id, value }));
  const inCategory = all.filter(({ id }) => (single ? id === from : id <= greatest)).toSorted((a, b) => a.id - b.id);
  // Clause 6.21: an unknown object begins the stream anew.
  const start = inCategory.some(({ id }) => id === from) ? from : 0;
  const answered: IdentificationObject[] = [];
  let room = limits.pdu - fieldsBeforeObjects;
  let next: number | undefined;
  for (const object of inCategory.filter(({ id }) => id >= start)) {
    room -= object.value.length + 2;
    if (room < 0) {
      next = object.id;
      break;
    }
    answered.push(object);
  }
  return {
    type: "read-identification",
    readCode,
    conformity,
    moreFollows: next === undefined ? 0 : 255,
    nextObject: next ?? 0,
    objects: answered,
  };
}

function bytesOf(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value);
}

/** By read code or conformity level: basic, regular, extended; 4 is a single object of any. */
const greatestObjects: Readonly<Record<number, number>> = { 1: 2, 2: 127, 3: 255, 4: 255 };
/** Function code, MEI type, read code, conformity, more follows, next object, number of objects. */
const fieldsBeforeObjects = 7;
const addresses = 0x1_0000;
const illegalFunction = 1;
const illegalAddress = 2;
const illegalValue = 3;
