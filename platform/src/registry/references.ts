import { sql } from "kysely";
import { invalidFields } from "../errors/platform-error.ts";
import type { Field, ReferenceField, ReferencesField, TableName } from "./fields.ts";
import type { RegistryContext, Resource, Row } from "./resource.ts";

/** Tables whose rows belong to nobody in particular: any organization may refer to them. */
const unowned = new Set<TableName>(["organizations", "users"]);

/** A row that some field refers to. */
interface Referred {
  readonly field: string;
  readonly table: TableName;
  readonly id: string;
  /** undefined = there is no such row. */
  readonly organization: string | null | undefined;
}

/**
 * Looks up every row that the values refer to.
 * @param organization of the row about to be written; undefined when it follows from the references
 * @returns the organization: the given one, or the one of the first referred row that has one
 * @throws PlatformError `invalid`, naming each field that refers to what is not there or is another organization's
 */
export async function checkReferences(
  context: RegistryContext,
  resource: Resource,
  values: Row,
  organization: string | null | undefined,
): Promise<string | null> {
  const referred = await lookUp(context, referencesIn(resource, values));
  const owned = referred.filter(({ table }) => !unowned.has(table));
  const owner = organization ?? owned.find((row) => row.organization)?.organization ?? null;
  const foreign = (row: Referred) => !unowned.has(row.table) && row.organization !== owner;
  const wrong = referred.filter((row) => row.organization === undefined || foreign(row));
  if (wrong.length > 0) throw invalidFields(Object.fromEntries(wrong.map(({ field, id }) => [field, missing(id)])));
  return owner;
}

export function missing(id: unknown): string {
  return `Invalid pk "${id}" - object does not exist.`;
}

function referencesIn(resource: Resource, values: Row): { field: string; table: TableName; id: string }[] {
  const organization =
    "organization" in resource.fields || !values.organization
      ? []
      : [{ field: "organization", table: "organizations" as const, id: values.organization as string }];
  const fields = Object.entries(resource.fields).flatMap(([field, definition]) => {
    if (!refers(definition)) return [];
    const ids = [values[field] ?? []].flat() as string[];
    return ids.map((id) => ({ field, table: definition.to, id: id.toLowerCase() }));
  });
  return [...organization, ...fields];
}

function refers(field: Field): field is ReferenceField | ReferencesField {
  return field.kind === "reference" || field.kind === "references";
}

async function lookUp(
  { db }: RegistryContext,
  wanted: readonly { field: string; table: TableName; id: string }[],
): Promise<Referred[]> {
  const found = new Map<string, string | null>();
  for (const table of new Set(wanted.map((row) => row.table))) {
    const ids = wanted.filter((row) => row.table === table).map(({ id }) => id);
    const organization = unowned.has(table) ? sql`null::uuid` : sql`t.organization`;
    const { rows } = await sql<{ id: string; organization: string | null }>`
      select t.id, ${organization} as organization from ${sql.table(table)} t where t.id in (${sql.join(ids)})`.execute(
      db,
    );
    for (const row of rows) found.set(`${table} ${row.id}`, row.organization);
  }
  return wanted.map((row) => ({ ...row, organization: found.get(`${row.table} ${row.id.toLowerCase()}`) }));
}
