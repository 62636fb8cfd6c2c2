/**
 * How far behind its cursor a table is read again. Cursors stand in the MDC's db_datetime (register, 11), which rows get in the
 * order in which they come. An MDC that looks for rows by their own time instead does not show what came late where the
 * cursor is, but at the time it is of.
 */
import type { Mdc } from "../peers/mdc.ts";
import type { PollableTable } from "../peers/switches.ts";

/** @returns milliseconds that a read begins before the cursor */
export function overlapOf({ overlapMilliseconds, switches }: Mdc, table: PollableTable): number {
  if (switches.reads_by !== "meter_datetime") return overlapMilliseconds;
  return Math.max(overlapMilliseconds, usualLateness[table]);
}

const day = 86_400_000;

/**
 * How late rows may come and still be read: meters are out of reach for days and tell of it by events then, and close their
 * month once. Load profiles have the most rows; what is missing of them for longer is found as a hole.
 */
const usualLateness: Readonly<Record<PollableTable, number>> = {
  INST: 2 * day,
  BILL: 7 * day,
  MBIL: 35 * day,
  LPRO: day,
  EVNT: 7 * day,
  VISL: 0,
  DCH: day,
};
