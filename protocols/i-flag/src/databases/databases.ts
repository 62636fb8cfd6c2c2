/** The databases of a Corus, their numbers, and the column masks whose records are known. */
import { iFlagError } from "../errors.ts";

/**
 * Every column the database has. Bits 1 and 2 stay clear, as in the requests of iflag 1.0 (`F9 FF FF FF` on the line);
 * which bit stands for which column is not public, so other masks are those of published clients.
 */
export const allColumns = 0xffff_fff9;
/** End, volumes, status, average temperature and pressure, control input (WicomSRV, MRG commands for Corus). */
export const intervalExtract = 0x0008_93f1;
/** End, status and the four indexes (WicomSRV). */
export const monthlyExtract = 0x00f0_0211;
/** Time and code (WicomSRV). */
export const eventColumns = 0x0000_0019;
/** Time, parameter code, value before and after (WicomSRV). */
export const changeColumns = 0x0000_0319;

export interface DatabaseEntry {
  readonly name: string;
  /** In bits 0-3 of the request. */
  readonly number: number;
  /** What is asked for when nothing else is. */
  readonly usualMask: number;
  readonly meaning: string;
}

export const databases = [
  { name: "interval", number: 0, usualMask: allColumns, meaning: "interval database" },
  { name: "hourly", number: 1, usualMask: allColumns, meaning: "hourly database" },
  { name: "daily", number: 2, usualMask: allColumns, meaning: "daily database" },
  { name: "monthly", number: 3, usualMask: allColumns, meaning: "monthly database" },
  { name: "event", number: 4, usualMask: eventColumns, meaning: "event log" },
  { name: "parameter_log", number: 5, usualMask: changeColumns, meaning: "parameter log" },
  { name: "metrological_log", number: 6, usualMask: changeColumns, meaning: "metrological log" },
] as const satisfies readonly DatabaseEntry[];

export type DatabaseName = (typeof databases)[number]["name"];

const byName: ReadonlyMap<string, (typeof databases)[number]> = new Map(databases.map((entry) => [entry.name, entry]));

/** @throws ProtocolError `database_unknown` */
export function databaseEntry(name: string): (typeof databases)[number] {
  const entry = byName.get(name);
  if (!entry) throw iFlagError("database_unknown", { name, known: [...byName.keys()].join(", ") });
  return entry;
}

/** @returns the database of a number on the line; undefined when there is none */
export function databaseOfNumber(number: number): (typeof databases)[number] | undefined {
  return databases[number];
}
