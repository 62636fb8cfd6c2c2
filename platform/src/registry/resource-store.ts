import { type RawBuilder, sql } from "kysely";
import { invalidFields, notFound } from "../errors/platform-error.ts";
import type { ReferencesField } from "./fields.ts";
import { checkReferences } from "./references.ts";
import { refuseWhileReferred } from "./referrers.ts";
import type { RegistryContext, Resource, Row } from "./resource.ts";
import type { Scope } from "./scope.ts";
import { selectRows, visible } from "./select.ts";
import { explainDeletion, explainWrite } from "./store-errors.ts";

/** @returns the row, completed. @throws PlatformError `not_found` when the caller may not see one of that id */
export async function readRow(context: RegistryContext, resource: Resource, id: unknown, scope: Scope): Promise<Row> {
  const rows = await selectRows(context, resource, { ids: [id], scope });
  const [row] = await complete(context, resource, rows);
  if (!row) throw notFound();
  return row;
}

/** @returns the rows with what a resource's hook adds to them */
export async function complete(
  context: RegistryContext,
  resource: Resource,
  rows: readonly Row[],
): Promise<readonly Row[]> {
  return (await resource.hooks?.complete?.(rows, context)) ?? rows;
}

/**
 * Writes a new row with everything that belongs to it, or nothing.
 * @param body checked against the resource's schema
 * @returns the row as POST answers it
 */
export async function createRow(context: RegistryContext, resource: Resource, body: Row): Promise<Row> {
  const values = normalized(resource, body);
  const after = await inTransaction(context, resource, async (inside) => {
    const owner = await checkReferences(inside, resource, values, values.organization as string | null | undefined);
    const owned = resource.ownership === "optional" ? { ...values, organization: owner } : values;
    const prepared = (await resource.hooks?.prepare?.(owned, undefined, inside)) ?? owned;
    const id = await insert(inside, resource, prepared);
    await writeLinks(inside, resource, id, prepared, "new");
    const row = await rowOf(inside, resource, id);
    await resource.hooks?.alongside?.(row, undefined, inside);
    return row;
  });
  await resource.hooks?.written?.(after, undefined, context);
  await context.changes.tellChange({ resource: resource.name, id: after.id as string, action: "created" });
  return { ...after, ...sealedAsSent(resource, values) };
}

/** Changes the given fields of a row; the others keep their values. @returns the whole row */
export async function updateRow(
  context: RegistryContext,
  resource: Resource,
  id: unknown,
  body: Row,
  scope: Scope,
): Promise<Row> {
  const values = normalized(resource, body);
  const { before, after } = await inTransaction(context, resource, async (inside) => {
    await lock(inside, resource, id, scope);
    const before = await rowOf(inside, resource, id);
    const changed = await checkOwner(inside, resource, before, values);
    const prepared = (await resource.hooks?.prepare?.(changed, before, inside)) ?? changed;
    await update(inside, resource, id, prepared);
    await writeLinks(inside, resource, id, prepared, "changed");
    const after = await rowOf(inside, resource, id);
    await resource.hooks?.alongside?.(after, before, inside);
    return { before, after };
  });
  await resource.hooks?.written?.(after, before, context);
  await context.changes.tellChange({ resource: resource.name, id: after.id as string, action: "updated" });
  return after;
}

/** Deletes a row and its parts. @throws PlatformError `in_use` while something else refers to it */
export async function deleteRow(
  context: RegistryContext,
  resource: Resource,
  id: unknown,
  scope: Scope,
): Promise<void> {
  try {
    await context.db.transaction().execute(async (db) => {
      const inside = { ...context, db };
      await lock(inside, resource, id, scope);
      await refuseWhileReferred(inside, resource, id);
      await resource.hooks?.beforeDelete?.(await rowOf(inside, resource, id), inside);
      await sql`delete from ${sql.table(resource.table)} where id = ${id}`.execute(db);
    });
  } catch (error) {
    throw explainDeletion(error, resource);
  }
  await context.changes.tellChange({ resource: resource.name, id: id as string, action: "deleted" });
}

/** @returns the body as it is kept. @throws PlatformError `invalid`, naming every field that breaks a rule of its kind */
function normalized(resource: Resource, body: Row): Row {
  const wrong: Record<string, string> = {};
  const values = Object.entries(body).map(([name, value]) => {
    const field = resource.fields[name];
    if (field?.kind !== "value") return [name, value];
    const kept = field.normalize ? field.normalize(value as never) : value;
    const message = field.check?.(kept as never);
    if (message) wrong[name] = message;
    return [name, kept];
  });
  if (Object.keys(wrong).length > 0) throw invalidFields(wrong);
  return Object.fromEntries(values);
}

