/** Runs that somebody asks for: they go ahead of everything scheduled. */
import { type Kysely, sql } from "kysely";
import { invalidFields, PlatformError } from "../../errors/platform-error.ts";
import type { Scope } from "../../registry/scope.ts";
import { checkCall, checkedFirst, executionTypeOf } from "../../registry/task-calls.ts";
import type { Database } from "../../stores/relational/database.ts";
import { networkOfDevice } from "../queue/networks.ts";
import { priorities } from "../queue/priorities.ts";
import { delayOf } from "../schedule/periods.ts";
import { ensureNetworks } from "../schedule/scheduler.ts";

export interface Invocation {
  readonly meter_device: string;
  readonly meter_execution_type: string;
  readonly task_call: string;
  readonly task_kwargs?: Record<string, unknown> | null;
  readonly run_offset_seconds?: number;
}

/**
 * Puts a run on demand into the queue.
 * @param now milliseconds UTC
 * @param mostWaiting runs on demand that may wait for one meter
 * @returns the run's id
 * @throws PlatformError `invalid` naming the field, or `too_many_requests`
 */
export async function invoke(
  db: Kysely<Database>,
  invocation: Invocation,
  scope: Scope,
  now: number,
  mostWaiting: number,
): Promise<number> {
  const type = executionTypeOf(invocation.meter_execution_type);
  if (!type)
    throw invalidFields({ meter_execution_type: `"${invocation.meter_execution_type}" is not a valid choice.` });
  const kwargs = invocation.task_kwargs ?? {};
  const problem = checkedFirst(type) === "when run" ? undefined : checkCall(type, invocation.task_call, kwargs);
  if (problem) throw invalidFields({ [problem.field]: problem.messages });
  await refuseUncallable(db, invocation.meter_device, scope);
  await refuseTooMany(db, invocation.meter_device, mostWaiting);
  await ensureNetworks(db, [invocation.meter_device]);
  const offset = Math.max(0, invocation.run_offset_seconds ?? 0);
  const { rows } = await sql<{ id: number }>`
    insert into amr_runs (organization, meter_device, origin, meter_execution_type, task_call, task_kwargs,
      run_offset_seconds, network, due_at, not_before, priority, created_at)
    select d.organization, d.id, 'on-demand', ${type}, ${invocation.task_call}, ${JSON.stringify(kwargs)}::jsonb,
      ${offset}, n.number, ${new Date(now)}, ${new Date(now + delayOf(offset))}, ${priorities.onDemand}, ${new Date(now)}
    from meter_devices d
    ${networkOfDevice}
    where d.id = ${invocation.meter_device}
    returning id`.execute(db);
  return rows[0]!.id;
}

/** In the words in which other references to nothing are refused. */
async function refuseUncallable(db: Kysely<Database>, device: string, scope: Scope): Promise<void> {
  const row = await db
    .selectFrom("meter_devices")
    .select(["organization", "meter_activation_status", "udil_mdc"])
    .where("id", "=", device)
    .executeTakeFirst();
  if (!row || (!scope.staff && row.organization !== scope.organization)) {
    throw invalidFields({ meter_device: `Invalid pk "${device}" - object does not exist.` });
  }
  if (row.organization === null) {
    throw invalidFields({ meter_device: "The meter belongs to no organization: its readings could not be stored." });
  }
  if (row.udil_mdc !== null) {
    throw invalidFields({
      meter_device: "The meter is behind a vendor's MDC: no run reaches it. Give the command on_demand_read.",
    });
  }
  if (row.meter_activation_status === 0) {
    throw invalidFields({ meter_device: "The meter is out of use (meter_activation_status 0): it is not read." });
  }
}

async function refuseTooMany(db: Kysely<Database>, device: string, mostWaiting: number): Promise<void> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from amr_runs
    where meter_device = ${device} and state = 'waiting' and origin = 'on-demand'`.execute(db);
  if (rows[0]!.count < mostWaiting) return;
  throw new PlatformError("too_many_requests", {
    message: `${mostWaiting} runs on demand are waiting for this meter already. Wait until some are made.`,
  });
}
