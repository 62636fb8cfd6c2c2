/** Records to values by name, and back. */
import { commonError, scale } from "@anymeter/sans-io";
import { iFlagError } from "../errors.ts";
import { type Decimal, decimalOf, weighted } from "../values/decimals.ts";
import {
  decodeValue,
  digitsOf,
  encodeValue,
  type Float3Exponent,
  isNoValue,
  usualFloat3Exponent,
  type Value,
  type ValueOf,
} from "../values/value-types.ts";
import type { Column, RecordLayout } from "./layouts.ts";

/** Values by column; a column without a value is left out. Numbers with a decimal point, and all in pulses, are text. */
export type DatabaseRecord = Readonly<Record<string, Value>>;

export interface RecordOptions {
  /** Parameter 1: what columns counted in pulses are multiplied by, exactly. Default "1": they stay pulses. */
  readonly pulseWeight?: string | undefined;
  readonly float3Exponent?: Float3Exponent | undefined;
  /**
   * Whether converted volumes count thousandths of a pulse. Default: as published for the layout. The published clients
   * disagree about older converters: check the sum of a day against the converted index.
   */
  readonly convertedInThousandths?: boolean | undefined;
}

/**
 * Reads records of one layout. Make one for all records of a database: it prepares the columns once.
 * @throws ProtocolError `value_not_encodable` when the pulse weight is no decimal number
 */
export function recordReader(
  layout: RecordLayout,
  options: RecordOptions = {},
): (record: Uint8Array) => DatabaseRecord {
  const weight = weightOf(options.pulseWeight ?? "1");
  const float3Exponent = options.float3Exponent ?? usualFloat3Exponent;
  const named = layout.columns
    .filter(({ name }) => name !== "")
    .map((column) => ({ ...column, exponent: exponentOf(column, options) }))
    .map((column) => ({ ...column, read: columnReader(column, weight, float3Exponent) }));
  return (record) => {
    checkLength(layout, record);
    const values: Record<string, Value> = {};
    for (const { name, offset, length, read } of named) {
      if (isNoValue(record, offset, length)) continue;
      const value = read(record);
      if (value !== undefined) values[name] = value;
    }
    return values;
  };
}

/**
 * A record of values as a converter counts them: columns in pulses hold pulses. Absent columns are written as no value.
 * @throws ProtocolError `value_not_encodable` or `date_invalid`
 */
export function encodeRecord(
  layout: RecordLayout,
  values: DatabaseRecord,
  float3Exponent: Float3Exponent = usualFloat3Exponent,
): Uint8Array {
  const record = new Uint8Array(layout.length);
  for (const { name, type, exponent, offset } of layout.columns) {
    if (name === "") continue;
    const value = values[name];
    const counted = exponent !== 0 && value !== undefined ? Number(scale(String(value), -exponent)) : value;
    const written = typeof counted === "string" && isWhole(type) ? Number(counted) : counted;
    record.set(encodeValue(type, written as ValueOf[typeof type] | undefined, float3Exponent), offset);
  }
  return record;
}

/** One column of a record, without its name. */
export function columnReader(
  column: Pick<Column, "type" | "pulses" | "exponent" | "offset">,
  weight: Decimal,
  float3Exponent: Float3Exponent,
): (record: Uint8Array) => Value | undefined {
  const { type, offset, exponent } = column;
  const digits = column.pulses ? digitsOf(type) : undefined;
  if (!digits) return (record) => decodeValue(type, record, offset, float3Exponent);
  return (record) => {
    const shift = exponent + digits.exponent(record, offset, float3Exponent);
    return weighted(digits.mantissa(record, offset), shift, weight);
  };
}

/** @throws ProtocolError `value_not_encodable` for text that is no decimal number */
export function weightOf(text: string): Decimal {
  const weight = decimalOf(text);
  if (!weight) throw commonError("value_not_encodable", { what: `"${text}"`, reason: "it is no pulse weight" });
  return weight;
}

function exponentOf({ converted, exponent }: Column, { convertedInThousandths }: RecordOptions): number {
  if (!converted || convertedInThousandths === undefined) return exponent;
  return convertedInThousandths ? -3 : 0;
}

function isWhole(type: Column["type"]): boolean {
  return type === "byte" || type === "word" || type === "eword" || type === "ulong" || type === "eulong";
}

function checkLength(layout: RecordLayout, record: Uint8Array): void {
  if (record.length === layout.length) return;
  throw iFlagError("record_length_wrong", {
    layout: `${layout.database} ${layout.length}`,
    expected: layout.length,
    found: record.length,
  });
}
