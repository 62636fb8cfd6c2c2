/** Commands as the API shows them. */
import { type Kysely, type RawBuilder, sql } from "kysely";
import { causeOf } from "../head-end/causes.ts";
import { mostCounted } from "../head-end/runs/run-queries.ts";
import type { Page, PageOfRows } from "../http/paging.ts";
import { type CommandName, commands } from "../registry/commands/index.ts";
import type { Scope } from "../registry/scope.ts";
import type { Database } from "../stores/relational/database.ts";
import { type CommandDeviceRow, individualStatus, selectCommandRows } from "./command-rows.ts";

export interface CommandFilter {
  readonly organization?: string;
  readonly command?: string;
  readonly origin?: string;
  readonly requested_by?: string;
  readonly idempotency_key?: string;
  readonly meter_device?: string;
  /** Commands with a device in that state. */
  readonly state?: string;
}

export interface CommandDeviceFilter {
  readonly state?: string;
  readonly status_level?: number;
  readonly meter_device?: string;
}

/** One page, newest first. Commands are counted up to `mostCounted`. */
export async function listCommands(
  db: Kysely<Database>,
  filter: CommandFilter,
  scope: Scope,
  page: Page,
): Promise<PageOfRows<object>> {
  const where = conditions(filter, scope);
  const rows = await selectCommands(db, where, sql`limit ${page.limit} offset ${page.offset}`);
  const counted = await sql<{ count: number }>`
    select count(*)::integer as count from (select from commands k where ${where} limit ${mostCounted}) counted`.execute(
    db,
  );
  return { count: counted.rows[0]!.count, rows };
}

/** Undefined when there is none the caller may see. */
export async function readCommand(db: Kysely<Database>, id: string, scope: Scope): Promise<object | undefined> {
  const [row] = await selectCommands(db, sql`k.id = ${id}::uuid and ${tenancy(scope)}`, sql``);
  return row;
}

/** One page in the order of the request; undefined when the caller may not see such a command. */
export async function listCommandDevices(
  db: Kysely<Database>,
  id: string,
  { state, status_level, meter_device }: CommandDeviceFilter,
  scope: Scope,
  page: Page,
): Promise<PageOfRows<object> | undefined> {
  const { rows: found } = await sql`
    select from commands k where k.id = ${id}::uuid and ${tenancy(scope)}`.execute(db);
  if (found.length === 0) return undefined;
  const where = sql.join(
    [
      sql`c.command = ${id}::uuid`,
      ...(state === undefined ? [] : [sql`c.state = ${state}`]),
      ...(status_level === undefined ? [] : [sql`c.status_level = ${status_level}`]),
      ...(meter_device === undefined ? [] : [sql`c.meter_device = ${meter_device}::uuid`]),
    ],
    sql` and `,
  );
  const part = sql`limit ${page.limit} offset ${page.offset}`;
  const rows = await selectCommandRows(db, where, { order: sql`c.position`, part });
  const counted = await sql<{ count: number }>`
    select count(*)::integer as count from command_devices c where ${where}`.execute(db);
  return { count: counted.rows[0]!.count, rows: rows.map(shownDevice) };
}

/** A row of a command as the API shows it. */
export function shownDevice(row: CommandDeviceRow) {
  const instant = (milliseconds: number | null) => (milliseconds === null ? null : new Date(milliseconds));
  const cause = causeOf(row.cause);
  const [status_1_at, status_2_at, status_3_at, status_4_at, status_5_at] = row.statusAt.map(instant);
  return {
    id: row.id,
    meter_device: row.meterDevice,
    meter_device_name: row.meterDeviceName,
    global_device_id: row.globalDeviceId,
    msn: row.msn,
    mdc: row.mdc,
    state: row.state,
    status_level: row.statusLevel,
    individual_status: individualStatus(row, "v3.3"),
    ...{ status_1_at, status_2_at, status_3_at, status_4_at, status_5_at },
    times_sent: row.timesSent,
    cause: row.cause,
    cause_sentence: cause?.sentence ?? null,
    cause_advice: cause?.advice ?? null,
    remark: row.remark,
    cancel_reason: row.cancelReason,
    cancelled_by: row.cancelledBy,
    cancelled_at: instant(row.cancelledAt),
    result: row.result,
    created_at: new Date(row.createdAt),
    expires_at: new Date(row.expiresAt),
    updated_at: new Date(row.updatedAt),
  };
}

/** The commands `k` with the numbers of their devices by state. */
async function selectCommands(db: Kysely<Database>, where: RawBuilder<unknown>, part: RawBuilder<unknown>) {
  const { rows } = await sql<CommandRow>`
    select k.*, coalesce(counted.states, '{}'::jsonb) as states
    from (select * from commands k where ${where} order by k.created_at desc, k.id desc ${part}) k
    left join lateral (
      select jsonb_object_agg(s.state, s.count) as states
      from (select c.state, count(*) as count from command_devices c where c.command = k.id group by c.state) s
    ) counted on true
    order by k.created_at desc, k.id desc`.execute(db);
  return rows.map(({ digest: _, states, command, ...row }) => ({
    ...row,
    command,
    title: Object.hasOwn(commands, command) ? commands[command as CommandName].title : command,
    device_count: Object.values(states).reduce((sum, count) => sum + count, 0),
    devices_by_state: states,
  }));
}

interface CommandRow {
  readonly command: string;
  readonly digest: string;
  readonly states: Readonly<Record<string, number>>;
  readonly [column: string]: unknown;
}

function conditions(filter: CommandFilter, scope: Scope): RawBuilder<unknown> {
  const { organization, command, origin, requested_by, idempotency_key, meter_device, state } = filter;
  return sql.join(
    [
      tenancy(scope),
      ...(organization === undefined ? [] : [sql`k.organization = ${organization}::uuid`]),
      ...(command === undefined ? [] : [sql`k.command = ${command}`]),
      ...(origin === undefined ? [] : [sql`k.origin = ${origin}`]),
      ...(requested_by === undefined ? [] : [sql`k.requested_by = ${requested_by}`]),
      ...(idempotency_key === undefined ? [] : [sql`k.idempotency_key = ${idempotency_key}`]),
      ...(meter_device === undefined
        ? []
        : [sql`k.id in (select c.command from command_devices c where c.meter_device = ${meter_device}::uuid)`]),
      ...(state === undefined
        ? []
        : [sql`exists (select from command_devices c where c.command = k.id and c.state = ${state})`]),
    ],
    sql` and `,
  );
}

function tenancy(scope: Scope): RawBuilder<unknown> {
  return scope.staff ? sql`true` : sql`k.organization = ${scope.organization}::uuid`;
}
