/** Rows of commands as other rooms and the API see them. */
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { CommandName } from "../registry/commands/index.ts";
import type { Database } from "../stores/relational/database.ts";
import type { CommandDeviceState } from "../stores/relational/tables/commands.ts";

/** One command for one device. Instants are milliseconds UTC. */
export interface CommandDeviceRow {
  readonly id: number;
  readonly command: string;
  readonly name: CommandName;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly origin: "api" | "udil";
  readonly requestedBy: string;
  /** The client of UDIL that gave it; null = it came by the API. */
  readonly client: string | null;
  /** UDIL's transaction id, of origin `udil`. */
  readonly idempotencyKey: string | null;
  readonly organization: string;
  /** Keys of the columnar store. */
  readonly organizationNumber: number;
  readonly deviceNumber: number | null;
  /** In the order of the request, from 0. */
  readonly position: number;
  readonly meterDevice: string | null;
  readonly meterDeviceName: string | null;
  readonly globalDeviceId: string | null;
  readonly msn: string | null;
  /** The vendor's MDC that has the meter; null = our own. */
  readonly mdc: string | null;
  readonly state: CommandDeviceState;
  readonly statusLevel: number;
  /** When levels 1 to 5 were reached. */
  readonly statusAt: readonly [number | null, number | null, number | null, number | null, number | null];
  /** How often it went out to the meter. */
  readonly timesSent: number;
  readonly cause: string | null;
  readonly remark: string | null;
  readonly cancelReason: string | null;
  readonly cancelledBy: string | null;
  readonly cancelledAt: number | null;
  readonly result: unknown;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly updatedAt: number;
}

/**
 * UDIL's indv_status of a row.
 * @param version v1 knows 0 and 1; later versions 0 in progress, 1 complete, 2 failed
 */
export function individualStatus(
  { state }: Pick<CommandDeviceRow, "state">,
  version: "v1" | "v3.2" | "v3.3",
): 0 | 1 | 2 {
  if (state === "succeeded") return 1;
  if (state === "waiting" || state === "running" || state === "cancelled") return 0;
  return version === "v1" ? 0 : 2;
}

/**
 * Rows `c` of command_devices that meet a condition, in the order of `order`. Without results, or the rows in them, which may be
 * thousands each, where nobody looks at them.
 */
export async function selectCommandRows(
  db: Kysely<Database>,
  condition: RawBuilder<unknown>,
  {
    order = sql`c.command, c.position`,
    part = sql``,
    withResults = true,
  }: { order?: RawBuilder<unknown>; part?: RawBuilder<unknown>; withResults?: boolean | "without rows" } = {},
): Promise<CommandDeviceRow[]> {
  const { rows } = await sql<StoredRow>`
    select c.id, c.command, k.command as name, k.origin, k.requested_by, k.mdm_client, k.idempotency_key, c.organization,
      o.number as organization_number, d.number as device_number, c.position, c.meter_device, d.name as meter_device_name,
      c.global_device_id, c.msn, c.udil_mdc, c.state, c.status_level, c.status_1_at, c.status_2_at, c.status_3_at,
      c.status_4_at, c.status_5_at, c.times_sent, c.cause, c.remark, c.cancel_reason, c.cancelled_by, c.cancelled_at,
      ${resultColumn(withResults)}, c.created_at, c.expires_at, c.updated_at
    from command_devices c
    join commands k on k.id = c.command
    join organizations o on o.id = c.organization
    left join meter_devices d on d.id = c.meter_device
    where ${condition} order by ${order} ${part}`.execute(db);
  const parameters = await parametersOf(db, new Set(rows.map(({ command }) => command)));
  return rows.map((row) => commandRow(row, parameters.get(row.command) ?? {}));
}

function resultColumn(withResults: boolean | "without rows"): RawBuilder<unknown> {
  if (withResults === "without rows") return sql`c.result || '{"rows": []}'::jsonb as result`;
  return withResults ? sql`c.result` : sql`null as result`;
}

/** Once for each command: they may name thousands of devices. */
async function parametersOf(
  db: Kysely<Database>,
  commands: ReadonlySet<string>,
): Promise<ReadonlyMap<string, CommandDeviceRow["parameters"]>> {
  if (commands.size === 0) return new Map();
  const { rows } = await sql<{ id: string; parameters: Record<string, unknown> }>`
    select id, parameters from commands where id = any(${[...commands]}::uuid[])`.execute(db);
  return new Map(rows.map(({ id, parameters }) => [id, parameters]));
}

interface StoredRow {
  readonly id: number;
  readonly command: string;
  readonly name: CommandName;
  readonly origin: "api" | "udil";
  readonly requested_by: string;
  readonly mdm_client: string | null;
  readonly idempotency_key: string | null;
  readonly organization: string;
  readonly organization_number: number;
  readonly device_number: number | null;
  readonly position: number;
  readonly meter_device: string | null;
  readonly meter_device_name: string | null;
  readonly global_device_id: string | null;
  readonly msn: string | null;
  readonly udil_mdc: string | null;
  readonly state: CommandDeviceState;
  readonly status_level: number;
  readonly status_1_at: Date | null;
  readonly status_2_at: Date | null;
  readonly status_3_at: Date | null;
  readonly status_4_at: Date | null;
  readonly status_5_at: Date | null;
  readonly times_sent: number;
  readonly cause: string | null;
  readonly remark: string | null;
  readonly cancel_reason: string | null;
  readonly cancelled_by: string | null;
  readonly cancelled_at: Date | null;
  readonly result: unknown;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly updated_at: Date;
}

function commandRow(row: StoredRow, parameters: CommandDeviceRow["parameters"]): CommandDeviceRow {
  const at = (date: Date | null) => date?.getTime() ?? null;
  return {
    id: row.id,
    command: row.command,
    name: row.name,
    parameters,
    origin: row.origin,
    requestedBy: row.requested_by,
    client: row.mdm_client,
    idempotencyKey: row.idempotency_key,
    organization: row.organization,
    organizationNumber: row.organization_number,
    deviceNumber: row.device_number,
    position: row.position,
    meterDevice: row.meter_device,
    meterDeviceName: row.meter_device_name,
    globalDeviceId: row.global_device_id,
    msn: row.msn,
    mdc: row.udil_mdc,
    state: row.state,
    statusLevel: row.status_level,
    statusAt: [at(row.status_1_at), at(row.status_2_at), at(row.status_3_at), at(row.status_4_at), at(row.status_5_at)],
    timesSent: row.times_sent,
    cause: row.cause,
    remark: row.remark,
    cancelReason: row.cancel_reason,
    cancelledBy: row.cancelled_by,
    cancelledAt: at(row.cancelled_at),
    result: row.result,
    createdAt: row.created_at.getTime(),
    expiresAt: row.expires_at.getTime(),
    updatedAt: row.updated_at.getTime(),
  };
}
