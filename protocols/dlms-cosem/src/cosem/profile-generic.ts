/**
 * The buffer of a profile generic as rows (Blue Book, clause 4.3.6): compressed clocks and values filled in, delta
 * values added up, columns scaled exactly.
 *
 * Capture objects and scaler-units are the caller's to read once for each meter and firmware, and to keep.
 */
import type { Data } from "../data/data.ts";
import { type CosemDateTime, decodeDateTime } from "../data/date-time.ts";
import { addMilliseconds, type EpochOptions, fromEpochMilliseconds, toEpochMilliseconds } from "../data/epoch.ts";
import { dlmsError } from "../errors.ts";
import type { CaptureObject } from "./capture-objects.ts";
import { decimalFromData, type ScalerUnit } from "./scaling.ts";

export interface ProfileOptions {
  /** Attribute 4. Without it, or with 0 (captured by events), a row whose clock is null has no time. */
  readonly capturePeriodSeconds?: number;
  /** What null-data means in a clock column. Default: the time of the row before and one capture period. */
  readonly clockNull?: "previous-plus-period" | "no-value";
  /** What null-data means in the other columns. Default: the value of the row before. */
  readonly otherNull?: "same-as-above" | "no-value";
  /** Attribute 5. "lifo" buffers are sent newest first, so a null clock is one period before the row above. */
  readonly sortMethod?: "fifo" | "lifo";
  /** Default: the order in the buffer. */
  readonly order?: "as-sent" | "oldest-first";
  /** Of each column, in the order of the capture objects; a column without one gets no decimal: never guess. */
  readonly scalerUnits?: readonly (ScalerUnit | undefined)[];
  /** How clocks become instants. */
  readonly epoch?: EpochOptions;
}

export interface ProfileRow {
  /** Of the first clock column; absent when the row has none. */
  readonly dateTime?: CosemDateTime;
  /** The instant of `dateTime`; absent when it names none. In filled-in rows this is exact across clock changes. */
  readonly epochMilliseconds?: number;
  /** One for each capture object, in their order. */
  readonly values: readonly ProfileValue[];
}

export interface ProfileValue {
  /** Filled in; undefined where the meter has no value. */
  readonly data: Data | undefined;
  /** Value × 10^scaler, for numbers in a column with a scaler-unit. */
  readonly decimal?: string;
}

/**
 * Decodes attribute 2, an array of structures or a compact-array. `columns` are the capture objects of the columns that
 * were selected. Throws `profile_row_invalid` when a row does not have those columns: then the capture objects are not
 * this buffer's, and no row can be trusted.
 */
export function decodeProfileRows(
  buffer: Data,
  columns: readonly CaptureObject[],
  options: ProfileOptions = {},
): ProfileRow[] {
  if (buffer.type !== "array" && buffer.type !== "compact-array") {
    throw dlmsError("profile_row_invalid", { row: 0, reason: `the buffer is ${buffer.type}, not an array` });
  }
  const clockColumn = columns.findIndex(isClock);
  const rows: ProfileRow[] = [];
  let above: readonly ProfileValue[] = [];
  let time: RowTime | undefined;
  for (const [index, row] of buffer.value.entries()) {
    const cells = cellsOf(row, columns.length, index + 1);
    time = clockColumn < 0 ? undefined : timeOf(cells[clockColumn]!, time, options);
    const values = cells.map((cell, column) =>
      column === clockColumn && isNullClock(cell) ? clockValue(time) : cellValue(cell, above[column], options, column),
    );
    rows.push(time === undefined ? { values } : { ...time, values });
    above = values;
  }
  return options.order === "oldest-first" ? oldestFirst(rows, options.sortMethod) : rows;
}

type RowTime = Pick<ProfileRow, "dateTime" | "epochMilliseconds">;

const clockClass = 8;
const unixClock = /^0\.\d+\.1\.1\.\d+\.255$/;

