import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Database } from "../../stores/relational/database.ts";
import { networkOfDevice } from "../queue/networks.ts";
import { ensureNetworks } from "../schedule/scheduler.ts";

export interface WaitingRun {
  readonly device: string;
  readonly task?: string;
  readonly call?: string;
  readonly kwargs?: object;
  readonly executionType?: string;
  readonly priority?: number;
  readonly dueAt: string | number;
  readonly origin?: "schedule" | "on-demand";
}

/** Puts a run straight into the queue. @returns its id */
export async function addWaitingRun(db: Kysely<Database>, run: WaitingRun): Promise<number> {
  await ensureNetworks(db, [run.device]);
  const { rows } = await sql<{ id: number }>`
    insert into amr_runs (organization, meter_device, amr_task, origin, meter_execution_type, task_call, task_kwargs,
      run_offset_seconds, network, due_at, not_before, priority, created_at)
    select d.organization, d.id, ${run.task ?? null}::uuid, ${run.origin ?? "schedule"}, ${run.executionType ?? "generic_dlms"},
      ${run.call ?? "read_object_list"}, ${JSON.stringify(run.kwargs ?? {})}::jsonb, 0, n.number, ${new Date(run.dueAt)},
      ${new Date(run.dueAt)}, ${run.priority ?? 1}, ${new Date(run.dueAt)}
    from meter_devices d
    ${networkOfDevice}
    where d.id = ${run.device}
    returning id`.execute(db);
  return rows[0]!.id;
}
