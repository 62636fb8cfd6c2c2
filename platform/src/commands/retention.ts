/** Forgets old commands, a bounded number of rows with each statement. */
import { type Kysely, sql } from "kysely";
import type { Database } from "../stores/relational/database.ts";

export interface Retention {
  /**
   * Commands are kept for so many days after they were given, with one row for each device; UDIL's TRANSACTION_STATUS is made
   * of them, and an idempotency key holds as long. One that is still to be carried out is kept however old it is.
   */
  readonly retentionDays: number;
  /** The rows that a read gave are kept with the command for so many days; they stay in the tables of their kind. */
  readonly resultRetentionDays: number;
}

/** @returns how many commands, and how many results of others, were forgotten */
export async function forgetCommands(
  db: Kysely<Database>,
  now: number,
  { retentionDays, resultRetentionDays }: Retention,
): Promise<{ readonly commands: number; readonly results: number }> {
  const daysAgo = (days: number) => new Date(now - days * 86_400_000);
  return {
    commands: await forgetOld(db, daysAgo(retentionDays)),
    results: await repeated(() => forgetResults(db, daysAgo(resultRetentionDays)), resultsPerStatement),
  };
}

async function forgetOld(db: Kysely<Database>, before: Date): Promise<number> {
  let forgotten = 0;
  for (;;) {
    const { rows } = await sql<{ id: string }>`
      select k.id from commands k
      where k.created_at < ${before} and not exists (
        select from command_devices c where c.command = k.id and c.state in ('waiting', 'running'))
      order by k.created_at, k.id limit ${sql.lit(commandsPerStep)}`.execute(db);
    const ids = rows.map(({ id }) => id);
    if (ids.length === 0) return forgotten;
    await repeated(() => deleteRows(db, ids), rowsPerStatement);
    await db.deleteFrom("commands").where("id", "in", ids).execute();
    forgotten += ids.length;
  }
}

async function deleteRows(db: Kysely<Database>, commands: readonly string[]): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from command_devices where id in (
      select id from command_devices where command = any(${commands}::uuid[]) limit ${sql.lit(rowsPerStatement)})`.execute(
    db,
  );
  return Number(numAffectedRows ?? 0);
}

async function forgetResults(db: Kysely<Database>, before: Date): Promise<number> {
  const { numAffectedRows } = await sql`
    update command_devices set result = null where id in (
      select id from command_devices
      where result ? 'rows' and created_at < ${before} and state not in ('waiting', 'running')
      order by created_at limit ${sql.lit(resultsPerStatement)})`.execute(db);
  return Number(numAffectedRows ?? 0);
}

/** Until a statement found less than it could have taken. */
async function repeated(statement: () => Promise<number>, most: number): Promise<number> {
  for (let sum = 0; ; ) {
    const count = await statement();
    sum += count;
    if (count < most) return sum;
  }
}

const commandsPerStep = 100;
const rowsPerStatement = 5_000;
const resultsPerStatement = 500;
