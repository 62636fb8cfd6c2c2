/** What part of an archive is asked for: the text between the parentheses of `3:V.0(3;2021-03-01,06:00:00;;10)`. */
import { lis200Error } from "../errors.ts";
import { archiveLimits } from "./limits.ts";

export interface ArchiveRange {
  /** Column that the limits refer to, from 1; default 1, the global number; 3 is the time. */
  readonly position?: number | undefined;
  /** Oldest row wanted, as the column writes it: `2021-03-01,06:00:00`, `4711`. Default: the oldest there is. */
  readonly from?: string | undefined;
  /** Newest row wanted. Default: the newest there is. */
  readonly to?: string | undefined;
}

/** The column of an archive row that holds its time, on every known device. */
export const timePosition = 3;

/**
 * @param rowsPerBlock for R3, 1 to 999; left out for R1
 * @throws ProtocolError `archive_range_invalid`
 */
export function rangeText({ position = 1, from = "", to = "" }: ArchiveRange, rowsPerBlock?: number): string {
  checkNumber("position", position, archiveLimits.position);
  if (rowsPerBlock !== undefined) checkNumber("row count", rowsPerBlock, archiveLimits.rowsPerBlock);
  checkLimit("lower limit", from);
  checkLimit("upper limit", to);
  return `${position};${from};${to};${rowsPerBlock ?? ""}`;
}

/** A range as a meter is asked for it; undefined when the text is none. Times are given as `2021-03-01,06:00:00`. */
export function findRange(
  text: string,
): { readonly range: Required<ArchiveRange>; readonly rowsPerBlock?: number } | undefined {
  const [, position, from = "", to = "", rows = ""] = rangeForm.exec(text) ?? [];
  if (position === undefined) return undefined;
  const range = { position: position === "" ? 1 : Number(position), from: from.trim(), to: to.trim() };
  return rows === "" ? { range } : { range, rowsPerBlock: Number(rows) };
}

const rangeForm = /^(\d{0,2});([^;]{0,19});([^;]{0,19});(\d{0,3})$/;

function checkNumber(field: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  throw lis200Error("archive_range_invalid", { field, value, reason: `it is a whole number from 1 to ${most}` });
}

function checkLimit(field: string, value: string): void {
  if (value.length <= archiveLimits.limitLength && /^[\x20-\x27\x2a-\x3a\x3c-\x7e]*$/.test(value)) return;
  const reason = `it has at most ${archiveLimits.limitLength} printable characters and no ; or parentheses`;
  throw lis200Error("archive_range_invalid", { field, value: JSON.stringify(value), reason });
}
