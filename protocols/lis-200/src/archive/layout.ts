/** What the columns of an archive are, from its headers (V.2), units (V.3) and source addresses (V.4). */
import { addressText, findAddress } from "../address/address.ts";
import { lis200Error } from "../errors.ts";
import { onlyRow, type RawRow } from "./rows.ts";
import { unitText, valueText } from "./text.ts";

/** What a column is for; `value` are the measured values, everything else says something about the row. */
export type ColumnRole = "global-number" | "archive-number" | "time" | "value" | "status" | "event" | "check";

export interface ArchiveColumn {
  /** From 1, as ranges count. */
  readonly position: number;
  readonly role: ColumnRole;
  /** As the device prints it: "VbT", "p.MP". */
  readonly header: string;
  /** "m3", "bar", "°C"; undefined where there is none. */
  readonly unit: string | undefined;
  /** Address of the value that the column keeps: `2:302.0`; undefined where the device names none. */
  readonly source: string | undefined;
}

export interface ArchiveLayout {
  readonly columns: readonly ArchiveColumn[];
}

/** The three answers as they came, each one row. */
export interface LayoutTexts {
  readonly headers: string;
  readonly units: string;
  readonly sources: string;
}

/** @throws ProtocolError `archive_layout_invalid` when an answer is no row, or the three are not of one width */
export function parseLayout(archive: number, texts: LayoutTexts): ArchiveLayout {
  const headers = cells(archive, "headers", texts.headers);
  const units = cells(archive, "units", texts.units);
  const sources = cells(archive, "sources", texts.sources);
  if (units.length !== headers.length || sources.length !== headers.length) {
    const reason = `it has ${headers.length} headers, ${units.length} units and ${sources.length} sources`;
    throw lis200Error("archive_layout_invalid", { archive, reason });
  }
  const columns = headers.map((header, index) => {
    const source = findAddress(valueText(sources[index]!));
    return {
      position: index + 1,
      header: valueText(header),
      unit: unitText(units[index]!) || undefined,
      source: source && addressText(source),
    };
  });
  return { columns: columns.map((column) => ({ ...column, role: roleOf(column, columns.length) })) };
}

/** The first three columns are the same on every device, whatever they are called. */
const rolesByPosition = new Map<number, ColumnRole>([
  [1, "global-number"],
  [2, "archive-number"],
  [3, "time"],
]);

/**
 * Headers that tell the role of a later column. EK260 archive 3: GONr, AONr, Zeit, Vn, VnG, Vb, VbG, p.MP, T.MP, K.MP,
 * Z.MP, St.2, St.4, St.7, St.6, StSy, Er, Check; in English Ev for Er. Further times, as monthly archives have them for
 * their peaks, are values.
 */
const headersByRole: readonly (readonly [ColumnRole, RegExp])[] = [
  ["status", /^St(\.|Sy|at)/i],
  ["event", /^(Er|Ev)/i],
  ["check", /^(Check|CRC)/i],
];

function roleOf({ position, header, unit, source }: Omit<ArchiveColumn, "role">, count: number): ColumnRole {
  const known = rolesByPosition.get(position) ?? headersByRole.find(([, form]) => form.test(header))?.[0];
  if (known) return known;
  // What closes a row and measures nothing is its check, in whatever language its header is.
  return position === count && unit === undefined && source === undefined ? "check" : "value";
}

function cells(archive: number, what: string, text: string): RawRow {
  const row = onlyRow(text);
  if (row) return row;
  throw lis200Error("archive_layout_invalid", { archive, reason: `its ${what} are not one row in parentheses` });
}
