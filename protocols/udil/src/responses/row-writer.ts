/** Rows of a table as text: every column, in printed order, all of them strings. */
import type { Notation } from "../notations/document.ts";
import type { PeerSwitches } from "../switches.ts";
import type { UdilField } from "../tables/field.ts";
import { modelFields, type UdilRow, type UdilTableId, udilTables } from "../tables/tables.ts";
import type { DateTimes } from "../values/datetime.ts";
import { decimalOf, isDecimal, threeDigits } from "../values/decimal.ts";
import type { UdilVersion } from "../versions.ts";
import { writers } from "./text-writer.ts";

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
  readonly before: string;
  readonly after: string;
  /** When the row knows nothing of it. */
  readonly empty: string;
  /** Of v1's load profile, which names no direction: both names, and the columns that go together. */
  readonly group: string | undefined;
  readonly import: string | undefined;
}

export class RowWriter {
  readonly #columns: readonly Column[];
  readonly #groups: ReadonlyMap<string, readonly Column[]>;
  readonly #preferImport: boolean;
  readonly #open: string;
  readonly #close: string;
  readonly #escape: (text: string) => string;
  readonly #dateTimes: DateTimes;

  constructor(options: RowWriterOptions) {
    const { format, dateTimes, switches } = options;
    [this.#open, this.#close] = writers[format].object;
    this.#escape = writers[format].escape;
    this.#dateTimes = dateTimes;
    this.#preferImport = switches.loadProfileEnergy === "pos";
    this.#columns = fieldsOf(options).map((field, index) => columnOf(field, index, options));
    const undirected = this.#columns.filter((column) => column.group !== undefined);
    this.#groups = new Map(Map.groupBy(undirected, ({ group }) => group!));
  }

  /** Text of one row as an object of its list. */
  write(row: UdilRow): string {
    const asImport = this.#groups.size > 0 ? this.#importedGroups(row) : undefined;
    let text = this.#open;
    for (const column of this.#columns) {
      const model = column.group !== undefined && asImport?.has(column.group) ? column.import! : column.model;
      const value = row[model];
      text += column.before + (value === undefined ? column.empty : this.#text(column, value)) + column.after;
    }
    return text + this.#close;
  }

  #text(column: Column, value: string | number): string {
    switch (column.kind) {
      case "decimal":
        return typeof value === "string" && isDecimal(value)
          ? threeDigits(value, column.rounding)
          : threeDigits(decimalOf(String(value)) ?? "", column.rounding);
      case "datetime":
        return typeof value === "number" ? this.#dateTimes.format(value) : this.#escape(value);
      case "integer":
        return typeof value === "number" ? String(value) : this.#escape(value);
      default:
        return this.#escape(String(value));
    }
  }

  /** Groups that are written from import: where the preferred direction has no value and the other has. */
  #importedGroups(row: UdilRow): Set<string> {
    const imported = new Set<string>();
    for (const [group, columns] of this.#groups) {
      const summed = columns.some(({ model }) => row[model] !== undefined);
      const has = columns.some((column) => row[column.import!] !== undefined);
      if (has && (this.#preferImport || !summed)) imported.add(group);
    }
    return imported;
  }
}

function fieldsOf({ table, version, switches, columns }: RowWriterOptions): readonly UdilField[] {
  if (columns !== undefined) {
    const known = new Map(udilTables[version][table].fields.map((field) => [field.model, field]));
    return columns.map((name) => known.get(name) ?? otherField(name));
  }
  const { fields } = udilTables[version][table];
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

function columnOf(field: UdilField, index: number, options: RowWriterOptions): Column {
  const { format, version, switches } = options;
  const writer = writers[format];
  const zeroDate = field.kind === "datetime" && version === "v1" && switches.zeroDates === true;
  return {
    model: field.model,
    kind: field.kind,
    rounding: field.rounding ?? "half-up",
    before: writer.before(field.name, index === 0),
    after: writer.after(field.name),
    empty: zeroDate ? "0000-00-00 00:00:00" : field.name === "is_synced" ? "0" : "",
    group: field.modelImport === undefined ? undefined : field.name.replace(/_t[1-4l]$/, ""),
    import: field.modelImport,
  };
}
