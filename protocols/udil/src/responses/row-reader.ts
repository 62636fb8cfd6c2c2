/**
 * Rows as peers send them. A row that keeps to its table is read in one straight loop; whatever else comes is read by
 * names, aliases and mended values (register, 1 to 3, 9, 13 to 17, 24, 43, 44, 47). A row that cannot be trusted is set
 * aside whole, so that it can be looked at and taken again: no row is stored in part.
 */
import { isObject, type Value } from "../notations/document.ts";
import type { Notes } from "../notes.ts";
import type { PeerSwitches } from "../switches.ts";
import type { UdilField } from "../tables/field.ts";
import { type UdilRow, type UdilTableId, udilTables } from "../tables/tables.ts";
import { asciiQuotes, isUnknown, plainName, unquoted, withDigits } from "../values/damage.ts";
import { DateTimes, isZeroDate } from "../values/datetime.ts";
import { decimalOf, isDecimal } from "../values/decimal.ts";
import { type UdilVersion, udilVersions } from "../versions.ts";
import type { Zone } from "../zone.ts";
import { RowShapes } from "./row-shapes.ts";
import { numberText } from "./scalar.ts";

export interface RowReaderOptions {
  readonly table: UdilTableId;
  readonly version: UdilVersion;
  readonly zone: Zone;
  readonly loadProfileEnergy?: PeerSwitches["loadProfileEnergy"];
  /** Members of no table are kept as text: parameters that METER_VISUALS has no columns for. */
  readonly keepOthers?: boolean;
  readonly notes: Notes;
}

/** A row that was not taken. */
export interface SetAside {
  /** For a person to read. */
  readonly reason: string;
  /** The row as JSON, to be read again by `readRow` when the cause is gone. */
  readonly raw: string;
}

export type RowReading = { readonly row: UdilRow } | { readonly setAside: SetAside };

interface Column {
  readonly name: string;
  readonly model: string;
  readonly kind: UdilField["kind"];
}

export class RowReader {
  readonly #columns: readonly Column[];
  readonly #byName: ReadonlyMap<string, Column>;
  readonly #key: readonly string[];
  /** Positions of the key's columns, and of channel_id, which is 0 where it is not named. */
  readonly #keyIndexes: readonly number[];
  readonly #channel: number;
  readonly #shapes: RowShapes;
  /** Of the row that is being read, by position of their columns. */
  readonly #values: (string | number | undefined)[];
  readonly #table: UdilTableId;
  readonly #dateTimes: DateTimes;
  readonly #options: RowReaderOptions;

  constructor(options: RowReaderOptions) {
    const { table, version, zone } = options;
    this.#options = options;
    this.#table = table;
    this.#dateTimes = new DateTimes(zone);
    this.#columns = udilTables[version][table].fields.map((field) => this.#columnOf(field));
    this.#byName = this.#names();
    const models = this.#columns.map(({ model }) => model);
    // Of a table that a version does not have, DCH of v1, the later key holds.
    this.#key = udilTables["v3.3"][table].key.filter((name) => name !== "channel_id");
    this.#keyIndexes = this.#key.map((name) => models.indexOf(name));
    this.#channel = models.indexOf("channel_id");
    this.#shapes = new RowShapes(models);
    this.#values = new Array(models.length).fill(undefined);
  }

  read(raw: unknown): RowReading {
    const row = this.#readStrictly(raw);
    return row === undefined ? this.#readLoosely(raw) : { row };
  }

