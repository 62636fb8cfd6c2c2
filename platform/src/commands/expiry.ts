/** Ends commands that were not carried out in time. */
import { type Kysely, sql } from "kysely";
import type { CountCommand } from "../head-end/runs/command-counter.ts";
import type { Database } from "../stores/relational/database.ts";
import { nameOfCommand } from "./cancellation.ts";
import { endRuns, lockRuns } from "./ended-runs.ts";

/**
 * What waits beyond its time is ended, and so is what a vendor's MDC never answered; a session under way is not disturbed.
 * What was sent without anybody learning its outcome has failed, not expired.
 * @returns how many, of one statement at most
 */
export async function expireCommands(
  db: Kysely<Database>,
  now: number,
  count: CountCommand = () => {},
): Promise<number> {
  const due = await sql<{ id: number }>`
    select id from command_devices
    where expires_at <= ${new Date(now)} and state in ('waiting', 'running') and (state = 'waiting' or udil_mdc is not null)
    order by expires_at limit ${sql.lit(rowsPerTransaction)}`.execute(db);
  const rows = due.rows.map(({ id }) => id);
  if (rows.length === 0) return 0;
  return await db.transaction().execute(async (transaction) => {
    await lockRuns(transaction, rows);
    const expired = await sql<{ id: number; name: string; state: "failed" | "expired" }>`
      update command_devices set
        state = case when times_sent > 0 then 'failed' else 'expired' end,
        cause = case when times_sent > 0 then 'command_not_verified' else 'command_expired' end,
        remark = left(concat_ws(' ', case when times_sent > 0
          then 'It was sent, and expired before anybody learned what came of it.'
          else 'It expired before it could be sent.' end, nullif(remark, '')), 1000),
        updated_at = ${new Date(now)}, peer_not_before = '-infinity'
      where id in (
        select id from command_devices
        where id = any(${rows}::bigint[]) and (state = 'waiting' or (state = 'running' and udil_mdc is not null))
        order by id for update
      )
      returning id, state, ${nameOfCommand} as name`.execute(transaction);
    for (const { name, state } of expired.rows) count(name, state);
    const ids = expired.rows.map(({ id }) => id);
    await endRuns(transaction, ids, "command_expired", now);
    return ids.length;
  });
}

const rowsPerTransaction = 1_000;
