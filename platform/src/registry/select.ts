import { type RawBuilder, sql } from "kysely";
import type { Page, PageOfRows } from "../http/paging.ts";
import type { Field } from "./fields.ts";
import type { RegistryContext, Resource, Row } from "./resource.ts";
import type { Scope } from "./scope.ts";

/** Which rows of a resource. */
export interface Selection {
  /** Who asks; without it the question is our own. */
  readonly scope?: Scope;
  readonly ids?: readonly unknown[];
  readonly conditions?: readonly RawBuilder<unknown>[];
  readonly page?: Page;
}

/**
 * @returns the rows as the API shows them, in the order of their creation, with everything but what hooks complete. One
 *   statement, whatever the number of rows: related values are expressions over the rows of the page alone
 */
export async function selectRows(
  { db }: Pick<RegistryContext, "db">,
  resource: Resource,
  selection: Selection,
): Promise<Row[]> {
  if (selection.ids?.length === 0) return [];
  const { page } = selection;
  const part = page ? sql`limit ${page.limit} offset ${page.offset}` : sql``;
  const { rows } = await sql<Row>`
    select ${sql.join(columnsOf(resource))}
    from (select * from ${sql.table(resource.table)} t where ${whereOf(resource, selection)}
          order by t.created_at, t.id ${part}) t
    order by t.created_at, t.id`.execute(db);
  return rows.map(shown);
}

/** @returns one page of rows and the number of all. They are counted only when the page does not tell */
export async function selectPage(
  context: RegistryContext,
  resource: Resource,
  selection: Selection & { page: Page },
): Promise<PageOfRows<Row>> {
  const rows = await selectRows(context, resource, selection);
  const { limit, offset } = selection.page;
  const last = rows.length < limit && (rows.length > 0 || offset === 0);
  return { rows, count: last ? offset + rows.length : await countRows(context, resource, selection) };
}

/** @returns the condition that keeps everybody to the rows of their organization: the one place of tenancy here */
export function visible(resource: Resource, scope: Scope | undefined): RawBuilder<unknown> {
  if (!scope || scope.staff) return sql`true`;
  return resource.visibleTo?.(scope.organization) ?? sql`t.organization = ${scope.organization}::uuid`;
}

async function countRows({ db }: RegistryContext, resource: Resource, selection: Selection): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from ${sql.table(resource.table)} t where ${whereOf(resource, selection)}`.execute(db);
  return rows[0]!.count;
}

function whereOf(resource: Resource, { scope, ids, conditions = [] }: Selection): RawBuilder<unknown> {
  const chosen = ids ? [sql`t.id in (${sql.join(ids)})`] : [];
  return sql.join([visible(resource, scope), ...chosen, ...conditions], sql` and `);
}

function columnsOf(resource: Resource): RawBuilder<unknown>[] {
  const organization = resource.ownership === "required" || resource.ownership === "optional" ? ["organization"] : [];
  const own = (names: readonly string[]) => names.map((name) => sql`${sql.ref(`t.${name}`)}`);
  const fields = Object.entries(resource.fields)
    .filter(([, field]) => !(field.kind === "value" && field.writeOnly))
    .map(([name, field]) => sql`${expressionOf(name, field)} as ${sql.ref(name)}`);
  return [...own(["id", ...organization]), ...fields, ...own(["created_at", "updated_at"])];
}

function expressionOf(name: string, field: Field): RawBuilder<unknown> {
  if (field.kind === "computed") return field.expression;
  if (field.kind !== "references") return sql`${sql.ref(`t.${name}`)}`;
  const other = sql.ref(`l.${field.link.other}`);
  return sql`(select coalesce(json_agg(${other} order by ${other}), '[]') from ${sql.table(field.link.table)} l
              where ${sql.ref(`l.${field.link.own}`)} = t.id)`;
}

function shown(row: Row): Row {
  const parts = Object.entries(row).map(([name, value]) => [name, value instanceof Date ? value.toISOString() : value]);
  return Object.fromEntries(parts);
}
