/** Rows of a table as text: every column, in printed order, all of them strings. */
import { coarseEventCode } from "../events/event-codes.ts";
import type { Notation } from "../notations/document.ts";
import type { PeerSwitches } from "../switches.ts";
import type { UdilField } from "../tables/field.ts";
import { modelFields, type UdilRow, type UdilTableId, udilTables } from "../tables/tables.ts";
import type { DateTimes } from "../values/datetime.ts";
import { decimalOf, isDecimal, threeDigits } from "../values/decimal.ts";
import type { UdilVersion } from "../versions.ts";
import { bytesOf, type TextBuffer } from "./text-buffer.ts";
import { notationTexts } from "./text-writer.ts";

export interface RowWriterOptions {
  readonly table: UdilTableId;
  readonly version: UdilVersion;
  readonly format: Notation;
  readonly dateTimes: DateTimes;
  readonly switches: PeerSwitches;
  /** Model names; default all of the version's table. */
  readonly columns?: readonly string[] | undefined;
}

interface Column {
  readonly model: string;
  readonly kind: UdilField["kind"];
  readonly rounding: "truncate" | "half-up";
  /** What stands between the value before and this one. */
  readonly before: Uint8Array;
  /** When the row knows nothing of it. */
  readonly empty: string;
  /** Of v1's load profile, which names no direction: what goes together, and the other direction's name. */
  readonly group: string | undefined;
  readonly import: string | undefined;
  /** Of events, to a peer of v1 that wants the codes of its list. */
  readonly coded: boolean;
}

export class RowWriter {
  readonly #columns: readonly Column[];
  readonly #groups: ReadonlyMap<string, readonly Column[]>;
  readonly #end: Uint8Array;
  readonly #preferImport: boolean;
  readonly #escape: (text: string) => string;
  readonly #dateTimes: DateTimes;

  constructor(options: RowWriterOptions) {
    const { format, dateTimes, switches } = options;
    const { member, escape: escaped } = notationTexts[format];
    const fields = fieldsOf(options);
    let close = "";
    this.#columns = fields.map((field, index) => {
      const [open, closing] = member(field.name, index === 0);
      const column = columnOf(field, close + open, options);
      close = closing;
      return column;
    });
    this.#end = bytesOf(close);
    const undirected = this.#columns.filter(({ group }) => group !== undefined);
    this.#groups = Map.groupBy(undirected, ({ group }) => group!);
    this.#preferImport = switches.loadProfileEnergy === "pos";
    this.#escape = escaped;
    this.#dateTimes = dateTimes;
  }

  /** The members of one row. */
  write(row: UdilRow, out: TextBuffer): void {
    const imported = this.#groups.size > 0 ? this.#importedGroups(row) : undefined;
    for (const column of this.#columns) {
      out.bytes(column.before);
      const name = column.group !== undefined && imported?.has(column.group) ? column.import! : column.model;
      const value = row[name];
      if (value !== undefined) out.text(this.#text(column, value));
      else if (column.empty !== "") out.text(column.empty);
    }
    out.bytes(this.#end);
  }

  #text(column: Column, value: string | number): string {
    switch (column.kind) {
      case "decimal": {
        const decimal = typeof value === "string" && isDecimal(value) ? value : decimalOf(String(value));
        return decimal === undefined ? "" : threeDigits(decimal, column.rounding);
      }
      case "datetime":
        return typeof value === "number" ? this.#dateTimes.format(value) : this.#escape(value);
      default:
        if (typeof value !== "number") return this.#escape(value);
        return String(column.coded ? coarseEventCode(value) : value);
    }
  }

  /** Groups that are written from import: where the preferred direction has no value and the other has. */
  #importedGroups(row: UdilRow): Set<string> {
    const imported = new Set<string>();
    for (const [group, columns] of this.#groups) {
      const summed = columns.some(({ model }) => row[model] !== undefined);
      if (summed && !this.#preferImport) continue;
      if (columns.some((column) => row[column.import!] !== undefined)) imported.add(group);
    }
    return imported;
  }
}

function fieldsOf({ table, version, switches, columns }: RowWriterOptions): readonly UdilField[] {
  const { fields } = udilTables[version][table];
  if (columns !== undefined) {
    const known = new Map(fields.map((field) => [field.model, field]));
    return columns.map((name) => known.get(name) ?? otherField(name));
  }
  if (table !== "EVNT" || version !== "v1" || !switches.eventCounter) return fields;
  const counter = modelFields.EVNT.find(({ name }) => name === "event_counter")!;
  return fields.flatMap((field) => (field.name === "event_code" ? [field, counter] : [field]));
}

/** Parameters of functions the tables have no columns for (ovfc_enable_tripping and its like). */
const otherField = (name: string): UdilField => ({
  name,
  model: name,
  type: "Varchar",
  kind: name.endsWith("_datetime") ? "datetime" : "text",
  key: false,
  versions: [],
});

function columnOf(field: UdilField, before: string, { version, switches }: RowWriterOptions): Column {
  const zeroDate = field.kind === "datetime" && version === "v1" && switches.zeroDates === true;
  return {
    model: field.model,
    kind: field.kind,
    rounding: field.rounding ?? "half-up",
    before: bytesOf(before),
    empty: zeroDate ? "0000-00-00 00:00:00" : field.name === "is_synced" ? "0" : "",
    group: field.modelImport === undefined ? undefined : field.name.replace(/_t[1-4l]$/, ""),
    import: field.modelImport,
    coded: field.name === "event_code" && version === "v1" && switches.coarseEventCodes === true,
  };
}
