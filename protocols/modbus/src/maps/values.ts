/** The values of a map out of the registers that were read. */
import { modbusError } from "../errors.ts";
import { decodeValue, registersOf } from "../registers/value.ts";
import type { PlannedRead } from "./planner.ts";
import type { RegisterEntry, Table } from "./register-map.ts";

/** A request and its answer. */
export interface ReadBlock extends PlannedRead {
  readonly registers: Uint8Array;
}

/**
 * The value of an entry as exact decimal text in the entry's unit; undefined when the meter says that it has none.
 * @throws ProtocolError `scale_invalid`, `bcd_invalid`; `map_invalid` when no block holds the registers
 */
export function entryValue(entry: RegisterEntry, table: Table, blocks: readonly ReadBlock[]): string | undefined {
  const own = entry.table ?? table;
  const exponent = entry.scale ? scaleExponent(entry.scale.address, own, blocks) : 0;
  if (exponent === undefined) return undefined;
  const { block, start } = locate(entry.address, registersOf(entry), own, blocks);
  return decodeValue(block.registers, start, entry, exponent + (entry.exponent ?? 0));
}

/** Whether the blocks hold all registers of an entry. */
export function wasRead(entry: RegisterEntry, table: Table, blocks: readonly ReadBlock[]): boolean {
  const own = entry.table ?? table;
  if (!find(entry.address, registersOf(entry), own, blocks)) return false;
  return !entry.scale || find(entry.scale.address, 1, own, blocks) !== undefined;
}

/** undefined when the scale itself is not available (SunSpec: 8000). */
function scaleExponent(address: number, table: Table, blocks: readonly ReadBlock[]): number | undefined {
  const { block, start } = locate(address, 1, table, blocks);
  const exponent = ((block.registers[start]! << 24) >> 16) | block.registers[start + 1]!;
  if (exponent === notAvailable) return undefined;
  if (Math.abs(exponent) > greatestExponent) throw modbusError("scale_invalid", { address, found: exponent });
  return exponent;
}

function locate(address: number, quantity: number, table: Table, blocks: readonly ReadBlock[]): Place {
  const place = find(address, quantity, table, blocks);
  if (place) return place;
  throw modbusError("map_invalid", { reason: `register ${address} was not read` });
}

interface Place {
  readonly block: ReadBlock;
  /** Of the register's first byte. */
  readonly start: number;
}

/** The block that holds all registers: of two that overlap, one may hold the first of them only. */
function find(address: number, quantity: number, table: Table, blocks: readonly ReadBlock[]): Place | undefined {
  for (const block of blocks) {
    const index = address - block.address;
    const whole = index >= 0 && index + quantity <= block.quantity;
    if (block.table === table && whole) return { block, start: index * 2 };
  }
  return undefined;
}

const notAvailable = -0x8000;
const greatestExponent = 10;
