/** Answers about archives: which rows a range holds, and what V.0, V.2, V.3, V.4 and V.A say. */
import type { Attribute } from "../address/address.ts";
import type { ArchiveRange } from "../archive/range.ts";
import type { RowFiller, ServedArchive } from "./device.ts";

/**
 * The rows of a range, as texts between parentheses, or the number of a refusal: 101 for a column that is not there, 103
 * for an empty archive, 104 and 105 for limits that no row reaches.
 */
export function rowsInRange(
  { columns, rows }: ServedArchive,
  range: Required<ArchiveRange>,
): ServedArchive["rows"] | number {
  const index = range.position - 1;
  if (index < 0 || index >= columns.length) return 101;
  if (rows.length === 0) return 103;
  const first = range.from === "" ? 0 : rows.findIndex((row) => compare(row[index]!, range.from) >= 0);
  if (first < 0) return 104;
  const last = range.to === "" ? rows.length - 1 : rows.findLastIndex((row) => compare(row[index]!, range.to) <= 0);
  if (last < 0) return 105;
  return first > last ? 104 : rows.slice(first, last + 1);
}

/** What an attribute other than the rows themselves says; undefined for one that archives do not have. */
export function archiveAttribute(archive: ServedArchive, attribute: Attribute): readonly string[] | undefined {
  switch (attribute) {
    case "2":
      return archive.columns.map(({ header }) => header);
    case "3":
      return archive.columns.map(({ unit }) => unit ?? "");
    case "4":
      return archive.columns.map(({ source }) => source ?? "");
    default:
      return undefined;
  }
}

/** Values in parentheses, one after another, and the end of the line. */
export function rowText(values: readonly string[], { between = "", behind = "" }: RowFiller = {}): string {
  return `${values.map((value) => `(${value})`).join(between)}${behind}\r\n`;
}

/** Numbers by their value, times and texts by their characters. */
function compare(value: string, limit: string): number {
  const [one, other] = [Number(value), Number(limit)];
  if (!Number.isNaN(one) && !Number.isNaN(other)) return one - other;
  return value < limit ? -1 : Number(value > limit);
}
