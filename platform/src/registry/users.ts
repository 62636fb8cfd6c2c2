import type { Kysely } from "kysely";
import { PlatformError } from "../errors/platform-error.ts";
import type { Database } from "../stores/relational/database.ts";

/**
 * Refuses a change that leaves nobody who could undo it. Called inside the transaction of the change.
 * @param deleted the user is still there and about to be deleted
 * @throws PlatformError `last_administrator`
 */
export async function keepOneAdministrator(db: Kysely<Database>, userId: string, deleted?: "deleted"): Promise<void> {
  const left = await db
    .selectFrom("users")
    .select("id")
    .where("is_staff", "=", true)
    .where("is_active", "=", true)
    .$if(deleted !== undefined, (query) => query.where("id", "<>", userId))
    .forUpdate()
    .execute();
  if (left.length === 0) throw new PlatformError("last_administrator");
}
