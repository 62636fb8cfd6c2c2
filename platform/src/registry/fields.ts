import { isIP } from "node:net";
import type { RawBuilder } from "kysely";
import Type, { type TSchema } from "typebox";
import Format from "typebox/format";
import type { Database } from "../stores/relational/database.ts";

export type TableName = keyof Database & string;

/** A field kept in a column of its name. */
export interface ValueField {
  readonly kind: "value";
  /** What is taken, */
  readonly schema: TSchema;
  /** and what is given, when that is narrower. */
  readonly readSchema?: TSchema;
  readonly required?: boolean;
  /** Accepted, kept, and never returned. */
  readonly writeOnly?: boolean;
  /** Kept sealed under the master key. */
  readonly sealed?: boolean;
  /** A jsonb column. */
  readonly json?: boolean;
  /** The value as it is kept. */
  readonly normalize?: (value: never) => unknown;
  /** What is wrong with a normalized value, in a sentence; undefined when nothing is. */
  readonly check?: (value: never) => string | undefined;
}

/** The id of a row of another table, of the same organization. */
export interface ReferenceField {
  readonly kind: "reference";
  readonly to: TableName;
  readonly schema: TSchema;
  readonly required?: boolean;
  /** What the deletion of the other row does: it is refused, or takes this row, a part of it, along. */
  readonly onDelete: "protect" | "cascade";
}

/** The ids of any number of rows of another table, of the same organization, kept in a table of pairs. */
export interface ReferencesField {
  readonly kind: "references";
  readonly to: TableName;
  readonly link: { readonly table: TableName; readonly own: string; readonly other: string };
  readonly schema: TSchema;
  readonly required?: boolean;
  /** What the deletion of one of the other rows does: it is refused, or takes the pair along. */
  readonly onDelete: "protect" | "cascade";
}

/** A field that is only read: an SQL expression over the row `t`. */
export interface ComputedField {
  readonly kind: "computed";
  readonly schema: TSchema;
  readonly expression: RawBuilder<unknown>;
}

export type Field = ValueField | ReferenceField | ReferencesField | ComputedField;

/** What fields of several kinds have in common. */
interface Description {
  readonly title?: string;
  readonly description?: string;
}

interface TextOptions extends Description {
  readonly most: number;
  /** Characters at least; 1 = not blank. */
  readonly least?: number;
  readonly required?: boolean;
  readonly nullable?: boolean;
  readonly pattern?: string;
  readonly format?: string;
  /** Blanks around it belong to it: a secret. */
  readonly verbatim?: boolean;
}

/** Text; blanks around it are dropped unless it is verbatim. */
export function text(options: TextOptions): ValueField {
  const { most, required = false, least = required ? 1 : 0, nullable = false, verbatim = false, ...rest } = options;
  return {
    kind: "value",
    required,
    schema: schemaOf("string", nullable, { ...(least > 0 && { minLength: least }), maxLength: most, ...rest }),
    normalize: (value: string | null) => (verbatim ? value : (value?.trim() ?? null)),
    check: (value: string | null) => (least > 0 && value === "" ? "This field may not be blank." : undefined),
  };
}

/** Bytes as hexadecimal digits, two for each. An empty text is none. */
export function hexadecimal({
  most,
  lengths,
  ...rest
}: Description & { most: number; lengths?: readonly number[] }): ValueField {
  return {
    kind: "value",
    schema: schemaOf("string", true, { maxLength: most, pattern: "^[abcdefABCDEF1234567890]*$", ...rest }),
    normalize: (value: string | null) => value || null,
    check: (value: string | null) => {
      if (value && value.length % 2 === 1) return "An even number of hexadecimal digits is required.";
      if (value && lengths && !lengths.includes(value.length))
        return `Exactly ${lengths.join(" or ")} hexadecimal digits are required.`;
      return undefined;
    },
  };
}

