/** What a register map must keep, whoever wrote it. */
import { modbusError } from "../errors.ts";
import { registersOf } from "../registers/value.ts";
import { planReads } from "./planner.ts";
import type { RegisterEntry, RegisterMap } from "./register-map.ts";

/** @throws ProtocolError `map_invalid` with the entry and what is wrong with it */
export function checkRegisterMap(map: Pick<RegisterMap, "entries" | "table" | "limits">): void {
  if (map.entries.length === 0) throw modbusError("map_invalid", { reason: "it has no entries" });
  if (map.entries.length > greatestEntries) {
    throw modbusError("map_invalid", { reason: `${map.entries.length} entries are more than ${greatestEntries}` });
  }
  const names = new Set<string>();
  for (const entry of map.entries) {
    const fault = faultOf(entry) ?? (names.has(entry.series) ? "it is there twice" : undefined);
    if (fault) throw modbusError("map_invalid", { reason: `${entry.series}: ${fault}` });
    names.add(entry.series);
  }
  planReads(map.entries, map.table, map.limits);
}

function faultOf(entry: RegisterEntry): string | undefined {
  const registers = registersOf(entry);
  if (entry.type === "string" && entry.registers === undefined) return "a string needs its number of registers";
  if (entry.address < 0 || entry.address + registers > addresses)
    return `register ${entry.address} is beyond ${addresses - 1}`;
  const pattern = entry.unavailable?.find((one) => !/^[0-9A-F]+$/.test(one) || one.length > registers * 4);
  if (pattern !== undefined) return `"${pattern}" is no pattern of ${registers * 4} hexadecimal digits at most`;
  return undefined;
}

const greatestEntries = 1024;
const addresses = 0x1_0000;
