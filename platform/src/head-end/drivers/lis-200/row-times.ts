/** Spans of time as limits of an archive, and instants of its rows: where summer time ends, both are in doubt. */
import type { ArchiveRow } from "@anymeter/lis-200";
import type { ZoneOffsets } from "../zone-offsets.ts";
import { instantOfTime, timeAt } from "./meter-times.ts";

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

/**
 * The limits of a span as a device takes them. In the hour that comes twice they name two instants each; where a device
 * compares row by row, the other pass would be lost. So the span is widened to both passes: `timedRows` leaves out what lies
 * outside.
 */
export function limitsOf({ from, to }: Span, zone: ZoneOffsets): { readonly from: string; readonly to: string } {
  const isFirstPass = zone.at(from + hourMilliseconds) < zone.at(from);
  const isSecondPass = zone.at(to - hourMilliseconds) > zone.at(to);
  return {
    from: limitText(isFirstPass ? from - hourMilliseconds : from, zone),
    to: limitText(isSecondPass ? to + hourMilliseconds : to, zone),
  };
}

/** The rows inside a span; those without a status of summer time are told apart in the double hour by their order. */
export function timedRows(rows: readonly ArchiveRow[], zone: ZoneOffsets, { from, to }: Span): readonly TimedRow[] {
  let newest = Number.NEGATIVE_INFINITY;
  const timed = rows.map((row) => {
    const first = instantOfTime(row.time, zone, row.summerTime);
    const isRepeated = row.summerTime === undefined && first <= newest;
    const instant = isRepeated ? instantOfTime(row.time, zone, false) : first;
    newest = Math.max(newest, instant);
    return { row, instant };
  });
  return timed.filter(({ instant }) => instant >= from && instant <= to);
}

function limitText(instant: number, zone: ZoneOffsets): string {
  return timeAt(instant, zone).replace("T", ",");
}

const hourMilliseconds = 3_600_000;