function isClock(column: CaptureObject): boolean {
  return (column.classId === clockClass && column.attribute === 2) || unixClock.test(column.logicalName);
}

/** A profile of one column may come without the structures around its values. */
function cellsOf(row: Data, count: number, number: number): readonly Data[] {
  const cells = row.type === "structure" ? row.value : [row];
  if (cells.length === count) return cells;
  const reason = `it has ${cells.length} columns where ${count} capture objects are known; read capture_objects again`;
  throw dlmsError("profile_row_invalid", { row: number, reason });
}

function cellValue(cell: Data, above: ProfileValue | undefined, options: ProfileOptions, column: number): ProfileValue {
  if (cell.type === "null-data") return options.otherNull !== "no-value" && above !== undefined ? above : noValue;
  const data = cell.type.startsWith("delta-") ? addDelta(cell, above?.data) : cell;
  const scalerUnit = options.scalerUnits?.[column];
  if (scalerUnit === undefined || data === undefined) return { data };
  const decimal = decimalFromData(data, scalerUnit.scaler);
  return decimal === undefined ? { data } : { data, decimal };
}

const noValue: ProfileValue = { data: undefined };

/** A delta is the difference to the same column of the row above, and keeps its type. */
function addDelta(delta: Data, above: Data | undefined): Data | undefined {
  if (above === undefined || typeof delta.value !== "number") return undefined;
  if (typeof above.value === "bigint") return { ...above, value: above.value + BigInt(delta.value) } as Data;
  if (typeof above.value === "number") return { ...above, value: above.value + delta.value } as Data;
  return undefined;
}

/** Compact-arrays cannot hold null among clocks: they have an empty octet-string there. */
function isNullClock(cell: Data): boolean {
  return cell.type === "null-data" || (cell.type === "octet-string" && cell.value.length === 0);
}

/** What stands in the place of a null clock. */
function clockValue(time: RowTime | undefined): ProfileValue {
  return time?.dateTime === undefined ? noValue : { data: { type: "date-time", value: time.dateTime } };
}

function timeOf(cell: Data, above: RowTime | undefined, options: ProfileOptions): RowTime | undefined {
  if (isNullClock(cell)) return options.clockNull === "no-value" ? undefined : nextTime(above, options);
  switch (cell.type) {
    case "date-time":
      return timeFrom(cell.value, options);
    case "octet-string":
      return cell.value.length === 12 ? timeFrom(decodeDateTime(cell.value), options) : undefined;
    case "double-long-unsigned":
      return timeFrom(fromEpochMilliseconds(cell.value * 1000), options);
    default:
      return undefined;
  }
}

function timeFrom(dateTime: CosemDateTime, options: ProfileOptions): RowTime {
  const epochMilliseconds = toEpochMilliseconds(dateTime, options.epoch);
  return epochMilliseconds === undefined ? { dateTime } : { dateTime, epochMilliseconds };
}

/** One capture period on (or back, newest first) from the row above, on the same local clock. */
function nextTime(above: RowTime | undefined, options: ProfileOptions): RowTime | undefined {
  const period = (options.capturePeriodSeconds ?? 0) * (options.sortMethod === "lifo" ? -1000 : 1000);
  if (above?.dateTime === undefined || period === 0) return undefined;
  const dateTime = addMilliseconds(above.dateTime, period);
  if (dateTime === undefined || above.epochMilliseconds === undefined) return dateTime && { dateTime };
  return { dateTime, epochMilliseconds: above.epochMilliseconds + period };
}

/** By time where every row has one (equal times keep their order), else by turning a LIFO buffer round. */
function oldestFirst(rows: readonly ProfileRow[], sortMethod: ProfileOptions["sortMethod"]): ProfileRow[] {
  const ascending = sortMethod === "lifo" ? rows.toReversed() : [...rows];
  if (rows.some((row) => row.epochMilliseconds === undefined)) return ascending;
  return ascending.sort((one, other) => one.epochMilliseconds! - other.epochMilliseconds!);
}