/** One of the listed values. */
export function choice(
  values: readonly (string | number)[],
  options: Description & { required?: boolean; nullable?: boolean; normalize?: (value: string) => string } = {},
): ValueField {
  const { required = false, nullable = false, normalize, ...rest } = options;
  const type = typeof values[0] === "number" ? "integer" : "string";
  const schema = schemaOf(type, nullable, { enum: nullable ? [...values, null] : values, ...rest });
  return { kind: "value", required, schema, ...(normalize && { normalize }) };
}

export function flag(description: Description = {}): ValueField {
  return { kind: "value", schema: Type.Boolean({ ...description }) };
}

/** An integer of 32 bits, or of the given range. */
export function integer({
  minimum = -2147483648,
  maximum = 2147483647,
  nullable = false,
  ...rest
}: Description & { minimum?: number; maximum?: number; nullable?: boolean } = {}): ValueField {
  return { kind: "value", schema: schemaOf("integer", nullable, { minimum, maximum, format: "int32", ...rest }) };
}

/** Digits of an exact decimal: numeric(18,6). */
const decimalPattern = /^[+-]?\d{1,12}(?:\.\d{0,6})?$/;
/** A JSON number has been a float; up to so many digits it still is the decimal that was written. */
const exactDigits = 15;

/** An exact decimal: a string, or a JSON number of few enough digits to be exact. */
export function decimal(description: Description = {}): ValueField {
  return {
    kind: "value",
    schema: Type.Unsafe<string | number>({
      type: ["string", "number"],
      format: "decimal",
      maxLength: 40,
      ...description,
    }),
    readSchema: Type.String({ format: "decimal", ...description }),
    normalize: (value: string | number) => (typeof value === "number" ? value : value.trim()),
    check: (value: string | number) => {
      const digits = String(value);
      if (!decimalPattern.test(digits))
        return "A decimal with at most 12 digits before and 6 after the point is required.";
      if (typeof value === "number" && digits.replaceAll(/\D/g, "").length > exactDigits)
        return `A number of more than ${exactDigits} digits must be sent as a string to be exact.`;
      return undefined;
    },
  };
}

/** A JSON object with names of the caller's. */
export function jsonObject(schema: TSchema): ValueField {
  return { kind: "value", schema, json: true };
}

interface ReferenceOptions extends Description {
  readonly required?: boolean;
  readonly onDelete?: "protect" | "cascade";
}

export function reference(to: TableName, options: ReferenceOptions = {}): ReferenceField {
  const { required = false, onDelete = "protect", ...rest } = options;
  return {
    kind: "reference",
    to,
    required,
    onDelete,
    schema: schemaOf("string", !required, { format: "uuid", ...rest }),
  };
}

/** References of one row at most. */
const referencesAtMost = 10_000;

export function references(
  to: TableName,
  link: ReferencesField["link"],
  options: ReferenceOptions = {},
): ReferencesField {
  const { required = false, onDelete = "cascade", ...rest } = options;
  const schema = Type.Array(Type.String({ format: "uuid" }), {
    uniqueItems: true,
    maxItems: referencesAtMost,
    ...rest,
  });
  return { kind: "references", to, link, required, onDelete, schema };
}

export function computed(schema: TSchema, expression: RawBuilder<unknown>): ComputedField {
  return { kind: "computed", schema: { ...schema, readOnly: true } as TSchema, expression };
}

export function nullable(type: string, rest: Record<string, unknown> = {}): TSchema {
  return Type.Unsafe({ type: [type, "null"], ...rest });
}

Format.Set("ip", (value) => isIP(value) !== 0);
Format.Set("int32", () => true);
Format.Set("decimal", () => true);

function schemaOf(type: string, isNullable: boolean, keywords: object): TSchema {
  const kept = Object.entries(keywords).filter(([, value]) => value !== undefined);
  return Type.Unsafe({ type: isNullable ? [type, "null"] : type, ...Object.fromEntries(kept) });
}
