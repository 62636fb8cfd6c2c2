/** Commands behind runs: taken up together with their run, and given back with it. */
import { sql, type Transaction } from "kysely";
import { type CommandName, type CommandParameters, isCommandName } from "../../registry/commands/index.ts";
import type { Database } from "../../stores/relational/database.ts";
import { levelAssignments, levelColumns, levelColumnTypes } from "./command-levels.ts";

/** What a run has to carry out. */
export interface ClaimedCommand {
  /** The row of `command_devices`. */
  readonly row: number;
  readonly name: CommandName;
  readonly parameters: CommandParameters;
  /** An earlier attempt sent it. */
  readonly sentBefore: boolean;
  /** Milliseconds UTC: it is tried until then. */
  readonly expiresAt: number;
}

/** Takes commands up. @returns them by their row; one that was cancelled meanwhile is missing */
export async function claimCommands(
  transaction: Transaction<Database>,
  rows: readonly number[],
  now: number,
): Promise<ReadonlyMap<number, ClaimedCommand>> {
  if (rows.length === 0) return new Map();
  const level = JSON.stringify([levelColumns({ 1: now })]);
  const claimed = await sql<ClaimRow>`
    update command_devices c set state = 'running', ${levelAssignments}, updated_at = ${new Date(now)}
    from jsonb_to_recordset(${level}::jsonb) as v(${levelColumnTypes}), commands k
    where c.id = any(${rows}::bigint[]) and c.state = 'waiting' and k.id = c.command
    returning c.id, k.command, k.parameters, c.times_sent, c.expires_at`.execute(transaction);
  return new Map(
    claimed.rows.flatMap(({ id, command, parameters, times_sent, expires_at }) => {
      if (!isCommandName(command)) return [];
      const sentBefore = times_sent > 0;
      return [[id, { row: id, name: command, parameters, sentBefore, expiresAt: expires_at.getTime() }]];
    }),
  );
}

/** The runs of these rows wait again, and so do the rows. */
export async function returnCommands(transaction: Transaction<Database>, rows: readonly number[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    update command_devices set state = 'waiting', updated_at = now()
    where id = any(${rows}::bigint[]) and state = 'running'`.execute(transaction);
}

interface ClaimRow {
  readonly id: number;
  readonly command: string;
  readonly parameters: CommandParameters;
  readonly times_sent: number;
  readonly expires_at: Date;
}
