/**
 * The waiting runs of rows that are no longer to be carried out. A run is locked and written before its row, by everybody:
 * so nobody waits for somebody who waits for him.
 */
import { sql, type Transaction } from "kysely";
import type { CauseCode } from "../head-end/causes.ts";
import type { Database } from "../stores/relational/database.ts";

/** Nobody takes up or gives back the runs of these rows until the transaction ends. */
export async function lockRuns(transaction: Transaction<Database>, rows: readonly number[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    select id from amr_runs where command_device = any(${rows}::bigint[]) order by id for update`.execute(transaction);
}

/**
 * Runs under way are left to their sessions, which find out before anything is sent.
 * @param rows ids of command_devices whose runs are locked
 * @param at milliseconds UTC
 */
export async function endRuns(
  transaction: Transaction<Database>,
  rows: readonly number[],
  cause: CauseCode,
  at: number,
): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    update amr_runs set state = 'failed', cause = ${cause}, cause_detail = null, finished_at = ${new Date(at)}
    where command_device = any(${rows}::bigint[]) and state = 'waiting'`.execute(transaction);
}
