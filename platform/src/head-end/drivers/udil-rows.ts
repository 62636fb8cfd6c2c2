/** From named values of a meter to rows of UDIL's tables, whatever the protocol. */

import { scale } from "@anymeter/sans-io";
import { fieldOfObis, fieldsOfColumns, modelFields, type UdilRow, type ValueKind } from "@anymeter/udil";
import type { ProfileRow, RowTable } from "../../readings/profile-rows/profile-row.ts";
import type { ProfileRowStore } from "../../readings/profile-rows/row-writer.ts";
import { isStorableInteger, storableDecimal } from "../../readings/profile-rows/storable-values.ts";
import { isStorableInstant } from "../../readings/timestamp.ts";
import { totalOf, withComputedFields } from "./computed-fields.ts";
import type { ContactedDevice } from "./driver.ts";
import { shiftBetween } from "./series-units.ts";
import { notStored } from "./stores.ts";

/** A value's name and unit. */
export interface NamedColumn {
  /** Any spelling of an OBIS code; other names are nothing to UDIL. */
  readonly name: string;
  /**
   * Symbol such as "Wh"; null = a plain number, in whatever unit the column of UDIL is; "" = a number that can have no unit;
   * undefined = the meter does not tell its scale.
   */
  readonly unit: string | null | undefined;
}

/** A column of UDIL's tables that a value goes to. */
export interface PlannedField {
  readonly field: string;
  readonly kind: ValueKind;
  /** Powers of ten between the meter's unit and the column's. */
  readonly shift: number;
  /** One of two quadrants: the column is their sum, and empty where one is missing. */
  readonly isQuadrant?: true;
}

/** What becomes of a meter's columns. */
export interface FieldPlan {
  /** For each column where it goes; undefined = nowhere, or a better one of the same meter goes there. */
  readonly fields: readonly (PlannedField | undefined)[];
  /** Columns of UDIL that stay empty although the meter has a value for them, and why: a sentence. */
  readonly leftOut: readonly { readonly field: string; readonly reason: string }[];
}

/** Of several codes of one column the best is taken among those whose unit is the column's, moved by powers of ten. */
export function planFields(columns: readonly NamedColumn[]): FieldPlan {
  const candidates = columns.map(({ name, unit }) => candidateOf(currentCode(name), unit));
  const fitting = candidates.map((found) => (found?.shift === undefined ? notObis : found.code));
  const read = fieldsOfColumns(fitting).map((taken, index): PlannedField | undefined => {
    if (!taken) return undefined;
    const { field, kind, shift } = candidates[index]!;
    return { field, kind, shift: shift! };
  });
  const fields = withQuadrants(read, columns);
  const filled = new Set(fields.map((planned) => planned?.field));
  const leftOut = candidates.flatMap((found, index) => {
    if (!found || found.shift !== undefined || filled.has(found.field)) return [];
    const { name, unit } = columns[index]!;
    const told = unit === undefined ? "neither scaler nor unit" : unit || "no unit";
    const wanted = unit ? `, the column is in ${found.unit}` : "";
    return { field: found.field, reason: `${name} is left out of ${found.field}: the meter tells ${told}${wanted}.` };
  });
  return { fields, leftOut };
}

/**
 * Some meters keep reactive energy by its quadrants alone: import is the sum of the first and second (5.8 and 6.8), export of the
 * third and fourth (7.8 and 8.8).
 */
function withQuadrants(
  fields: readonly (PlannedField | undefined)[],
  columns: readonly NamedColumn[],
): readonly (PlannedField | undefined)[] {
  const filled = new Set(fields.map((planned) => planned?.field));
  const quadrants = columns.map(({ name, unit }) => {
    const of = quadrantOf(currentCode(name));
    const candidate = of && candidateOf(of.sum, unit);
    return candidate?.shift === undefined || filled.has(candidate.field) ? undefined : { ...of!, ...candidate };
  });
  return fields.map((planned, index) => {
    const found = quadrants[index];
    if (planned || !found || quadrants.findIndex((other) => isSame(other, found)) !== index) return planned;
    const hasOther = quadrants.some((other) => other?.field === found.field && other.quadrant !== found.quadrant);
    return hasOther ? { field: found.field, kind: found.kind, shift: found.shift!, isQuadrant: true } : undefined;
  });
}