  /** undefined: something is not as in the table, or a key is missing. */
  #readStrictly(raw: unknown): UdilRow | undefined {
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
    if (others !== 0) return undefined;
    for (const index of this.#keyIndexes) if (index === -1 || values[index] === undefined) return undefined;
    if (this.#channel !== -1) values[this.#channel] ??= 0;
    return this.#shapes.row(values);
  }

  #strictValue(kind: UdilField["kind"], value: unknown): string | number | undefined {
    if (typeof value === "number") {
      if (kind === "integer") return Number.isSafeInteger(value) ? value : undefined;
      return kind === "datetime" ? undefined : numberText(value);
    }
    if (typeof value !== "string") return undefined;
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
        return text === "" || isUnknown(text) || isQuoted(text) ? undefined : text;
      }
    }
  }

  #readLoosely(raw: unknown): RowReading {
    if (!isObject(raw)) return setAside(raw, "It is no object of names and values.");
    const members = this.#members(raw);
    const row: Record<string, string | number> = {};
    for (const [name, { column, value }] of members) {
      const read = this.#looseValue(column, value);
      if (typeof read === "object") return setAside(raw, read.problem.replace("{name}", name));
      if (read !== undefined) row[column.model] = read;
    }
    this.#totalsOf(raw, row);
    for (const name of this.#key) {
      if (row[name] === undefined) return setAside(raw, `It has no ${name}, which tells rows of a meter apart.`);
    }
    if (this.#table === "LPRO") row.channel_id ??= 0;
    return { row };
  }

  /** Columns by their first name; a better name for the same column wins over an alias. */
  #members(raw: Readonly<Record<string, Value>>): Map<string, { column: Column; value: Value }> {
    const members = new Map<string, { column: Column; value: Value }>();
    const { notes, keepOthers } = this.#options;
    for (const [written, value] of Object.entries(raw)) {
      const name = plainName(written);
      const column = this.#byName.get(name);
      if (column === undefined) {
        if (keepOthers) members.set(name, { column: { name, model: name, kind: otherKind(name) }, value });
        else notes.add(`${this.#table} has no ${name}`);
        continue;
      }
      if (name !== column.name) notes.add(`${written} was taken for ${column.name}`);
      const before = members.get(column.model);
      const better = before === undefined || name === column.name || isEmpty(before.value);
      if (better && !(before !== undefined && isEmpty(value))) members.set(column.model, { column, value });
    }
    return members;
  }

  #looseValue({ name, kind }: Column, value: Value): string | number | undefined | { problem: string } {
    const { notes } = this.#options;
    if (kind === "text" && typeof value === "object" && value !== null) return JSON.stringify(value);
    const single = Array.isArray(value) && name.endsWith("_t1") ? value[0] : value;
    const scalar = scalarText(single);
    if (scalar === undefined) return { problem: `${name} is a list or an object, not one value.` };
    const text = unquoted(scalar);
    if (isUnknown(text)) return undefined;
    switch (kind) {
      case "text":
        return text;
      case "datetime": {
        if (isZeroDate(text)) return undefined;
        const instant = this.#dateTimes.parse(text);
        return (
          instant ?? { problem: `${name} is "${excerpt(text)}", which is no date and time as 2018-10-15 13:00:00.` }
        );
      }
      case "decimal": {
        const decimal = decimalOf(text) ?? noted(decimalOf(withDigits(text)), name, notes);
        return decimal ?? { problem: `${name} is "${excerpt(text)}", which is no number.` };
      }
      case "digits": {
        const digits = isDigits(text) ? text : noted(withDigits(text), name, notes);
        return digits !== undefined && isDigits(digits)
          ? digits
          : { problem: `${name} is "${excerpt(text)}"; it must be digits only.` };
      }
      case "integer": {
        const decimal = decimalOf(text) ?? noted(decimalOf(withDigits(text)), name, notes);
        const number = Number(decimal);
        return decimal !== undefined && Number.isSafeInteger(number)
          ? number
          : { problem: `${name} is "${excerpt(text)}", which is no whole number.` };
      }
    }
  }

  /** Totals printed as a second t1 (register, 3): two values under one name, of which the later is the total. */
  #totalsOf(raw: Readonly<Record<string, Value>>, row: Record<string, string | number>): void {
    for (const [written, value] of Object.entries(raw)) {
      const name = plainName(written);
      const total = this.#byName.get(name.replace(/_t1$/, "_tl"));
      if (!Array.isArray(value) || value.length !== 2 || !name.endsWith("_t1") || total === undefined) continue;
      const read = this.#looseValue(total, value[1]!);
      if (typeof read !== "string" || row[total.model] !== undefined) continue;
      row[total.model] = read;
      this.#options.notes.add(`the second ${name} was taken for ${total.name}`);
    }
  }

  #columnOf(field: UdilField): Column {
    const { name, kind, model, modelImport } = field;
    return { name, kind, model: this.#options.loadProfileEnergy === "pos" && modelImport ? modelImport : model };
  }

  /** Names of every version, the peer's own first, and then those that peers use beside. */
  #names(): Map<string, Column> {
    const names = new Map<string, Column>();
    const add = (name: string, column: Column | undefined) => {
      if (column !== undefined && !names.has(name)) names.set(name, column);
    };
    for (const column of this.#columns) add(column.name, column);
    for (const version of udilVersions) {
      for (const field of udilTables[version][this.#table].fields) add(field.name, this.#columnOf(field));
    }
    for (const [name, column] of [...names]) {
      if (!name.endsWith("_tl")) continue;
      for (const total of ["_total", "_t"]) add(name.replace(/_tl$/, total), column);
    }
    for (const [alias, name] of aliases) add(alias, names.get(name));
    return names;
  }
}

const aliases: readonly (readonly [string, string])[] = [
  ["read_datetime", "mdc_read_datetime"],
  ["mdc_datetime", "mdc_read_datetime"],
  ["meter_datetime", "event_datetime"],
  ["is_sync", "is_synced"],
  ["gd_id", "global_device_id"],
  ["gdid", "global_device_id"],
  ["indiv_status", "indv_status"],
  ["individual_status", "indv_status"],
];

export function setAside(raw: unknown, reason: string): { readonly setAside: SetAside } {
  return { setAside: { reason, raw: JSON.stringify(raw) ?? "null" } };
}

export function scalarText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number") return numberText(value);
  if (typeof value === "boolean") return value ? "1" : "0";
  return value === null || value === undefined ? "" : undefined;
}

function noted<Read>(read: Read | undefined, name: string, notes: Notes): Read | undefined {
  if (read !== undefined) notes.add(`${name} had letters for digits`);
  return read;
}

function isDigits(text: string): boolean {
  if (text.length === 0) return false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x30 || code > 0x39) return false;
  }
  return true;
}

const isQuoted = (text: string) => asciiQuotes(text.charAt(0)) === '"' || text.startsWith("'");
const isEmpty = (value: Value) => value === "" || value === null;
const otherKind = (name: string) => (name.endsWith("_datetime") ? "datetime" : "text");
const excerpt = (text: string) => text.slice(0, 40);
