import { sql } from "kysely";
import { PlatformError } from "../errors/platform-error.ts";
import type { RegistryContext, Resource } from "./resource.ts";

/** Names of referring rows that a refusal mentions. */
const namesAtMost = 3;

/**
 * Refuses the deletion of a row while others refer to it that are no part of it.
 * @throws PlatformError `in_use`, naming what refers
 */
export async function refuseWhileReferred(context: RegistryContext, resource: Resource, id: unknown): Promise<void> {
  const told: string[] = [];
  for (const referrer of context.resources) {
    for (const condition of conditionsOf(referrer, resource, id)) {
      const named = "name" in referrer.fields ? sql`t.name` : sql`t.id::text`;
      const { rows } = await sql<{ count: number; names: string[] }>`
        select count(*) as count, (array_agg(${named} order by t.created_at, t.id))[1:${sql.lit(namesAtMost)}] as names
        from ${sql.table(referrer.table)} t where ${condition}`.execute(context.db);
      const { count, names } = rows[0]!;
      if (count > 0)
        told.push(`${count} ${count === 1 ? referrer.singular : referrer.plural} (${listed(names, count)})`);
    }
  }
  if (told.length === 0) return;
  throw new PlatformError("in_use", {
    message: `Cannot delete this ${resource.singular}: it is used by ${told.join(", ")}.`,
  });
}

/** @returns a condition over the rows of `referrer` for each of its fields that protects the row */
function conditionsOf(referrer: Resource, { table }: Resource, id: unknown) {
  const owned = referrer.ownership === "required" || referrer.ownership === "optional";
  const byOrganization = owned && table === "organizations" ? [sql`t.organization = ${id}`] : [];
  const byFields = Object.entries(referrer.fields).flatMap(([name, field]) => {
    if (field.kind !== "reference" && field.kind !== "references") return [];
    if (field.to !== table || field.onDelete === "cascade") return [];
    if (field.kind === "reference") return [sql`${sql.ref(`t.${name}`)} = ${id}`];
    const { link } = field;
    return [
      sql`exists (select from ${sql.table(link.table)} l
                  where ${sql.ref(`l.${link.own}`)} = t.id and ${sql.ref(`l.${link.other}`)} = ${id})`,
    ];
  });
  return [...byOrganization, ...byFields];
}

function listed(names: readonly string[], count: number): string {
  return names.join(", ") + (count > names.length ? ", …" : "");
}
