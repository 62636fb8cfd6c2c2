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

/** @throws ProtocolError `archive_row_invalid` for a row without an end, with too many values or too long ones */
export function splitRow(text: string, { number, start, end }: RowLine): RawRow {
  const invalid = (reason: string) => lis200Error("archive_row_invalid", { row: number, reason });
  if (end - start > archiveLimits.rowLength) throw invalid(`it is longer than ${archiveLimits.rowLength} characters`);
  const values: string[] = [];
  for (let open = text.indexOf("(", start); open >= 0 && open < end; ) {
    const close = text.indexOf(")", open);
    if (close < 0 || close >= end) throw invalid(`value ${values.length + 1} has no closing parenthesis`);
    if (close - open > archiveLimits.valueLength || values.length === archiveLimits.columns) {
      throw invalid(`value ${values.length + 1} is beyond the limits`);
    }
    values.push(text.slice(open + 1, close));
    open = text.indexOf("(", close);
  }
  return values;
}

/** The only row of an answer; undefined when it holds none or several. */
export function onlyRow(text: string): RawRow | undefined {
  const [line, another] = rowLines(text);
  return line && !another ? splitRow(text, line) : undefined;
}
