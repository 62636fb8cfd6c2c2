/**
 * How an interface class is written down: what its objects' attributes hold and what its methods take. The tables of
 * cosem/classes/ follow the Blue Book, clause 4; attribute 1 is the logical name in every class and is not repeated.
 */
import type { DataType } from "../data/data.ts";

export interface InterfaceClass {
  readonly classId: number;
  /** The Blue Book's name, in lower case: "profile generic". */
  readonly name: string;
  /** Versions this table covers; an attribute or method of some of them says so by `since` and `until`. */
  readonly versions: readonly number[];
  readonly attributes: readonly AttributeDefinition[];
  readonly methods: readonly MethodDefinition[];
}

export interface AttributeDefinition {
  readonly id: number;
  /** The Blue Book's name: "capture_objects". */
  readonly name: string;
  readonly type: ValueType;
  /** First and last version that has it so. */
  readonly since?: number;
  readonly until?: number;
}

export interface MethodDefinition {
  readonly id: number;
  readonly name: string;
  /** "integer" is the value 0 that methods without parameter take. */
  readonly parameter: ValueType;
  readonly since?: number;
  readonly until?: number;
}

/** What a value is: a type of the standard, one with a meaning, or how values are put together. */
export type ValueType =
  | Exclude<DataType, "array" | "structure">
  | Meaning
  | { readonly array: ValueType }
  | { readonly structure: Readonly<Record<string, ValueType>> }
  | { readonly choice: readonly ValueType[] }
  /** An enum and the meaning of its values. */
  | { readonly enum: Readonly<Record<number, string>> };

export type Meaning =
  /** Whatever type the object's maker chose. */
  | "any"
  /** An octet-string of 6 bytes. */
  | "logical-name"
  /** An octet-string of 12, 5 or 4 bytes (a meter may use the types date-time, date and time as well). */
  | "date-time-octets"
  | "date-octets"
  | "time-octets"
  | "scaler-unit";

/** Shorthands for the tables. */
export const arrayOf = (array: ValueType): ValueType => ({ array });
export const structureOf = (structure: Readonly<Record<string, ValueType>>): ValueType => ({ structure });
export const choiceOf = (...choice: readonly ValueType[]): ValueType => ({ choice });
export const enumOf = (values: Readonly<Record<number, string>>): ValueType => ({ enum: values });

/** The rows `[id, name, type, versions?]` of a table as definitions. */
export function attributes(
  ...rows: readonly (readonly [id: number, name: string, type: ValueType, versions?: VersionRange])[]
): AttributeDefinition[] {
  return rows.map(([id, name, type, versions]) => ({ id, name, type, ...versions }));
}

export function methods(
  ...rows: readonly (readonly [id: number, name: string, parameter: ValueType, versions?: VersionRange])[]
): MethodDefinition[] {
  return rows.map(([id, name, parameter, versions]) => ({ id, name, parameter, ...versions }));
}

export interface VersionRange {
  readonly since?: number;
  readonly until?: number;
}

/** What a script selector or an action names: a script table and one of its scripts. */
export const scriptReference = structureOf({ script_logical_name: "logical-name", script_selector: "long-unsigned" });

/** An attribute, and with data_index one element of it (0 = the whole). */
export const captureObject = structureOf({
  class_id: "long-unsigned",
  logical_name: "logical-name",
  attribute_index: "integer",
  data_index: "long-unsigned",
});

/** An attribute of an object. */
export const valueReference = structureOf({
  class_id: "long-unsigned",
  logical_name: "logical-name",
  attribute_index: "integer",
});
