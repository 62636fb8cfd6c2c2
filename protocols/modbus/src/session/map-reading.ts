/** Reads values by a register map: few requests, and what one refused request held is asked for value by value. */
import { ProtocolError, type Routine } from "@anymeter/sans-io";
import { modbusError } from "../errors.ts";
import { type PlannedRead, planReads } from "../maps/planner.ts";
import type { RegisterEntry, RegisterMap, RequestLimits, Table } from "../maps/register-map.ts";
import { entryValue, type ReadBlock, wasRead } from "../maps/values.ts";
import type { ModbusRequest, ModbusResponse } from "../pdu/pdu.ts";
import { registersOf } from "../registers/value.ts";
import { findSunSpecModel } from "./sunspec.ts";

export interface MapReadOptions {
  /** Names of the series to read; all of the map when left out. */
  readonly series?: readonly string[];
  /** Limits of this installation, over those of the map. */
  readonly limits?: RequestLimits;
}

export interface MapReading {
  readonly values: readonly MapValue[];
  /** What could not be read, and why; the values beside it are good. */
  readonly problems: readonly MapProblem[];
}

export interface MapValue {
  readonly entry: RegisterEntry;
  /** Exact decimal text in the entry's unit, or text; undefined when the meter says that it has no value. */
  readonly value: string | undefined;
}

export interface MapProblem {
  readonly entries: readonly RegisterEntry[];
  readonly error: ProtocolError;
}

/** How requests are made: answers are never exceptions, these are thrown. */
export type Ask = (request: ModbusRequest) => Routine<ModbusResponse | undefined>;

/**
 * @throws ProtocolError when not one value could be read: the first cause; `series_unknown`, `map_invalid`, `model_missing`
 */
export function* readByMap(ask: Ask, map: RegisterMap, options: MapReadOptions = {}): Routine<MapReading> {
  const entries = yield* locatedEntries(ask, map, chosenEntries(map, options.series));
  const limits = { ...map.limits, ...options.limits };
  const blocks: ReadBlock[] = [];
  const problems: MapProblem[] = [];
  for (const read of planReads(entries, map.table, limits)) {
    const given = failedOf(problems);
    const held = entries.filter((entry) => holds(read, entry, map.table) && !given.has(entry));
    if (held.length === 0) continue;
    const error = yield* readBlock(ask, read, blocks);
    if (!error) continue;
    const shared = !mayBeOneValue.has(error.code) || held.length === 1;
    if (shared) problems.push({ entries: held, error });
    const ended = shared
      ? endsReading(error)
      : yield* readEach(ask, held, { table: map.table, limits, blocks, problems });
    if (ended) break;
  }
  const failed = failedOf(problems);
  const left = entries.filter((entry) => !failed.has(entry));
  const values: MapValue[] = [];
  for (const entry of left.filter((one) => wasRead(one, map.table, blocks))) {
    try {
      values.push({ entry, value: entryValue(entry, map.table, blocks) });
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      problems.push({ entries: [entry], error });
    }
  }
  const unread = left.filter((entry) => !wasRead(entry, map.table, blocks));
  const last = problems.at(-1);
  if (values.length === 0 && last) throw problems[0]!.error;
  if (unread.length > 0 && last) problems.push({ entries: unread, error: last.error });
  return { values, problems };
}

/** @throws ProtocolError `series_unknown` */
export function chosenEntries(map: RegisterMap, series: readonly string[] | undefined): readonly RegisterEntry[] {
  if (!series) return map.entries;
  return series.map((name) => {
    const entry = map.entries.find((one) => one.series === name);
    if (entry) return entry;
    const known = map.entries.map((one) => one.series).join(", ");
    throw modbusError("series_unknown", { map: map.id, series: name, known });
  });
}

/** Entries of a SunSpec map where the model lies in this device; the others are where they say. */
function* locatedEntries(
  ask: Ask,
  { table, sunSpecModels }: RegisterMap,
  entries: readonly RegisterEntry[],
): Routine<readonly RegisterEntry[]> {
  const ends = entries.filter(({ absolute }) => !absolute).map(endOf);
  if (!sunSpecModels || ends.length === 0) return entries;
  const base = yield* findSunSpecModel(ask, table, sunSpecModels, Math.max(...ends));
  return entries.map((entry) => (entry.absolute ? entry : moved(entry, base)));
}

function endOf(entry: RegisterEntry): number {
  return Math.max(entry.address + registersOf(entry), (entry.scale?.address ?? 0) + 1);
}

function moved(entry: RegisterEntry, by: number): RegisterEntry {
  const { address, scale } = entry;
  return { ...entry, address: address + by, ...(scale && { scale: { address: scale.address + by } }) };
}

interface Reading {
  readonly table: Table;
  readonly limits: RequestLimits;
  readonly blocks: ReadBlock[];
  readonly problems: MapProblem[];
}

/** @returns whether nobody answers any more */
function* readEach(ask: Ask, entries: readonly RegisterEntry[], reading: Reading): Routine<boolean> {
  const { table, limits, blocks, problems } = reading;
  for (const entry of entries) {
    for (const read of planReads([entry], table, limits)) {
      const error = yield* readBlock(ask, read, blocks);
      if (!error) continue;
      problems.push({ entries: [entry], error });
      if (endsReading(error)) return true;
      break;
    }
  }
  return false;
}

/** Reads one block. @returns why it could not be read */
function* readBlock(ask: Ask, read: PlannedRead, blocks: ReadBlock[]): Routine<ProtocolError | undefined> {
  const { table, address, quantity } = read;
  const type = table === "holding" ? "read-holding-registers" : "read-input-registers";
  try {
    const response = yield* ask({ type, address, quantity });
    const { registers } = response as Extract<ModbusResponse, { registers: unknown }>;
    // The received bytes are the line's: the block outlives them.
    blocks.push({ table, address, quantity, registers: registers.slice() });
    return undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
}

/** Entries that are given up: what else they need is not asked for, and they are told once. */
function failedOf(problems: readonly MapProblem[]): ReadonlySet<RegisterEntry> {
  return new Set(problems.flatMap(({ entries }) => entries));
}

function holds(read: PlannedRead, entry: RegisterEntry, table: Table): boolean {
  const inside = (address: number) => address >= read.address && address < read.address + read.quantity;
  if ((entry.table ?? table) !== read.table) return false;
  return inside(entry.address) || (entry.scale !== undefined && inside(entry.scale.address));
}

/** Refusals that may be about one value of several. */
const mayBeOneValue: ReadonlySet<string> = new Set(["illegal_data_address", "illegal_data_value", "device_failure"]);

/** Refusals of one request that hold for the rest as well. */
const refusalsOfAll: ReadonlySet<string> = new Set([
  "acknowledged",
  "device_busy",
  "gateway_path_unavailable",
  "gateway_target_silent",
]);

/** Whoever does not answer one request, or not in Modbus, is not asked for the rest; noise may be gone with the next. */
function endsReading(error: ProtocolError): boolean {
  if (error.fault === "refused") return refusalsOfAll.has(error.code);
  return error.code !== "checksum_wrong";
}
