/** What a column of a UDIL table is, and short ways to write columns down. */
import { type UdilVersion, udilVersions } from "../versions.ts";

/** As the documents print it; Varchar is 50 characters, Decimal has three digits after the point (section 3). */
export type SqlType = "Bigint" | "Int" | "Decimal" | "Datetime" | "Varchar" | "Varchar(Max)" | "Text" | "Blob";

/**
 * How a value is held: `digits` as text of digits, because serial numbers pass 2^53; `integer` as a number; `decimal` as
 * exact decimal text; `datetime` as milliseconds since 1970 UTC; `text` as it is, arrays as their JSON text.
 */
export type ValueKind = "digits" | "integer" | "decimal" | "datetime" | "text";

export interface UdilField {
  /** The column's name. */
  readonly name: string;
  /** Its name in a `UdilRow`: that of v3.3, whatever the version calls it. */
  readonly model: string;
  /** Where v1 names no direction: the model's name when the peer means import. */
  readonly modelImport?: string;
  readonly type: SqlType;
  readonly kind: ValueKind;
  /** Part of the composite key. */
  readonly key: boolean;
  readonly unit?: string;
  /** Decimals beyond the third: energies are cut, so that no row shows more than the register; others are rounded. */
  readonly rounding?: "truncate" | "half-up";
  readonly versions: readonly UdilVersion[];
}

type Options = Partial<Pick<UdilField, "key" | "unit" | "rounding" | "model" | "modelImport" | "versions" | "kind">>;

function field(name: string, type: SqlType, kind: ValueKind, options: Options = {}): UdilField {
  return { name, type, model: name, kind, key: false, versions: udilVersions, ...options };
}

export const since32: Options = { versions: ["v3.2", "v3.3"] };
export const since33: Options = { versions: ["v3.3"] };
export const onlyV1: Options = { versions: ["v1"] };
export const key: Options = { key: true };

export const bigint = (name: string, options?: Options) => field(name, "Bigint", "digits", options);
export const int = (name: string, options?: Options) => field(name, "Int", "integer", options);
export const datetime = (name: string, options?: Options) => field(name, "Datetime", "datetime", options);
export const varchar = (name: string, options?: Options) => field(name, "Varchar", "text", options);
export const varcharMax = (name: string, options?: Options) => field(name, "Varchar(Max)", "text", options);
export const text = (name: string, options?: Options) => field(name, "Text", "text", options);
export const blob = (name: string, options?: Options) => field(name, "Blob", "text", options);
export const decimal = (name: string, unit?: string, options?: Options) =>
  field(name, "Decimal", "decimal", { rounding: "half-up", ...(unit === undefined ? {} : { unit }), ...options });

/** One column for each phase: `current_phase_a`, `_b`, `_c`. */
export const phases = (prefix: string, unit: string | undefined, options?: Options) =>
  ["a", "b", "c"].map((phase) => decimal(`${prefix}_phase_${phase}`, unit, options));

/** Registers of a tariff: t1 to t4, and tl for the total. The letter is an L: printed as t1 in places (register, 3). */
export const tariffs = ["t1", "t2", "t3", "t4", "tl"] as const;

/** One column for each tariff and the total of an energy, which is cut to three decimals, or of a demand. */
export const tariffRegisters = (prefix: string, unit: "kWh" | "kVARh" | "kW", options?: Options) =>
  tariffs.map((tariff) => decimal(`${prefix}_${tariff}`, unit, { rounding: roundingOf(unit), ...options }));

/** The same of v1's load profile, which names no direction. */
export const undirectedRegisters = (prefix: string, unit: "kWh" | "kVARh" | "kW") =>
  tariffs.map((tariff) =>
    decimal(`${prefix}_${tariff}`, unit, {
      ...onlyV1,
      rounding: roundingOf(unit),
      model: `${prefix}_abs_${tariff}`,
      modelImport: `${prefix}_pos_${tariff}`,
    }),
  );

/** The columns that every table of v3 ends with. */
export const consumption = [int("is_synced", since32), bigint("id", since32)];

/** The columns that every table of rows has before those. */
export const recording = [datetime("mdc_read_datetime"), datetime("db_datetime")];

const roundingOf = (unit: string) => (unit.endsWith("h") ? "truncate" : "half-up");
