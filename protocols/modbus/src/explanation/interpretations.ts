/** What a few registers could mean: for whoever looks for the type and order that give a sensible value. */
import { type Order, orders } from "../registers/order.ts";
import { decodeValue } from "../registers/value.ts";
import type { ValueType } from "../registers/value-type.ts";

const types: Readonly<Record<number, readonly ValueType[]>> = {
  1: ["uint16", "int16"],
  2: ["uint32", "int32", "float32"],
  4: ["uint64", "int64", "float64"],
};

/** "float32 CDAB" → "230.1", of one, two or four registers; undefined for any other number. */
export function interpretations(registers: Uint8Array): Readonly<Record<string, string>> | undefined {
  const count = registers.length / 2;
  const candidates = types[count];
  if (!candidates) return undefined;
  const usual: readonly Order[] = count === 1 ? ["ABCD", "BADC"] : orders;
  const values: Record<string, string> = {};
  for (const type of candidates) {
    for (const order of usual) {
      const value = decodeValue(registers, 0, { type, order });
      if (value !== undefined && value.length <= longestValue) values[`${type} ${order}`] = value;
    }
  }
  return values;
}

/** Floats of bytes in the wrong order have hundreds of digits. */
const longestValue = 24;
