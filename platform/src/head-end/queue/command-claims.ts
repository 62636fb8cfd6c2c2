/**
 * Commands behind runs: taken up together with their run, and given back with it. What is asked of a meter twice is carried
 * out in the order of asking, whatever the priorities and the pauses after failures: a supply that was cut and connected
 * again must not end cut.
 */
import { type RawBuilder, sql, type Transaction } from "kysely";
import {
  type CommandName,
  type CommandParameters,
  commandOfCode,
  isCommandName,
} from "../../registry/commands/index.ts";
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
  /** Too late, while no process was there to say so. */
  readonly expired: boolean;
  /** The same was asked later, and done: doing this one now would undo that. */
  readonly overtaken: boolean;
}

/** SQL condition: the command of the run `r` pauses after a failure, and the same was asked later and is due. */
export function precedes(now: number): RawBuilder<boolean> {
  return sql<boolean>`(r.command_device is not null and exists (
    select from amr_runs later
    where later.meter_device = r.meter_device and later.state = 'waiting' and later.not_before <= ${new Date(now)}
      and later.task_call = r.task_call and later.command_device > r.command_device))`;
}

/** SQL: which setting the command `alias` sets. Taking it back is asking for the same setting. */
function settingOf(alias: "k" | "l"): RawBuilder<string> {
  const command = sql.ref<string>(`${alias}.command`);
  const code = sql`${sql.ref(`${alias}.parameters`)} ->> 'type'`;
  return sql`case ${command} when 'parameterization_cancellation' then ${JSON.stringify(commandOfCode)}::jsonb ->> (${code}) else ${command} end`;
}

/** SQL condition: the same as the row `c` of the command `k` was asked of the meter later, and done. Reads undo nothing. */
export const overtaken: RawBuilder<boolean> = sql<boolean>`(k.command <> 'on_demand_read' and exists (
  select from command_devices later join commands l on l.id = later.command
  where later.meter_device = c.meter_device and later.id > c.id and later.state = 'succeeded'
    and ${settingOf("l")} = ${settingOf("k")}
    and l.parameters -> 'data_type' is not distinct from k.parameters -> 'data_type'))`;

/** Runs by priority; the same command twice in the order of asking, both as early as the first of them. */
export function inOrder<Run extends RunInOrder>(runs: readonly Run[]): Run[] {
  const ordered = runs.toSorted((a, b) => a.priority - b.priority || a.id - b.id);
  const asked = Map.groupBy(
    ordered.filter(({ command }) => command).sort((a, b) => a.command!.row - b.command!.row),
    ({ command }) => settingIn(command!),
  );
  return ordered.map((run) => (run.command ? asked.get(settingIn(run.command))!.shift()! : run));
}

function settingIn({ name, parameters }: NonNullable<RunInOrder["command"]>): string {
  if (name !== "parameterization_cancellation") return name;
  return commandOfCode[(parameters as CommandParameters<typeof name>).type];
}

interface RunInOrder {
  readonly id: number;
  readonly priority: number;
  readonly command?: (Pick<ClaimedCommand, "row" | "name"> & Partial<Pick<ClaimedCommand, "parameters">>) | undefined;
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
    returning c.id, k.command, k.parameters, c.times_sent, c.expires_at <= ${new Date(now)} as expired,
      ${overtaken} as overtaken`.execute(transaction);
  return new Map(
    claimed.rows.flatMap(({ id, command, parameters, times_sent, expired, overtaken }) => {
      if (!isCommandName(command)) return [];
      const sentBefore = times_sent > 0;
      return [[id, { row: id, name: command, parameters, sentBefore, expired, overtaken }]];
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
  readonly expired: boolean;
  readonly overtaken: boolean;
}
