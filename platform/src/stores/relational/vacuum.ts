import { sql } from "kysely";
import type { Database } from "./database.ts";
import type { RelationalStore } from "./relational-store.ts";

/**
 * Makes the room of replaced rows usable again, and tells the planner how large tables have become. A server does so by
 * itself; the embedded engine has no process for it, and tables whose rows are rewritten at every contact with a meter
 * would grow without end. To be called now and then, outside of transactions.
 */
export async function vacuum(
  { db, engine }: Pick<RelationalStore, "db" | "engine">,
  tables: readonly (keyof Database)[],
): Promise<void> {
  if (engine !== "pglite") return;
  for (const table of tables) await sql`vacuum (analyze) ${sql.table(table)}`.execute(db);
}
