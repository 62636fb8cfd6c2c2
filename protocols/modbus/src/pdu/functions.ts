/** The function codes (MODBUS Application Protocol V1.1b3, clause 6) and the fields of their requests and responses. */
import { byte, coil, coils, type Field, registers, word } from "./field.ts";
import { conformityNames, objects, readCodeNames } from "./identification.ts";
import { limits } from "./limits.ts";

export interface FunctionEntry {
  readonly code: number;
  /** Of the standard. */
  readonly name: string;
  readonly request: readonly Field[];
  readonly response: readonly Field[];
  /** Changes nothing in the device, so that it may be asked again after a silence. */
  readonly harmless: boolean;
}

/** `area` is the digit that documents put before an address counted from 1: 400001 is the first holding register. */
const address = (area: number, meaning = "starting address") =>
  word("address", meaning, {
    shown: (value) =>
      `${value} (0x${value.toString(16).toUpperCase().padStart(4, "0")}; ${area === 0 ? "" : area}${String(value + 1).padStart(5, "0")} where documents count from 1)`,
  });
const quantity = (what: string, most: number) => word("quantity", `number of ${what}`, { least: 1, most });
const interfaceType = byte("interfaceType", "MEI type", {
  least: 14,
  most: 14,
  names: { 14: "read device identification" },
});
const readCode = byte("readCode", "read device identification code", { least: 1, most: 4, names: readCodeNames });

export const functions = {
  "read-coils": {
    code: 1,
    name: "Read Coils",
    harmless: true,
    request: [address(0), quantity("coils", limits.readCoils)],
    response: [coils("coils", limits.readCoils)],
  },
  "read-discrete-inputs": {
    code: 2,
    name: "Read Discrete Inputs",
    harmless: true,
    request: [address(1), quantity("inputs", limits.readCoils)],
    response: [coils("coils", limits.readCoils)],
  },
  "read-holding-registers": {
    code: 3,
    name: "Read Holding Registers",
    harmless: true,
    request: [address(4), quantity("registers", limits.readRegisters)],
    response: [registers("registers", limits.readRegisters)],
  },
  "read-input-registers": {
    code: 4,
    name: "Read Input Registers",
    harmless: true,
    request: [address(3), quantity("registers", limits.readRegisters)],
    response: [registers("registers", limits.readRegisters)],
  },
  "write-coil": {
    code: 5,
    name: "Write Single Coil",
    harmless: false,
    request: [address(0, "address"), coil("coil")],
    response: [address(0, "address"), coil("coil")],
  },
  "write-register": {
    code: 6,
    name: "Write Single Register",
    harmless: false,
    request: [address(4, "address"), word("value", "value")],
    response: [address(4, "address"), word("value", "value")],
  },
  "write-coils": {
    code: 15,
    name: "Write Multiple Coils",
    harmless: false,
    request: [address(0), coils("coils", limits.writeCoils, { quantity: true })],
    response: [address(0), quantity("coils", limits.writeCoils)],
  },
  "write-registers": {
    code: 16,
    name: "Write Multiple Registers",
    harmless: false,
    request: [address(4), registers("registers", limits.writeRegisters, { quantity: true })],
    response: [address(4), quantity("registers", limits.writeRegisters)],
  },
  "mask-write-register": {
    code: 22,
    name: "Mask Write Register",
    harmless: false,
    request: [address(4, "address"), word("andMask", "AND mask"), word("orMask", "OR mask")],
    response: [address(4, "address"), word("andMask", "AND mask"), word("orMask", "OR mask")],
  },
  "read-write-registers": {
    code: 23,
    name: "Read/Write Multiple Registers",
    harmless: false,
    request: [
      address(4, "starting address of what is read"),
      quantity("registers to read", limits.readRegisters),
      word("writeAddress", "starting address of what is written"),
      registers("registers", limits.readWriteRegisters, { quantity: true, meaning: "registers to write" }),
    ],
    response: [registers("registers", limits.readRegisters)],
  },
  "read-identification": {
    code: 43,
    name: "Read Device Identification",
    harmless: true,
    request: [interfaceType, readCode, byte("object", "object id to begin with")],
    response: [
      interfaceType,
      readCode,
      byte("conformity", "conformity level", { names: conformityNames }),
      byte("moreFollows", "more follows", { names: { 0: "no", 255: "yes" } }),
      byte("nextObject", "next object id"),
      objects("objects"),
    ],
  },
} as const satisfies Readonly<Record<string, FunctionEntry>>;

export type FunctionName = keyof typeof functions;

/** @returns the function's name; undefined for a code this package does not know */
export function functionOf(code: number): FunctionName | undefined {
  return names[code];
}

const names: readonly (FunctionName | undefined)[] = (() => {
  const list: (FunctionName | undefined)[] = new Array(256).fill(undefined);
  for (const [name, { code }] of Object.entries(functions)) list[code] = name as FunctionName;
  return list;
})();
