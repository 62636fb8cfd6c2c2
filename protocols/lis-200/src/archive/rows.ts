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
  for (let open = text.indexOf("("); open >= 0; ) {
    const lineFeed = text.indexOf("\n", open);
    const end = lineFeed < 0 ? text.length : lineFeed;
    yield { number: number++, start: text.lastIndexOf("\n", open) + 1, end };
    open = text.indexOf("(", end);
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
  const row = text.slice(start, end);
  const cells: Cell[] = [];
  for (let open = row.indexOf("("); open >= 0; ) {
    const close = row.indexOf(")", open);
    if (close < 0) throw invalid(`value ${cells.length + 1} has no closing parenthesis`);
    if (close - open > archiveLimits.valueLength || cells.length === archiveLimits.columns) {
      throw invalid(`value ${cells.length + 1} is beyond the limits`);
    }
    cells.push({ open: start + open, close: start + close });
    open = row.indexOf("(", close);
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
