/** Rows that do not keep to their table: read by names, aliases and mended values (register, 1 to 3, 9, 13 to 17, 24, 43, 44, 47). */
import { isObject, type Value } from "../notations/document.ts";
import type { Notes } from "../notes.ts";
import { isUnknown, plainName, unquoted, withDigits } from "../values/damage.ts";
import { type DateTimes, isZeroDate } from "../values/datetime.ts";
import { decimalOf } from "../values/decimal.ts";
import type { Column, RowColumns } from "./row-columns.ts";
import type { RowReading } from "./row-reader.ts";
import { isDigits, scalarText } from "./scalar.ts";
import { setAside } from "./set-aside.ts";

interface Member {
  readonly column: Column;
  readonly value: Value;
}

export class MendedRowReader {
  readonly #columns: RowColumns;
  readonly #dateTimes: DateTimes;
  readonly #keepOthers: boolean;
  readonly #notes: Notes;

  /** @param keepOthers whether members of no column are kept as text */
  constructor(columns: RowColumns, dateTimes: DateTimes, keepOthers: boolean, notes: Notes) {
    this.#columns = columns;
    this.#dateTimes = dateTimes;
    this.#keepOthers = keepOthers;
    this.#notes = notes;
  }

  read(raw: unknown): RowReading {
    if (!isObject(raw)) return setAside(raw, "It is no object of names and values.");
    const row: Record<string, string | number> = {};
    for (const { column, value } of this.#members(raw).values()) {
      const read = this.#value(column, value);
      if (typeof read === "object") return setAside(raw, read.problem);
      if (read !== undefined) row[column.model] = read;
    }
    for (const name of this.#columns.key) {
      if (row[name] === undefined) return setAside(raw, `It has no ${name}, which tells rows of a meter apart.`);
    }
    if (this.#columns.table === "LPRO") row.channel_id ??= 0;
    return { row };
  }

  /** By the column's name in the row. The right name of a column wins over an alias, and what says something over nothing. */
  #members(raw: Readonly<Record<string, Value>>): ReadonlyMap<string, Member> {
    const members = new Map<string, Member>();
    for (const [written, value] of Object.entries(raw)) {
      const name = plainName(written);
      const column = this.#columns.byName.get(name) ?? (this.#keepOthers ? otherColumn(name) : undefined);
      if (column === undefined) {
        this.#notes.add(`${this.#columns.table} has no ${name}`);
        continue;
      }
      if (name !== column.name) this.#notes.add(`${written} was taken for ${column.name}`);
      this.#take(members, { column, value }, name === column.name);
      this.#takeTotal(members, column, value);
    }
    return members;
  }

  #take(members: Map<string, Member>, member: Member, rightName: boolean): void {
    const before = members.get(member.column.model);
    if (before !== undefined && (isEmpty(member.value) || !(rightName || isEmpty(before.value)))) return;
    members.set(member.column.model, member);
  }

  /** Totals printed as a second t1 (register, 3): of two values under one name the later is the total. */
  #takeTotal(members: Map<string, Member>, { name }: Column, value: Value): void {
    const total = name.endsWith("_t1") ? this.#columns.byName.get(name.replace(/_t1$/, "_tl")) : undefined;
    if (total === undefined || !Array.isArray(value) || value.length !== 2) return;
    this.#notes.add(`the second ${name} was taken for ${total.name}`);
    this.#take(members, { column: total, value: value[1]! }, false);
  }

  #value({ name, kind }: Column, value: Value): string | number | undefined | { readonly problem: string } {
    if (kind === "text" && typeof value === "object" && value !== null) return JSON.stringify(value);
    const single = Array.isArray(value) && value.length === 2 && name.endsWith("_t1") ? value[0] : value;
    const scalar = scalarText(single);
    if (scalar === undefined) return { problem: `${name} is a list or an object, not one value.` };
    // Quotes belong to a description; around anything else, an id above all, they are damage.
    const text = kind === "text" && name !== "global_device_id" ? scalar.trim() : unquoted(scalar);
    const no = (what: string) => ({ problem: `${name} is "${text.slice(0, 40)}"${what}.` });
    if (isUnknown(text)) return undefined;
    switch (kind) {
      case "text":
        return text;
      case "datetime":
        if (isZeroDate(text)) return undefined;
        return this.#dateTimes.parse(text) ?? no(", which is no date and time such as 2018-10-15 13:00:00");
      case "decimal":
        return this.#decimal(name, text) ?? no(", which is no number");
      case "digits": {
        const digits = isDigits(text) ? text : this.#mended(name, withDigits(text));
        return digits !== undefined && isDigits(digits) ? digits : no("; it must be digits only");
      }
      case "integer": {
        const number = Number(this.#decimal(name, text));
        return Number.isSafeInteger(number) ? number : no(", which is no whole number");
      }
    }
  }

  #decimal(name: string, text: string): string | undefined {
    return decimalOf(text) ?? this.#mended(name, decimalOf(withDigits(text)));
  }

  #mended(name: string, value: string | undefined): string | undefined {
    if (value !== undefined) this.#notes.add(`${name} had letters for digits`);
    return value;
  }
}

/** Of functions that METER_VISUALS has no columns for. */
const otherColumn = (name: string): Column => ({
  name,
  model: name,
  kind: name.endsWith("_datetime") ? "datetime" : "text",
});
const isEmpty = (value: Value) => value === "" || value === null;
