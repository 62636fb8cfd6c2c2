import { type RawBuilder, sql } from "kysely";
import Type from "typebox";

/** What a person may know a meter by. */
const searchedColumns = [
  "name",
  "external_system_reference",
  "manufacturer_serial",
  "global_device_id",
  "msn",
] as const;

/** The query parameter `search` of lists of meters; the original's framework has it under this name. */
export const deviceSearchParameter = Type.String({
  description: `Text that is part of ${searchedColumns.join(", ")}, whatever its case (an extension of the contract).`,
});

/** @returns an SQL condition over the meters of the alias: one of the searched columns holds the text */
export function deviceSearch(alias: string, text: string): RawBuilder<boolean> {
  const pattern = `%${text.trim().replaceAll(/[\\%_]/g, "\\$&")}%`;
  const found = searchedColumns.map((column) => sql`${sql.ref(`${alias}.${column}`)} ilike ${pattern}`);
  return sql<boolean>`(${sql.join(found, sql` or `)})`;
}