/** Objects do not move between organizations: their readings are kept under the organization they were made in. */
async function checkOwner(context: RegistryContext, resource: Resource, before: Row, values: Row): Promise<Row> {
  const owner = before.organization as string | null | undefined;
  const given = values.organization as string | null | undefined;
  if (resource.ownership !== "none" && given !== undefined && owner && given?.toLowerCase() !== owner) {
    throw invalidFields({ organization: `A ${resource.singular} cannot move to another organization.` });
  }
  const found = await checkReferences(context, resource, values, owner ?? given);
  return resource.ownership === "optional" && !owner ? { ...values, organization: found } : values;
}

async function inTransaction<Result>(
  context: RegistryContext,
  resource: Resource,
  write: (inside: RegistryContext) => Promise<Result>,
): Promise<Result> {
  try {
    return await context.db.transaction().execute((db) => write({ ...context, db }));
  } catch (error) {
    throw explainWrite(error, resource);
  }
}

async function lock({ db }: RegistryContext, resource: Resource, id: unknown, scope: Scope): Promise<void> {
  const { rows } = await sql`
    select t.id from ${sql.table(resource.table)} t
    where t.id = ${id} and ${visible(resource, scope)} for update`.execute(db);
  if (rows.length === 0) throw notFound();
}

async function rowOf(context: RegistryContext, resource: Resource, id: unknown): Promise<Row> {
  const [row] = await selectRows(context, resource, { ids: [id] });
  if (!row) throw notFound();
  return row;
}

async function insert({ db }: RegistryContext, resource: Resource, values: Row): Promise<unknown> {
  const columns = columnsOf(resource, values);
  const { rows } = await sql<{ id: unknown }>`
    insert into ${sql.table(resource.table)} (${sql.join(columns.map(({ name }) => sql.ref(name)))})
    values (${sql.join(columns.map(({ value }) => value))}) returning id`.execute(db);
  return rows[0]!.id;
}

async function update({ db }: RegistryContext, resource: Resource, id: unknown, values: Row): Promise<void> {
  const changes = columnsOf(resource, values).map(({ name, value }) => sql`${sql.ref(name)} = ${value}`);
  await sql`
    update ${sql.table(resource.table)} set ${sql.join([...changes, sql`updated_at = now()`])} where id = ${id}`.execute(
    db,
  );
}

/** @returns the columns to write: every value but those kept in tables of pairs */
function columnsOf(resource: Resource, values: Row): { name: string; value: RawBuilder<unknown> }[] {
  return Object.entries(values)
    .filter(([name]) => resource.fields[name]?.kind !== "references")
    .map(([name, value]) => {
      const field = resource.fields[name];
      const json = field?.kind === "value" && field.json && value !== null;
      return { name, value: json ? sql`${JSON.stringify(value)}::jsonb` : sql`${value}` };
    });
}

async function writeLinks(
  { db }: RegistryContext,
  resource: Resource,
  id: unknown,
  values: Row,
  row: "new" | "changed",
): Promise<void> {
  const links = Object.entries(resource.fields).filter(
    ([name, field]) => field.kind === "references" && name in values,
  );
  for (const [name, field] of links) {
    const { link } = field as ReferencesField;
    if (row === "changed")
      await sql`delete from ${sql.table(link.table)} where ${sql.ref(link.own)} = ${id}`.execute(db);
    const others = values[name] as string[];
    if (others.length === 0) continue;
    const pairs = others.map((other) => sql`(${id}::uuid, ${other}::uuid)`);
    await sql`
      insert into ${sql.table(link.table)} (${sql.ref(link.own)}, ${sql.ref(link.other)})
      values ${sql.join(pairs)} on conflict do nothing`.execute(db);
  }
}

/** What is sealed is not opened again for the answer to its creation. */
function sealedAsSent(resource: Resource, values: Row): Row {
  const fields = Object.entries(resource.fields).filter(
    ([, field]) => field.kind === "value" && field.sealed && !field.writeOnly,
  );
  return Object.fromEntries(fields.map(([name]) => [name, values[name] ?? null]));
}
