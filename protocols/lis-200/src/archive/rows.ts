/**
 * Rows of an archive: values in parentheses, a line for each row. Devices put blanks behind a row, FF bytes (on a line of
 * seven bits 7F) between its parentheses, and an address in front of the first; all that stands outside the parentheses
 * says nothing.
 */
import { lis200Error } from "../errors.ts";
import { archiveLimits } from "./limits.ts";

/** The texts between the parentheses of one row, as they came. */
export type RawRow = readonly string[];

/** One line of an answer that holds a row. */
export interface RowLine {
  /** Of the row in the answer, from 1. */
  readonly number: number;
  readonly start: number;
  /** Exclusive; without the line feed. */
  readonly end: number;
}

/** Where the rows of an archive answer stand; lines without a parenthesis are none. */
export function* rowLines(text: string): Generator<RowLine> {
  let number = 1;
  for (let start = 0; start < text.length; ) {
    const lineFeed = text.indexOf("\n", start);
    const end = lineFeed < 0 ? text.length : lineFeed;
    const open = text.indexOf("(", start);
    if (open < 0) return;
    if (open < end) yield { number: number++, start, end };
    start = end + 1;
  }
}

/** Where a value of a row stands: the offsets of its parentheses. */
export interface Cell {
  readonly open: number;
  readonly close: number;
}

/** @throws ProtocolError `archive_row_invalid` for a row without an end, with too many values or too long ones */
export function rowCells(text: string, { number, start, end }: RowLine): readonly Cell[] {
  const invalid = (reason: string) => lis200Error("archive_row_invalid", { row: number, reason });
  if (end - start > archiveLimits.rowLength) throw invalid(`it is longer than ${archiveLimits.rowLength} characters`);
  const cells: Cell[] = [];
  for (let open = text.indexOf("(", start); open >= 0 && open < end; ) {
    const close = text.indexOf(")", open);
    if (close < 0 || close >= end) throw invalid(`value ${cells.length + 1} has no closing parenthesis`);
    if (close - open > archiveLimits.valueLength || cells.length === archiveLimits.columns) {
      throw invalid(`value ${cells.length + 1} is beyond the limits`);
    }
    cells.push({ open, close });
    open = text.indexOf("(", close);
  }
  return cells;
}

/** @throws ProtocolError `archive_row_invalid` */
export function splitRow(text: string, line: RowLine): RawRow {
  return rowCells(text, line).map(({ open, close }) => text.slice(open + 1, close));
}

/** The only row of an answer; undefined when it holds none or several. */
export function onlyRow(text: string): RawRow | undefined {
  const [line, another] = rowLines(text);
  return line && !another ? splitRow(text, line) : undefined;
}
