/**
 * Rows as peers send them. A row that keeps to its table is read in one straight loop, any other is mended. A row that
 * cannot be trusted is set aside whole, so that it can be looked at and taken again: no row is stored in part.
 */
import { isObject } from "../notations/document.ts";
import type { Notes } from "../notes.ts";
import type { PeerSwitches } from "../switches.ts";
import type { UdilField } from "../tables/field.ts";
import type { UdilRow, UdilTableId } from "../tables/tables.ts";
import { asciiQuotes, isUnknown } from "../values/damage.ts";
import { DateTimes } from "../values/datetime.ts";
import { isDecimal } from "../values/decimal.ts";
import type { UdilVersion } from "../versions.ts";
import type { Zone } from "../zone.ts";
import { MendedRowReader } from "./mended-row.ts";
import { type Column, rowColumns } from "./row-columns.ts";
import { RowShapes } from "./row-shapes.ts";
import { isDigits, Lost, numberText } from "./scalar.ts";
import type { SetAside } from "./set-aside.ts";

export interface RowReaderOptions {
  readonly table: UdilTableId;
  readonly version: UdilVersion;
  readonly zone: Zone;
  readonly loadProfileEnergy?: PeerSwitches["loadProfileEnergy"];
  /** Members of no table are kept as text: parameters that METER_VISUALS has no columns for. */
  readonly keepOthers?: boolean;
  /** Whether the rows were made by JSON.parse, which keeps one of two members of a name. */
  readonly parsed: boolean;
  readonly notes: Notes;
}

export type RowReading = { readonly row: UdilRow } | { readonly setAside: SetAside };

export class RowReader {
  readonly #columns: readonly Column[];
  readonly #mended: MendedRowReader;
  readonly #dateTimes: DateTimes;
  readonly #shapes: RowShapes;
  /** Positions of the key's columns, and of channel_id, which is 0 where it is not named. */
  readonly #key: readonly number[];
  readonly #channel: number;
  /** Positions of registers of tariff 1, with the names of their totals. */
  readonly #totals: readonly (readonly [first: number, total: string])[];
  /** Of the row that is being read, by position of their columns. */
  readonly #values: (string | number | undefined)[];

  constructor({ table, version, zone, loadProfileEnergy, keepOthers = false, parsed, notes }: RowReaderOptions) {
    const known = rowColumns(table, version, loadProfileEnergy);
    const models = known.columns.map(({ model }) => model);
    this.#columns = known.columns;
    this.#dateTimes = new DateTimes(zone);
    this.#mended = new MendedRowReader(known, this.#dateTimes, keepOthers, notes);
    this.#shapes = new RowShapes(models);
    this.#key = known.key.map((name) => models.indexOf(name));
    this.#channel = models.indexOf("channel_id");
    this.#totals = known.columns.flatMap(({ name }, index) =>
      parsed && name.endsWith("_t1") ? [[index, name.replace(/_t1$/, "_tl")] as const] : [],
    );
    this.#values = new Array(models.length).fill(undefined);
  }

  /** @throws Lost when JSON.parse left out what the row needs */
  read(raw: unknown): RowReading {
    const row = this.#strictRow(raw);
    return row === undefined ? this.#mended.read(raw) : { row };
  }

  /** Where a column of the peer's own version stands; -1 = it has none of this name. */
  position(name: string): number {
    return this.#columns.findIndex((column) => column.name === name);
  }

  /**
   * A row of which every member is a column's text.
   * @param positions of the columns
   * @returns undefined when a text is not as in the table, or a key is missing
   */
  strictRowOf(positions: readonly number[], texts: readonly string[]): UdilRow | undefined {
    const values = this.#values.fill(undefined);
    for (let index = 0; index < positions.length; index++) {
      const text = texts[index]!;
      if (text === "") continue;
      const position = positions[index]!;
      const value = this.#strictText(this.#columns[position]!.kind, text);
      if (value === undefined) return undefined;
      values[position] = value;
    }
    return this.#rowOf(values);
  }

  /** undefined: something is not as in the table, or a key is missing. */
  #strictRow(raw: unknown): UdilRow | undefined {
    if (!isObject(raw)) return undefined;
    const found = raw as Readonly<Record<string, unknown>>;
    const columns = this.#columns;
    const values = this.#values;
    let others = 0;
    for (let index = 0; index < columns.length; index++) {
      const { name, kind } = columns[index]!;
      const value = found[name];
      values[index] = undefined;
      if (value === undefined) continue;
      others--;
      if (value === "" || value === null) continue;
      const read = this.#strictValue(kind, value);
      if (read === undefined) return undefined;
      values[index] = read;
    }
    for (const _ in found) others++;
    // A register of tariff 1 without its total: the total was a second t1, and the first is lost.
    for (const [first, total] of this.#totals) {
      if (values[first] !== undefined && found[total] === undefined) throw new Lost();
    }
    return others === 0 ? this.#rowOf(values) : undefined;
  }

  /** undefined: a part of the key is missing. */
  #rowOf(values: (string | number | undefined)[]): UdilRow | undefined {
    for (const index of this.#key) {
      const value = values[index];
      if (value === undefined || isQuoted(value)) return undefined;
    }
    if (this.#channel !== -1) values[this.#channel] ??= 0;
    return this.#shapes.row(values);
  }

  #strictValue(kind: UdilField["kind"], value: unknown): string | number | undefined {
    if (typeof value === "number") return strictNumber(kind, value);
    return typeof value === "string" ? this.#strictText(kind, value) : undefined;
  }

  #strictText(kind: UdilField["kind"], value: string): string | number | undefined {
    switch (kind) {
      case "decimal":
        return isDecimal(value) ? value : undefined;
      case "datetime":
        return this.#dateTimes.parse(value);
      case "digits":
        return isDigits(value) ? value : undefined;
      case "integer":
        return isDigits(value) && value.length < 16 ? Number(value) : undefined;
      case "text": {
        const text = value.trim();
        return text === "" || isUnknown(text) ? undefined : text;
      }
    }
  }
}

function strictNumber(kind: UdilField["kind"], value: number): string | number | undefined {
  switch (kind) {
    case "integer":
      return Number.isSafeInteger(value) ? value : undefined;
    case "digits": {
      const text = numberText(value);
      return isDigits(text) ? text : undefined;
    }
    case "datetime":
      return undefined;
    default:
      return numberText(value);
  }
}

/** A part of the key in quotes would be another device. */
function isQuoted(value: string | number): boolean {
  return typeof value === "string" && (asciiQuotes(value.charAt(0)) === '"' || value.startsWith("'"));
}
