import type { Kysely, RawBuilder } from "kysely";
import type { TSchema } from "typebox";
import type { Access } from "../http/authentication.ts";
import type { Database } from "../stores/relational/database.ts";
import type { RegistryChanges } from "./changes.ts";
import type { Field, TableName } from "./fields.ts";
import type { Sealer } from "./sealing.ts";

/** The six operations of the contract, in its words. */
export type Operation = "list" | "create" | "read" | "update" | "partial_update" | "delete";

export const everyOperation: readonly Operation[] = ["list", "create", "read", "update", "partial_update", "delete"];

/** A row as the API shows it, or the values of one about to be written. */
export type Row = Record<string, unknown>;

/** A query parameter of a list, and the condition over the row `t` it stands for. */
export interface Filter {
  readonly schema: TSchema;
  readonly condition: (value: unknown) => RawBuilder<unknown>;
}

/** What resources need of the world. */
export interface RegistryContext {
  readonly db: Kysely<Database>;
  readonly sealer: Sealer;
  readonly changes: RegistryChanges;
  /** IANA zone of meter configs that name none. */
  readonly defaultMeterTimezone: string;
  /** Every resource of the registry: what may refer to what. */
  readonly resources: readonly Resource[];
  /** Rows of a page when the query does not say. */
  readonly pageSize: number;
}

/** Where a resource differs from the others. All run inside the transaction of the write, except `written`. */
export interface ResourceHooks {
  /** Completes or replaces values before they are checked and written. `before` is missing on creation. */
  prepare?(values: Row, before: Row | undefined, context: RegistryContext): Promise<Row> | Row;
  /** Refuses a deletion, or does what belongs to it. */
  beforeDelete?(row: Row, context: RegistryContext): Promise<void>;
  /** Writes what belongs to the row in other tables. */
  alongside?(after: Row, before: Row | undefined, context: RegistryContext): Promise<void>;
  /** Tells others, after the transaction. */
  written?(after: Row, before: Row | undefined, context: RegistryContext): Promise<void>;
  /** Completes rows that were read for a list or a single answer. */
  complete?(rows: readonly Row[], context: RegistryContext): Promise<readonly Row[]>;
}

/** One collection of the API: everything that its routes, its checks, its SQL and its documentation follow from. */
export interface Resource {
  /** As in the path and in the operation ids. */
  readonly name: string;
  /** Path of the list, with or without its last slash as the contract writes it. */
  readonly path: string;
  /** Operation ids are this, an underscore and the operation. */
  readonly operationPrefix: string;
  readonly tag: string;
  readonly singular: string;
  readonly plural: string;
  /** What one is, in a sentence or two. */
  readonly about: string;
  /** Name of the schema in the contract. */
  readonly schema: string;
  /** Name of the schema of what is written, where the contract has one. */
  readonly schemaWrite?: string;
  readonly table: TableName;
  readonly id: "uuid" | "integer";
  readonly operations: readonly Operation[];
  /** Who may read: everybody signed in (within the organization), or staff alone. */
  readonly readAccess?: Access;
  /** `required` and `optional` have a field `organization`; `none` belongs to nobody. `derived` follows from a reference. */
  readonly ownership: "required" | "optional" | "derived" | "none";
  /** What a caller of one organization sees, when it is not `t.organization`. */
  readonly visibleTo?: (organization: string) => RawBuilder<unknown>;
  readonly fields: Readonly<Record<string, Field>>;
  /** Fields added to what is read, or shown there in another form. */
  readonly readFields?: Readonly<Record<string, TSchema>>;
  readonly filters?: Readonly<Record<string, Filter>>;
  /** Columns that no two rows share; the first beside the organization is the field that is told. */
  readonly unique?: readonly (readonly string[])[];
  readonly example: Row;
  readonly hooks?: ResourceHooks;
}
