/** Writes a command with its rows and the runs that carry it out, a bounded number of rows with each statement. */
import { sql, type Transaction } from "kysely";
import { levelAssignments, levelColumns, levelColumnTypes } from "../head-end/queue/command-levels.ts";
import { networkOfDevice } from "../head-end/queue/networks.ts";
import { priorities } from "../head-end/queue/priorities.ts";
import { ensureNetworks } from "../head-end/schedule/scheduler.ts";
import type { CommandName } from "../registry/commands/index.ts";
import { protocolDeclarations } from "../registry/protocols/index.ts";
import type { Database } from "../stores/relational/database.ts";
import { type CommandPriority, commandLimits, type DeviceFilter } from "./new-command.ts";
import type { Refusal } from "./refusals.ts";

export interface CommandToStore {
  readonly id: string;
  readonly organization: string;
  readonly command: CommandName;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly origin: "api" | "udil";
  readonly requestedBy: string;
  /** The client of UDIL that gave it. */
  readonly client: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly digest: string;
  readonly filter: DeviceFilter | undefined;
  readonly priority: CommandPriority;
  /** Milliseconds UTC. */
  readonly expiresAt: number;
  readonly createdAt: number;
}

/** What a command is to do with one device. */
export interface Placement {
  readonly meterDevice: string | undefined;
  readonly globalDeviceId: string | undefined;
  readonly msn: string | undefined;
  /** The vendor's MDC that has the meter. */
  readonly mdc: string | undefined;
  readonly refusal: Refusal | undefined;
  /** The platform did its part; `mdc` is still to be told. */
  readonly done?: { readonly remark?: string | undefined; readonly result?: unknown } | undefined;
}

/** Nothing is left to be done. */
export function isCarriedOut({ done, mdc, refusal }: Placement): boolean {
  return refusal === undefined && done !== undefined && mdc === undefined;
}

/** @returns whether it was written; false when its idempotency key was used before */
export async function storeCommand(transaction: Transaction<Database>, command: CommandToStore): Promise<boolean> {
  const { rows } = await sql`
    insert into commands (id, organization, command, parameters, origin, requested_by, mdm_client, idempotency_key, digest, filter,
      priority, expires_at, created_at)
    values (${command.id}, ${command.organization}, ${command.command}, ${JSON.stringify(command.parameters)}::jsonb,
      ${command.origin}, ${command.requestedBy}, ${command.client ?? null}, ${command.idempotencyKey ?? null}, ${command.digest},
      ${command.filter ? JSON.stringify(command.filter) : null}::jsonb, ${command.priority},
      ${new Date(command.expiresAt)}, ${new Date(command.createdAt)})
    on conflict do nothing
    returning id`.execute(transaction);
  return rows.length > 0;
}

/** @returns the ids of the rows, in the order of the placements */
export async function storePlacements(
  transaction: Transaction<Database>,
  command: CommandToStore,
  placements: readonly Placement[],
): Promise<number[]> {
  const ids: number[] = [];
  for (let first = 0; first < placements.length; first += commandLimits.rowsPerStatement) {
    const part = placements.slice(first, first + commandLimits.rowsPerStatement);
    ids.push(...(await insertRows(transaction, command, part, first)));
    const ours = part.flatMap(({ meterDevice, mdc, refusal, done }) =>
      meterDevice !== undefined && mdc === undefined && !refusal && !done ? meterDevice : [],
    );
    if (ours.length > 0) await insertRuns(transaction, command, ours, first, part.length);
  }
  return ids;
}

async function insertRows(
  transaction: Transaction<Database>,
  command: CommandToStore,
  placements: readonly Placement[],
  first: number,
): Promise<number[]> {
  const rows = placements.map((placement, index) => ({
    position: first + index,
    meter_device: placement.meterDevice ?? null,
    global_device_id: placement.globalDeviceId ?? null,
    msn: placement.msn ?? null,
    udil_mdc: placement.mdc ?? null,
    state: placement.refusal ? "refused" : isCarriedOut(placement) ? "succeeded" : "waiting",
    cause: placement.refusal?.cause ?? null,
    remark: placement.refusal?.remark ?? placement.done?.remark ?? null,
    result: placement.done?.result ?? null,
  }));
  const inserted = await sql<{ id: number; position: number }>`
    insert into command_devices (command, organization, position, meter_device, global_device_id, msn, udil_mdc, priority, state,
      cause, remark, result, created_at, expires_at, updated_at)
    select ${command.id}::uuid, ${command.organization}::uuid, v.position, v.meter_device, left(v.global_device_id, ${sql.lit(commandLimits.globalDeviceIdCharacters)}), v.msn,
      v.udil_mdc, ${command.priority}, v.state, v.cause, left(v.remark, 1000), v.result, ${new Date(command.createdAt)},
      ${new Date(command.expiresAt)}, ${new Date(command.createdAt)}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as v(position integer, meter_device uuid, global_device_id text,
      msn text, udil_mdc uuid, state text, cause text, remark text, result jsonb)
    returning id, position`.execute(transaction);
  if (placements.some(isCarriedOut)) await completeLevels(transaction, command, first, placements.length);
  const byPosition = new Map(inserted.rows.map(({ id, position }) => [position, id]));
  return rows.map(({ position }) => byPosition.get(position)!);
}

/** What the platform does itself passes all levels at once. */
async function completeLevels(
  transaction: Transaction<Database>,
  command: CommandToStore,
  first: number,
  count: number,
) {
  const levels = JSON.stringify([levelColumns({ 5: command.createdAt })]);
  await sql`
    update command_devices c set ${levelAssignments}
    from jsonb_to_recordset(${levels}::jsonb) as v(${levelColumnTypes})
    where c.command = ${command.id} and c.state = 'succeeded'
      and c.position >= ${first} and c.position < ${first + count}`.execute(transaction);
}

async function insertRuns(
  transaction: Transaction<Database>,
  command: CommandToStore,
  meters: readonly string[],
  first: number,
  count: number,
): Promise<void> {
  await ensureNetworks(transaction, meters);
  const now = new Date(command.createdAt);
  await sql`
    insert into amr_runs (organization, meter_device, origin, command_device, meter_execution_type, task_call, task_kwargs,
      run_offset_seconds, network, due_at, not_before, priority, created_at)
    select c.organization, d.id, 'command', c.id, ${JSON.stringify(executionTypes)}::jsonb ->> d.protocol, ${command.command},
      '{}'::jsonb, 0, n.number, ${now}, ${now}, ${queuePriorities[command.priority]}, ${now}
    from command_devices c
    join meter_devices d on d.id = c.meter_device
    ${networkOfDevice}
    where c.command = ${command.id} and c.position >= ${first} and c.position < ${first + count}
      and c.state = 'waiting' and c.udil_mdc is null`.execute(transaction);
}

const executionTypes = Object.fromEntries(
  protocolDeclarations.map(({ protocol, executionType }) => [protocol, executionType]),
);

const queuePriorities = [priorities.urgent, priorities.onDemand, priorities.scheduled] as const;
