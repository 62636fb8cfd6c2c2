/**
 * Turns due tasks into runs. Nothing is kept per (device, task) pair: when a task's period begins, its devices are walked
 * page by page and each page becomes runs with one statement. So a million meters cost nothing between periods, a device
 * that joins or leaves a task needs no second bookkeeping, and the unique index over (device, task, due time) makes the
 * walk repeatable: after a crash, or by two processes at once, nothing is scheduled twice.
 *
 * Of the periods missed while no process ran only the latest is made up for: the reads fill the gap themselves.
 */
import { type Kysely, sql } from "kysely";
import { schedules } from "../../registry/resources/amr-tasks.ts";
import type { Database } from "../../stores/relational/database.ts";
import type { Clock } from "../clock.ts";
import { interfaceOfDevice, networkName, networkOfDevice } from "../queue/networks.ts";
import { priorities } from "../queue/priorities.ts";
import type { HeadEndSettings } from "../settings.ts";
import { delayOf, latestDue, nextDue, type Schedule } from "./periods.ts";

export interface ScheduleResult {
  /** Runs added to the queue. */
  readonly runs: number;
  /** When to look again, milliseconds UTC. */
  readonly nextAt: number;
}

export class Scheduler {
  readonly #db: Kysely<Database>;
  readonly #settings: HeadEndSettings;
  readonly #clock: Pick<Clock, "now">;

  constructor(db: Kysely<Database>, settings: HeadEndSettings, clock: Pick<Clock, "now">) {
    this.#db = db;
    this.#settings = settings;
    this.#clock = clock;
  }

  /** Makes the runs that are due now. */
  async run(): Promise<ScheduleResult> {
    const now = this.#clock.now();
    let runs = 0;
    let nextAt = now + this.#settings.taskRescanMilliseconds;
    for (const task of await this.#activeTasks()) {
      const delay = delayOf(task.runOffsetSeconds);
      const due = latestDue(task.schedule, now - delay);
      if (await this.#mustExpand(task, due)) runs += await this.#expand(task, due);
      nextAt = Math.min(nextAt, nextDue(task.schedule, now - delay) + delay);
    }
    return { runs, nextAt: Math.max(nextAt, now + 1) };
  }

  /** The tasks, not the devices, are what is looked at: some per organization. */
  async #activeTasks(): Promise<Task[]> {
    const rows = await this.#db
      .selectFrom("amr_tasks as t")
      .innerJoin("organizations as o", "o.id", "t.organization")
      .leftJoin("amr_task_progress as p", "p.amr_task", "t.id")
      .select([
        "t.id",
        "t.schedule",
        "t.run_offset_seconds",
        "t.created_at",
        "p.due_at",
        "p.complete",
        "p.claimed_until",
      ])
      .where("t.is_active", "=", true)
      .where("o.is_active", "=", true)
      .execute();
    return rows.flatMap((row) => {
      const schedule = schedules.find((name) => name === row.schedule);
      if (schedule === undefined) return [];
      return {
        id: row.id,
        schedule,
        runOffsetSeconds: row.run_offset_seconds,
        createdAt: row.created_at.getTime(),
        progress: row.due_at && {
          due: row.due_at.getTime(),
          complete: row.complete!,
          claimedUntil: row.claimed_until!.getTime(),
        },
      };
    });
  }

  /** Claims the period for this process with one atomic statement, when somebody still has to walk it. */
  async #mustExpand(task: Task, due: number): Promise<boolean> {
    const now = this.#clock.now();
    // A new task begins with the first period after its creation.
    if (due <= task.createdAt) return false;
    const { progress } = task;
    if (
      progress &&
      (progress.due > due || (progress.due === due && (progress.complete || progress.claimedUntil > now)))
    ) {
      return false;
    }
    const { rows } = await sql`
      insert into amr_task_progress as p (amr_task, due_at, complete, claimed_until)
      values (${task.id}, ${new Date(due)}, false, ${new Date(now + this.#settings.leaseMilliseconds)})
      on conflict (amr_task) do update
        set due_at = excluded.due_at, complete = false, claimed_until = excluded.claimed_until
        where p.due_at < excluded.due_at
          or (p.due_at = excluded.due_at and not p.complete and p.claimed_until <= ${new Date(now)})
      returning 1`.execute(this.#db);
    return rows.length > 0;
  }

