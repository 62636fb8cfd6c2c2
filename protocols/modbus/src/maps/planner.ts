/** Groups the registers of a map into as few requests as the meter's limits allow. */
import { modbusError } from "../errors.ts";
import { limits as protocolLimits } from "../pdu/limits.ts";
import { registersOf } from "../registers/value.ts";
import type { RegisterEntry, RequestLimits, Table } from "./register-map.ts";

/** One request of a plan. */
export interface PlannedRead {
  readonly table: Table;
  readonly address: number;
  readonly quantity: number;
}

/** Registers that belong together and are never split: a value, or a scale register. */
interface Span extends PlannedRead {
  readonly end: number;
}

/**
 * @param table of entries that name none
 * @returns the requests, by table and address; each value and each scale register lies whole in one of them
 * @throws ProtocolError `map_invalid` for a value that no request can hold
 */
export function planReads(entries: readonly RegisterEntry[], table: Table, limits: RequestLimits = {}): PlannedRead[] {
  const most = Math.min(limits.registers ?? protocolLimits.readRegisters, protocolLimits.readRegisters);
  const gap = limits.gap ?? 0;
  const spans = entries.flatMap((entry) => spansOf(entry, entry.table ?? table));
  for (const { address, quantity } of spans) {
    if (quantity > most) {
      throw modbusError("map_invalid", {
        reason: `the value at ${address} takes ${quantity} registers of ${most} at most`,
      });
    }
  }
  spans.sort((one, other) => order(one.table, other.table) || one.address - other.address || other.end - one.end);
  const reads: Span[] = [];
  for (const span of spans) {
    const last = reads.at(-1);
    const end = Math.max(last?.end ?? 0, span.end);
    if (last && last.table === span.table && span.address - last.end <= gap && end - last.address <= most) {
      reads[reads.length - 1] = { ...last, quantity: end - last.address, end };
    } else reads.push(span);
  }
  return reads.map(({ table, address, quantity }) => ({ table, address, quantity }));
}

function spansOf(entry: RegisterEntry, table: Table): Span[] {
  const own = spanOf(table, entry.address, registersOf(entry));
  return entry.scale ? [own, spanOf(table, entry.scale.address, 1)] : [own];
}

function spanOf(table: Table, address: number, quantity: number): Span {
  return { table, address, quantity, end: address + quantity };
}

function order(one: Table, other: Table): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
