/** A table of UDIL as a vendor's PostgreSQL really has it: under which name, with which columns of which types. */
import type { PollableTable } from "../peers/switches.ts";

/** One column of the catalogue's answer: see `catalogueQuery`. */
export interface CatalogueColumn {
  readonly schema: string;
  readonly relation: string;
  readonly column: string;
  readonly type: string;
  /** `t` or `f`, as PostgreSQL writes it. */
  readonly writable: string;
}

/** What statements need of it; every name is quoted. */
export interface VendorTable {
  readonly name: string;
  /** Its columns by their UDIL names, in lower case. */
  readonly selected: string;
  /** Columns whose values are instants, `2026-11-21T05:00:00Z`. */
  readonly instants: readonly string[];
  /** It has pictures: a page of it has fewer rows. */
  readonly heavy: boolean;
  readonly id: string | undefined;
  readonly stamp: StampColumn | undefined;
  /** Of is_synced, where it may be written: what says that a row was not taken, and the value that says it was. */
  readonly mark: { readonly column: string; readonly open: string; readonly taken: string } | undefined;
}

export interface StampColumn {
  readonly column: string;
  /** To be ordered by. */
  readonly order: string;
  /** A constant of the column's type: of an instant, or of the local time that the vendor's clock showed. */
  readonly constant: (instant: number, local: string) => string;
}

/** Of longer texts the begin is read: no column of UDIL is longer, and a page of rows must have an end. */
const mostCharacters = 8_192;
/** Longer pictures are left out. */
const mostPictureBytes = 262_144;

/**
 * Columns of the relation of that name which its user may read; one in lower case comes before one that differs in case.
 * Parameters: name, and schema or null for the search path.
 */
export const catalogueQuery = `
  select n.nspname as schema, c.relname as relation, a.attname as column,
    coalesce(nullif(t.typbasetype, 0), t.oid)::regtype::text as type,
    has_column_privilege(c.oid, a.attnum, 'update') and c.relkind in ('r', 'p') as writable
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  join pg_type t on t.oid = a.atttypid
  where lower(c.relname) = lower($1) and c.relkind in ('r', 'p', 'v', 'm', 'f')
    and case when $2::text is null then pg_table_is_visible(c.oid) else n.nspname = $2 end
    and has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')
  order by c.relname <> lower(c.relname), c.oid, a.attname <> lower(a.attname), a.attnum`;

/** @param found columns in the order of `catalogueQuery`. @returns undefined when there is no such table for us */
export function vendorTable(table: PollableTable, found: readonly CatalogueColumn[]): VendorTable | undefined {
  const [first] = found;
  if (first === undefined) return undefined;
  const columns = new Map<string, CatalogueColumn>();
  for (const one of found) {
    const name = one.column.toLowerCase();
    if (one.relation === first.relation && one.schema === first.schema && !columns.has(name)) columns.set(name, one);
  }
  const id = columns.get("id");
  const hasId = id !== undefined && integers.has(id.type);
  const synced = columns.get("is_synced");
  const read = [...columns].filter(([name]) => name !== "is_synced" && (name !== "id" || hasId));
  return {
    name: `${quoted(first.schema)}.${quoted(first.relation)}`,
    selected: read.map(([name, column]) => `${expressionOf(column)} as ${quoted(name)}`).join(", "),
    instants: read.filter(([, { type }]) => type === instantType).map(([name]) => name),
    heavy: read.some(([, { type }]) => type === "bytea"),
    // Rows of METER_VISUALS are overwritten under their ids.
    id: hasId && table !== "VISL" ? quoted(id.column) : undefined,
    stamp: stampOf(columns.get("db_datetime")),
    mark: hasId && table !== "VISL" && synced?.writable === "t" ? markOf(synced) : undefined,
  };
}

const instantType = "timestamp with time zone";
const integers: ReadonlySet<string> = new Set(["smallint", "integer", "bigint", "numeric"]);
const texts: ReadonlySet<string> = new Set(["text", "character varying", "character"]);
/** Their text is short and is what UDIL writes. Floating point numbers would be written with exponents. */
const plain: ReadonlySet<string> = new Set([...integers, "timestamp without time zone", "date", "boolean"]);

function expressionOf({ column, type }: CatalogueColumn): string {
  const name = quoted(column);
  if (plain.has(type)) return name;
  if (type === instantType) return `to_char(${name} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;
  if (type === "real" || type === "double precision") return `${name}::numeric`;
  if (type === "bytea")
    return `case when octet_length(${name}) <= ${mostPictureBytes} then translate(encode(${name}, 'base64'), E'\\n', '') end`;
  return `left(${name}::text, ${mostCharacters})`;
}

function stampOf(stamp: CatalogueColumn | undefined): StampColumn | undefined {
  if (stamp === undefined) return undefined;
  const column = quoted(stamp.column);
  if (stamp.type === instantType)
    return { column, order: column, constant: (instant) => `timestamptz '${new Date(instant).toISOString()}'` };
  if (stamp.type === "timestamp without time zone" || stamp.type === "date")
    return { column, order: column, constant: (_, local) => `timestamp '${local}'` };
  // Times written as text are in the order of their characters.
  const order = `${column} collate "C"`;
  return texts.has(stamp.type) ? { column, order, constant: (_, local) => `'${local}' collate "C"` } : undefined;
}

function markOf({ column: name, type }: CatalogueColumn): VendorTable["mark"] {
  const column = quoted(name);
  if (integers.has(type)) return { column, open: `coalesce(${column}, 0) = 0`, taken: "1" };
  if (type === "boolean") return { column, open: `${column} is not true`, taken: "true" };
  return texts.has(type) ? { column, open: `coalesce(trim(${column}), '') in ('', '0')`, taken: "'1'" } : undefined;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