  async #expand(task: Task, due: number): Promise<number> {
    let runs = 0;
    let after = beforeEveryId;
    for (;;) {
      const devices = await this.#devicesOf(task.id, after);
      if (devices.length > 0) runs += await this.#addRuns(task, devices, due);
      if (devices.length < this.#settings.expansionPage) break;
      after = devices.at(-1)!;
      await this.#db
        .updateTable("amr_task_progress")
        .set({ claimed_until: new Date(this.#clock.now() + this.#settings.leaseMilliseconds) })
        .where("amr_task", "=", task.id)
        .where("due_at", "=", new Date(due))
        .execute();
    }
    await this.#db
      .updateTable("amr_task_progress")
      .set({ complete: true })
      .where("amr_task", "=", task.id)
      .where("due_at", "=", new Date(due))
      .execute();
    return runs;
  }

  /** One page of the devices that have the task themselves or by a group, each once, in the order of their ids. */
  async #devicesOf(task: string, after: string): Promise<string[]> {
    const limit = sql.lit(this.#settings.expansionPage);
    const { rows } = await sql<{ meter_device: string }>`
      (select meter_device from meter_device_tasks
        where amr_task = ${task} and meter_device > ${after} order by meter_device limit ${limit})
      union
      (select g.meter_device from amr_task_group_tasks t
        cross join lateral (
          select meter_device from meter_device_task_groups
          where amr_task_group = t.amr_task_group and meter_device > ${after}
          order by meter_device limit ${limit}
        ) g
        where t.amr_task = ${task})
      order by meter_device limit ${limit}`.execute(this.#db);
    return rows.map(({ meter_device }) => meter_device);
  }

  async #addRuns(task: Task, devices: readonly string[], due: number): Promise<number> {
    const now = this.#clock.now();
    return await this.#db.transaction().execute(async (transaction) => {
      await ensureNetworks(transaction, devices);
      await transaction
        .updateTable("amr_runs")
        .set({ state: "superseded", finished_at: new Date(now) })
        .where("amr_task", "=", task.id)
        .where("meter_device", "in", devices)
        .where("state", "=", "waiting")
        .where("due_at", "<", new Date(due))
        .execute();
      const result = await sql`
        insert into amr_runs (organization, meter_device, amr_task, origin, meter_execution_type, task_call, task_kwargs,
          run_offset_seconds, network, due_at, not_before, priority, created_at)
        select d.organization, d.id, t.id, 'schedule', t.meter_execution_type, t.task_call,
          coalesce(t.task_kwargs, '{}'::jsonb), greatest(t.run_offset_seconds, 0), n.number, ${new Date(due)},
          ${new Date(due + delayOf(task.runOffsetSeconds))},
          least(${sql.lit(priorities.scheduled)} + coalesce(status.consecutive_failures, 0), ${sql.lit(priorities.lowest)}),
          ${new Date(now)}
        from meter_devices d
        join organizations o on o.id = d.organization and o.is_active
        join amr_tasks t on t.id = ${task.id}
        ${networkOfDevice}
        left join meter_device_statuses status on status.meter_device = d.id
        where d.id = any(${devices}::uuid[]) and d.meter_activation_status = 1 and d.udil_mdc is null
        on conflict (meter_device, amr_task, due_at) where amr_task is not null do nothing`.execute(transaction);
      return Number(result.numAffectedRows ?? 0);
    });
  }
}

/** Makes the network rows that runs of these devices refer to. */
export async function ensureNetworks(db: Kysely<Database>, devices: readonly string[]): Promise<void> {
  await sql`
    insert into amr_networks (organization, name)
    select distinct d.organization, ${networkName}
    from meter_devices d
    ${interfaceOfDevice}
    where d.id = any(${devices}::uuid[]) and d.organization is not null
    on conflict (organization, name) do nothing`.execute(db);
}

interface Task {
  readonly id: string;
  readonly schedule: Schedule;
  readonly runOffsetSeconds: number;
  readonly createdAt: number;
  readonly progress: { readonly due: number; readonly complete: boolean; readonly claimedUntil: number } | null;
}

const beforeEveryId = "00000000-0000-0000-0000-000000000000";
