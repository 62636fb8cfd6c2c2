/** Spans of time as limits of an archive, and instants of its rows: where summer time ends, both are in doubt. */
import type { ArchiveRow } from "@anymeter/lis-200";
import { instantOfNaive, lowerLimitAt, upperLimitAt } from "../naive-times.ts";
import type { ZoneOffsets } from "../zone-offsets.ts";

/** Milliseconds UTC, both inclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A row, and the instant of its time. */
export interface TimedRow {
  readonly row: ArchiveRow;
  /** Milliseconds UTC. */
  readonly instant: number;
}

/** The limits of a span as a device takes them, whose rows `timedRows` leaves out where they lie outside. */
export function limitsOf({ from, to }: Span, zone: ZoneOffsets): { readonly from: string; readonly to: string } {
  return { from: written(lowerLimitAt(from, zone)), to: written(upperLimitAt(to, zone)) };
}

/** The rows inside a span; those without a status of summer time are told apart in the double hour by their order. */
export function timedRows(rows: readonly ArchiveRow[], zone: ZoneOffsets, { from, to }: Span): readonly TimedRow[] {
  let newest = Number.NEGATIVE_INFINITY;
  const timed = rows.map((row) => {
    const first = instantOfNaive(row.time, zone, row.summerTime);
    const isRepeated = row.summerTime === undefined && first <= newest;
    const instant = isRepeated ? instantOfNaive(row.time, zone, false) : first;
    newest = Math.max(newest, instant);
    return { row, instant };
  });
  return timed.filter(({ instant }) => instant >= from && instant <= to);
}

function written(time: string): string {
  return time.replace("T", ",");
}
