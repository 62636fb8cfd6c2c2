/** From named values of a meter to rows of UDIL's tables, whatever the protocol. */

import { scale } from "@anymeter/sans-io";
import { fieldsOfColumns, modelFields, type UdilRow, type ValueKind } from "@anymeter/udil";
import type { ProfileRow, RowTable } from "../../readings/profile-rows/profile-row.ts";
import { isStorableInteger, storableDecimal } from "../../readings/profile-rows/row-text.ts";
import type { ProfileRowStore } from "../../readings/profile-rows/row-writer.ts";
import { isStorableInstant } from "../../readings/timestamp.ts";
import type { ContactedDevice } from "./driver.ts";
import { shiftBetween } from "./series-units.ts";
import { notStored } from "./stores.ts";

/** A value's name and unit. */
export interface NamedColumn {
  /** Any spelling of an OBIS code; other names are nothing to UDIL. */
  readonly name: string;
  /** Symbol such as "Wh"; null = a plain number, in whatever unit the column of UDIL is. */
  readonly unit: string | null;
}

/** A column of UDIL's tables that a value goes to. */
export interface PlannedField {
  readonly field: string;
  readonly kind: ValueKind;
  /** Powers of ten between the meter's unit and the column's. */
  readonly shift: number;
}

/** For each column of a meter where it goes; undefined = nowhere, or a better one of the same meter goes there. */
export function planFields(columns: readonly NamedColumn[]): readonly (PlannedField | undefined)[] {
  const current = columns.map(({ name }) => currentCode(name));
  return fieldsOfColumns(current).map((found, index) => {
    const kind = found && kinds.get(found.field);
    if (!found || kind === undefined || ofRegistry.has(found.field)) return undefined;
    const shift = found.unit === undefined ? 0 : shiftBetween(columns[index]!.unit, found.unit);
    return shift === undefined ? undefined : { field: found.field, kind, shift };
  });
}

/** A value in the column's unit; undefined when the column cannot hold it. */
export function fieldValue({ kind, shift }: PlannedField, decimal: string): string | number | undefined {
  const value = shift === 0 ? decimal : scale(decimal, shift);
  if (kind === "decimal") return storableDecimal.test(value) ? value : undefined;
  const number = Number(value);
  return kind === "integer" && isStorableInteger(number) ? number : undefined;
}

/** Values of one moment, as a row. */
export function rowOfValues(
  device: ContactedDevice,
  { table, at }: { readonly table: RowTable; readonly at: number },
  values: readonly (NamedColumn & { readonly value: string })[],
): ProfileRow {
  const fields: Record<string, string | number> = {};
  planFields(values).forEach((planned, index) => {
    const value = planned && fieldValue(planned, values[index]!.value);
    if (value !== undefined) fields[planned!.field] = value;
  });
  return rowOf(device, { table, at: Math.floor(at / 1000) * 1000, readAt: at }, fields);
}

export function rowOf(
  { organizationNumber, number: deviceNumber }: ContactedDevice,
  row: Pick<ProfileRow, "table" | "at" | "readAt" | "channel" | "interval">,
  fields: UdilRow,
): ProfileRow {
  return { organizationNumber, deviceNumber, source: 0, ...row, fields };
}

/** Meters that no client of UDIL knows have no rows: their readings are all there is to keep. */
export function hasRows({ globalDeviceId }: ContactedDevice): boolean {
  return globalDeviceId !== undefined && globalDeviceId !== null;
}

/** Resolves when the rows are durable; those without a usable time or value are left out. @throws RunFailure `not_stored` */
export async function storeRows(store: ProfileRowStore, rows: readonly ProfileRow[]): Promise<void> {
  const usable = rows.filter(({ at, fields }) => isStorableInstant(at) && !isEmpty(fields));
  if (usable.length > 0) await store.write(usable).catch(notStored);
}

/** A code of a stored value (`1-0:1.8.0*3`) is not of the present one; one without medium is of electricity. */
function currentCode(name: string): string {
  const stored = /^\d+[-.]\d+[:.]\d+\.\d+\.\d+[*&.](\d+)$/.exec(name)?.[1];
  if (stored !== undefined && Number(stored) !== 255) return notObis;
  return /^\d+\.\d+\.\d+$/.test(name) ? `1.0.${name}` : name;
}

function isEmpty(fields: UdilRow): boolean {
  for (const name in fields) if (fields[name] !== undefined) return false;
  return true;
}

const notObis = "";
const kinds: ReadonlyMap<string, ValueKind> = new Map(
  Object.values(modelFields).flatMap((fields) => fields.map(({ model, kind }) => [model, kind])),
);
/** What rows have from the registry, or as their time. */
const ofRegistry: ReadonlySet<string> = new Set(["msn", "global_device_id", "meter_datetime"]);
