/** Rows as the text the columnar store takes (TabSeparated), each ending with room for the id it gets when it is inserted. */
import { threeDigits, type UdilField } from "@anymeter/udil";
import { escaped } from "../../stores/columnar/tab-separated.ts";
import { instantLimits } from "../timestamp.ts";
import type { ProfileRow, RowTable } from "./profile-row.ts";
import { rowColumns } from "./row-columns.ts";

/** Columns in the order in which rows are written. */
export function insertedColumns(table: RowTable): [string, ...string[]] {
  const { time, discriminator, fields } = rowColumns[table];
  return [
    "organization_number",
    "device_number",
    time,
    ...(discriminator ? [discriminator] : []),
    "source",
    ...fields.map(({ model }) => model),
    ...(time === readTime ? [] : [readTime]),
    "id",
  ];
}

/** @throws RangeError naming the row and the field that cannot be stored */
export function rowsAsText(table: RowTable, rows: readonly ProfileRow[]): Buffer {
  const { time, discriminator, fields } = rowColumns[table];
  let text = "";
  for (const [index, row] of rows.entries()) {
    const refuse = (field: string, value: unknown, why: string) => refused(table, index, field, value, why);
    const number = (field: string, value: number) =>
      Number.isInteger(value) && value >= 0 && value <= largestNumber
        ? value
        : refuse(field, value, `is no integer from 0 to ${largestNumber}`);
    text += `${number("organizationNumber", row.organizationNumber)}\t${number("deviceNumber", row.deviceNumber)}`;
    text += `\t${instantText(row.at) ?? refuse("at", row.at, noInstant)}`;
    if (discriminator !== undefined) {
      const value =
        discriminator === "channel_id" ? (row.channel ?? row.fields.channel_id ?? 0) : row.fields.event_code;
      text += `\t${integerText(value ?? "") ?? refuse(discriminator, value, "is no integer")}`;
    }
    text += `\t${number("source", row.source)}`;
    for (const field of fields) {
      const value = field.model === "interval" ? (row.interval ?? row.fields.interval) : row.fields[field.model];
      if (value === undefined || value === "") text += absent;
      else text += `\t${cell(field, value) ?? refuse(field.model, value, refusalOf[field.kind])}`;
    }
    if (time !== readTime) text += `\t${instantText(row.readAt) ?? refuse("readAt", row.readAt, noInstant)}`;
    text += roomForId;
  }
  return Buffer.from(text);
}

/**
 * Writes consecutive ids into the room at the end of each row.
 * @param firstId of 16 digits: microseconds since 1970, from 2001 to 2286
 * @returns the id after the last one
 */
export function writeIds(bytes: Buffer, firstId: number): number {
  let id = firstId;
  for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, end + 1)) {
    bytes.write(String(id++), end - idDigits, idDigits, "latin1");
  }
  return id;
}

/** The value as the engine reads it; undefined = it is none of its kind. */
function cell({ kind, rounding }: UdilField, value: string | number): string | undefined {
  switch (kind) {
    case "decimal": {
      const decimal = String(value);
      return storableDecimal.test(decimal) ? threeDigits(decimal, rounding ?? "half-up") : undefined;
    }
    case "integer":
      return integerText(value);
    case "digits":
      return /^-?\d{1,18}$/.test(String(value)) ? String(value) : undefined;
    case "datetime":
      return instantText(value);
    case "text":
      return escaped(String(value));
  }
}

function integerText(value: string | number): string | undefined {
  const number = value === "" ? Number.NaN : Number(value);
  return isStorableInteger(number) ? String(number) : undefined;
}

/** Digits are milliseconds to the engine from 2001 on, while they are too great for seconds. */
function instantText(value: string | number): string | undefined {
  if (typeof value !== "number" || !Number.isInteger(value)) return undefined;
  if (value >= 1e12 && value < 1e13) return String(value);
  if (value < instantLimits.earliest || value > instantLimits.latest) return undefined;
  return new Date(value).toISOString().slice(0, 23).replace("T", " ");
}

function refused(table: RowTable, row: number, field: string, value: unknown, why: string): never {
  throw new RangeError(`${table} row ${row}: ${field} ${JSON.stringify(value)} ${why}`);
}

const readTime = "mdc_read_datetime";
const absent = "\t\\N";
const idDigits = 16;
const roomForId = `\t${"0".repeat(idDigits)}\n`;
const newline = 0x0a;
const largestNumber = 2 ** 32 - 1;
/** Decimal(18, 3) */
const mostWholeDigits = 15;
/** What a column of a table of rows can hold, once it has three digits after the point. */
export const storableDecimal = new RegExp(`^-?\\d{1,${mostWholeDigits}}(?:\\.\\d+)?$`);
/** Int32 */
export function isStorableInteger(number: number): boolean {
  return Number.isInteger(number) && number >= -(2 ** 31) && number < 2 ** 31;
}
const noInstant = "is outside 1900-01-01 … 2299-12-31";
const refusalOf: Readonly<Record<UdilField["kind"], string>> = {
  decimal: `is no decimal with at most ${mostWholeDigits} digits before the point`,
  integer: "is no integer of 32 bits",
  digits: "is no integer of 18 digits",
  datetime: noInstant,
  text: "is no text",
};