function isSame(one: QuadrantCode | undefined, other: QuadrantCode): boolean {
  return one?.sum === other.sum && one.quadrant === other.quadrant;
}

interface QuadrantCode {
  /** Code of the register whose value is the sum: 1.0.3.8.e or 1.0.4.8.e. */
  readonly sum: string;
  /** 1 to 4. */
  readonly quadrant: number;
}

function quadrantOf(code: string): QuadrantCode | undefined {
  const [, group, tariff] = /^1[.-]\d+[.:]([5-8])\.8\.(\d+)/.exec(code) ?? [];
  if (group === undefined) return undefined;
  const quadrant = Number(group) - 4;
  return { sum: `1.0.${quadrant <= 2 ? 3 : 4}.8.${tariff}.255`, quadrant };
}

/** Codes of the quadrants whose sum is a column: none for others. */
export function quadrantsOf(obis: string): readonly string[] {
  const [, group, tariff] = /^1\.0\.([34])\.8\.(\d+)\.255$/.exec(obis) ?? [];
  if (group === undefined) return [];
  return (group === "3" ? [5, 6] : [7, 8]).map((quadrant) => `1.0.${quadrant}.8.${tariff}.255`);
}

/** Fields of one row, filled column by column. */
export class FilledFields {
  readonly #fields: Record<string, string | number> = {};
  readonly #quadrants = new Map<string, string>();

  set({ field, isQuadrant }: PlannedField, value: string | number): void {
    if (!isQuadrant) {
      this.#fields[field] = value;
      return;
    }
    const other = this.#quadrants.get(field);
    if (other === undefined) this.#quadrants.set(field, String(value));
    else this.#fields[field] = totalOf([other, String(value)])!;
  }

  get row(): UdilRow {
    return this.#fields;
  }
}

interface Candidate extends Omit<PlannedField, "shift"> {
  readonly code: string;
  /** Of UDIL's column. */
  readonly unit: string | undefined;
  /** undefined: the units are of different quantities. */
  readonly shift: number | undefined;
}

function candidateOf(code: string, told: NamedColumn["unit"]): Candidate | undefined {
  const found = fieldOfObis(code);
  const kind = found && kinds.get(found.field);
  if (!found || kind === undefined || ofRegistry.has(found.field)) return undefined;
  const { field, unit } = found;
  const plain = unit === undefined ? 0 : undefined;
  return { code, field, kind, unit, shift: told === undefined ? undefined : (plain ?? shiftBetween(told, unit!)) };
}

/** A value in the column's unit; undefined when the column cannot hold it. */
export function fieldValue({ field, kind, shift }: PlannedField, decimal: string): string | number | undefined {
  // In dBm it is below zero: anything else counts bars or steps.
  if (field === signalField && !decimal.startsWith("-")) return undefined;
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
  const filled = new FilledFields();
  planFields(values).fields.forEach((planned, index) => {
    const value = planned && fieldValue(planned, values[index]!.value);
    if (value !== undefined) filled.set(planned!, value);
  });
  return rowOf(device, { table, at: Math.floor(at / 1000) * 1000, readAt: at }, filled.row);
}

export function rowOf(
  { organizationNumber, number: deviceNumber }: ContactedDevice,
  row: Pick<ProfileRow, "table" | "at" | "readAt" | "channel" | "interval">,
  fields: UdilRow,
): ProfileRow {
  const whole = row.table === "INST" ? withComputedFields(fields, false) : fields;
  return { organizationNumber, deviceNumber, source: 0, ...row, fields: whole };
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

export const signalField = "signal_strength";
const notObis = "";
const kinds: ReadonlyMap<string, ValueKind> = new Map(
  Object.values(modelFields).flatMap((fields) => fields.map(({ model, kind }) => [model, kind])),
);
/** What rows have from the registry, or as their time. */
const ofRegistry: ReadonlySet<string> = new Set(["msn", "global_device_id", "meter_datetime"]);
