/** Runs as the API shows them. */
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Page, PageOfRows } from "../../http/paging.ts";
import type { Scope } from "../../registry/scope.ts";
import type { Database } from "../../stores/relational/database.ts";
import type { RunState } from "../../stores/relational/tables/head-end.ts";
import { causeOf } from "../causes.ts";

export interface RunFilter {
  readonly meter_device?: string;
  readonly amr_task?: string;
  readonly state?: string;
  readonly cause?: string;
}

export interface ShownRun {
  readonly id: number;
  readonly organization: string;
  readonly meter_device: string;
  readonly meter_device_name: string;
  readonly amr_task: string | null;
  readonly amr_task_name: string | null;
  readonly origin: string;
  /** The command that the run carries out. */
  readonly command: string | null;
  readonly meter_execution_type: string;
  readonly task_call: string;
  readonly task_kwargs: Record<string, unknown>;
  readonly state: RunState;
  readonly attempts: number;
  readonly due_at: Date;
  readonly not_before: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly duration_seconds: number | null;
  readonly bytes_sent: number;
  readonly bytes_received: number;
  readonly rows_read: number;
  readonly readings_stored: number;
  readonly cause: string | null;
  readonly cause_sentence: string | null;
  readonly cause_advice: string | null;
  readonly cause_detail: string | null;
  readonly notes: readonly string[];
  readonly created_at: Date;
}

/** One page, newest first. Runs are counted up to `mostCounted`. */
export async function listRuns(
  db: Kysely<Database>,
  filter: RunFilter,
  scope: Scope,
  page: Page,
): Promise<PageOfRows<ShownRun>> {
  const where = conditions(filter, scope);
  const { rows } = await sql<RunRow>`
    select ${shownColumns} from (
      select * from amr_runs r where ${where} order by r.id desc limit ${page.limit} offset ${page.offset}
    ) r ${names} order by r.id desc`.execute(db);
  const counted = await sql<{ count: number }>`
    select count(*)::integer as count from (select from amr_runs r where ${where} limit ${mostCounted}) counted`.execute(
    db,
  );
  return { count: counted.rows[0]!.count, rows: rows.map(shown) };
}

/** One run with its result; undefined when there is none the caller may see. */
export async function readRun(
  db: Kysely<Database>,
  id: number,
  scope: Scope,
): Promise<(ShownRun & { readonly result: unknown }) | undefined> {
  const { rows } = await sql<RunRow & { result: unknown }>`
    select ${shownColumns}, r.result from amr_runs r ${names} where r.id = ${id} and ${tenancy(scope)}`.execute(db);
  const [row] = rows;
  return row && { ...shown(row), result: row.result };
}

/** What a list counts at most: counting a month of runs of many meters would take longer than anybody waits. */
export const mostCounted = 1_000_000;

type RunRow = Omit<ShownRun, "duration_seconds" | "cause_sentence" | "cause_advice" | "notes"> & {
  readonly duration_milliseconds: number | null;
  readonly notes: readonly string[] | null;
};

const shownColumns = sql`r.id, r.organization, r.meter_device, d.name as meter_device_name, r.amr_task,
  t.name as amr_task_name, r.origin, c.command, r.meter_execution_type, r.task_call, r.task_kwargs, r.state, r.attempts, r.due_at,
  r.not_before, r.started_at, r.finished_at, r.duration_milliseconds, r.bytes_sent, r.bytes_received, r.rows_read,
  r.readings_stored, r.cause, r.cause_detail, r.notes, r.created_at`;
const names = sql`join meter_devices d on d.id = r.meter_device left join amr_tasks t on t.id = r.amr_task
  left join command_devices c on c.id = r.command_device`;

function conditions(filter: RunFilter, scope: Scope): RawBuilder<unknown> {
  const { meter_device, amr_task, state, cause } = filter;
  return sql.join(
    [
      tenancy(scope),
      ...(meter_device === undefined ? [] : [sql`r.meter_device = ${meter_device}::uuid`]),
      ...(amr_task === undefined ? [] : [sql`r.amr_task = ${amr_task}::uuid`]),
      ...(state === undefined ? [] : [sql`r.state = ${state}`]),
      ...(cause === undefined ? [] : [sql`r.cause = ${cause}`]),
    ],
    sql` and `,
  );
}

function tenancy(scope: Scope): RawBuilder<unknown> {
  return scope.staff ? sql`true` : sql`r.organization = ${scope.organization}::uuid`;
}

function shown({ duration_milliseconds: duration, notes, ...row }: RunRow): ShownRun {
  const cause = causeOf(row.cause);
  return {
    ...row,
    duration_seconds: duration === null ? null : duration / 1000,
    cause_sentence: cause?.sentence ?? null,
    cause_advice: cause?.advice ?? null,
    notes: notes ?? [],
  };
}
