/** Waits for MDCs that were asked to cancel commands. */
import { type Kysely, sql } from "kysely";
import type { Clock } from "../head-end/clock.ts";
import type { Database } from "../stores/relational/database.ts";

/**
 * Resolves when every row was cancelled, was not, or has come to another end.
 * @param milliseconds after which whoever asked is told that it is not known yet
 */
export async function untilMdcsDecided(
  db: Kysely<Database>,
  clock: Clock,
  rows: readonly number[],
  milliseconds: number,
): Promise<void> {
  let open = rows;
  // By pauses, not by the clock: it may be set meanwhile.
  for (let waited = 0; waited < milliseconds; waited += pauseMilliseconds) {
    await new Promise<void>((resolve) => clock.after(pauseMilliseconds, resolve));
    const { rows: found } = await sql<{ id: number }>`
      select id from command_devices
      where id = any(${open}::bigint[]) and state in ('waiting', 'running') and cancelled_at is not null`.execute(db);
    open = found.map(({ id }) => id);
    if (open.length === 0) return;
  }
}

const pauseMilliseconds = 100;
