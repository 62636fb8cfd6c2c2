/** The status list: meters in the order of their creation, each with how it answered last. */
import { type Kysely, sql } from "kysely";
import type { Page, PageOfRows } from "../../http/paging.ts";
import { deviceSearch } from "../../registry/device-search.ts";
import type { Scope } from "../../registry/scope.ts";
import type { Database } from "../../stores/relational/database.ts";
import { causeOf } from "../causes.ts";

export interface ShownStatus {
  readonly meter_device: string;
  readonly name: string;
  readonly organization: string | null;
  readonly last_attempt: Date | null;
  readonly last_contact: Date | null;
  readonly last_success: Date | null;
  readonly last_cause: string | null;
  readonly last_cause_sentence: string | null;
  readonly last_cause_advice: string | null;
  readonly success_percent: number | null;
  readonly counted_contacts: number;
  readonly consecutive_failures: number;
  readonly clock_drift_seconds: number | null;
  readonly clock_read_at: Date | null;
  readonly clock_set_at: Date | null;
}

export interface StatusFilter {
  /** Exact name of one meter. */
  readonly name?: string;
  readonly protocol?: string;
  /** Part of what a meter is known by. */
  readonly search?: string;
}

export async function listStatuses(
  db: Kysely<Database>,
  { name, protocol, search }: StatusFilter,
  scope: Scope,
  page: Page,
): Promise<PageOfRows<ShownStatus>> {
  const where = sql.join(
    [
      scope.staff ? sql`true` : sql`d.organization = ${scope.organization}::uuid`,
      ...(name === undefined ? [] : [sql`d.name = ${name}`]),
      ...(protocol === undefined ? [] : [sql`d.protocol = ${protocol}`]),
      ...(search === undefined ? [] : [deviceSearch("d", search)]),
    ],
    sql` and `,
  );
  const { rows } = await sql<StatusRow>`
    select d.id as meter_device, d.name, d.organization, s.last_attempt, s.last_contact, s.last_success, s.last_cause,
      s.outcomes, s.outcome_count, s.consecutive_failures, s.clock_drift_seconds, s.clock_read_at, s.clock_set_at
    from (
      select d.id, d.name, d.organization, d.created_at from meter_devices d
      where ${where} order by d.created_at, d.id limit ${page.limit} offset ${page.offset}
    ) d
    left join meter_device_statuses s on s.meter_device = d.id
    order by d.created_at, d.id`.execute(db);
  const counted = await sql<{ count: number }>`
    select count(*)::integer as count from meter_devices d where ${where}`.execute(db);
  return { count: counted.rows[0]!.count, rows: rows.map(shown) };
}

interface StatusRow
  extends Omit<
    ShownStatus,
    | "success_percent"
    | "counted_contacts"
    | "clock_drift_seconds"
    | "last_cause_sentence"
    | "last_cause_advice"
    | "consecutive_failures"
  > {
  readonly outcomes: number | null;
  readonly outcome_count: number | null;
  readonly consecutive_failures: number | null;
  readonly clock_drift_seconds: string | null;
}

function shown({ outcomes, outcome_count, consecutive_failures, clock_drift_seconds, ...row }: StatusRow): ShownStatus {
  const count = outcome_count ?? 0;
  const cause = causeOf(row.last_cause);
  return {
    ...row,
    last_cause_sentence: cause?.sentence ?? null,
    last_cause_advice: cause?.advice ?? null,
    success_percent: count === 0 ? null : Math.round((onesIn(outcomes ?? 0) * 1000) / count) / 10,
    counted_contacts: count,
    consecutive_failures: consecutive_failures ?? 0,
    clock_drift_seconds: clock_drift_seconds === null ? null : Number(clock_drift_seconds),
  };
}

function onesIn(bits: number): number {
  let ones = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) ones++;
  return ones;
}
