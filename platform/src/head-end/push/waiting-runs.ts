import { type Kysely, sql } from "kysely";
import type { Database } from "../../stores/relational/database.ts";

/** A meter dialled in: what waits for it need not wait out the pause after a failure. Promised delays are kept. */
export async function beginWaitingRuns(db: Kysely<Database>, device: string, now: number): Promise<void> {
  const promised = sql`due_at + make_interval(secs => run_offset_seconds)`;
  await sql`
    update amr_runs set not_before = greatest(${promised}, ${new Date(now)})
    where meter_device = ${device} and state = 'waiting' and not_before > greatest(${promised}, ${new Date(now)})`.execute(
    db,
  );
}
