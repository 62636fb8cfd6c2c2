/** The rows of an archive answer: a damaged one costs itself only, one sent twice counts once. */
import { ProtocolError } from "@anymeter/sans-io";
import { lis200Error } from "../errors.ts";
import type { ArchiveLayout } from "./layout.ts";
import { archiveLimits } from "./limits.ts";
import { type ArchiveRow, interpretRow } from "./row.ts";
import { type RowLine, rowLines, splitRow } from "./rows.ts";

export interface ArchiveRows {
  /** As they came, which is oldest to newest. */
  readonly rows: readonly ArchiveRow[];
  /** Why rows could not be used, each with the number of its row in the answer; the first `archiveLimits.damagedRows`. */
  readonly damaged: readonly ProtocolError[];
  /** How many rows could not be used. */
  readonly damagedCount: number;
  /** Rows that were there before under the same global number. */
  readonly repeated: number;
}

/** @throws ProtocolError `archive_too_long` beyond `archiveLimits.rows` */
export function readRows(layout: ArchiveLayout, text: string): ArchiveRows {
  const rows: ArchiveRow[] = [];
  const damaged: ProtocolError[] = [];
  const seen = new Set<number>();
  let repeated = 0;
  let damagedCount = 0;
  for (const line of rowLines(text)) {
    if (line.number > archiveLimits.rows) throw lis200Error("archive_too_long", { limit: archiveLimits.rows });
    const row = readRow(layout, text, line);
    if (row instanceof ProtocolError) {
      damagedCount++;
      if (damaged.length < archiveLimits.damagedRows) damaged.push(row);
    } else if (row.globalNumber !== undefined && seen.has(row.globalNumber)) {
      repeated++;
    } else {
      if (row.globalNumber !== undefined) seen.add(row.globalNumber);
      rows.push(row);
    }
  }
  return { rows, damaged, damagedCount, repeated };
}

function readRow(layout: ArchiveLayout, text: string, line: RowLine): ArchiveRow | ProtocolError {
  try {
    return interpretRow(layout, splitRow(text, line), line.number);
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
}
