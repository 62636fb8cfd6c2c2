/**
 * Commands for meters behind a vendor's MDC: handed out to whoever talks to that MDC, under a lease, and reported back by
 * it. A row whose lease is over is handed out again with the level it had, so that its next bearer looks before it sends.
 */
import { randomUUID } from "node:crypto";
import { type Kysely, sql } from "kysely";
import { type CauseCode, causes } from "../head-end/causes.ts";
import { overtaken } from "../head-end/queue/command-claims.ts";
import {
  type LevelInstants,
  levelAssignments,
  levelColumns,
  levelColumnTypes,
} from "../head-end/queue/command-levels.ts";
import type { CountCommand } from "../head-end/runs/command-counter.ts";
import { storable } from "../head-end/runs/command-progress.ts";
import type { CommandName } from "../registry/commands/index.ts";
import type { Database } from "../stores/relational/database.ts";
import { commandLimits } from "./new-command.ts";

/** A command for some meters of one MDC. */
export interface PeerCommand {
  readonly command: string;
  readonly mdc: string;
  readonly organization: string;
  readonly name: CommandName;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Milliseconds UTC. */
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly devices: readonly PeerDevice[];
}

export interface PeerDevice {
  readonly commandDevice: number;
  readonly meterDevice: string | undefined;
  readonly globalDeviceId: string | undefined;
  readonly msn: string | undefined;
  /** Above 1 = somebody took it before: look what became of it first. */
  readonly level: number;
  /** What that one told the MDC to call it. */
  readonly reference: string | undefined;
}

export interface PeerUpdate {
  readonly commandDevice: number;
  readonly level?: 1 | 2 | 3 | 4 | 5 | undefined;
  /** When that level was reached; now without it. */
  readonly at?: number | undefined;
  /** When lower levels were reached, as far as the MDC tells. */
  readonly instants?: LevelInstants | undefined;
  /** `waiting` gives it back: it is handed out again after `retryAt`. */
  readonly state?: "waiting" | "succeeded" | "failed" | undefined;
  readonly retryAt?: number | undefined;
  readonly cause?: string | undefined;
  readonly remark?: string | undefined;
  readonly result?: unknown;
  /** What the MDC knows the command by: kept, and handed out with the row after a restart. */
  readonly reference?: string | undefined;
}

/** `cancelled`: nobody wants it any more, here at least. */
export interface PeerStanding {
  readonly commandDevice: number;
  readonly cancelled: boolean;
}

export class PeerCommands {
  readonly #db: Kysely<Database>;
  readonly #now: () => number;
  readonly #owner = randomUUID();
  readonly #count: CountCommand;

  constructor(db: Kysely<Database>, now: () => number, count: CountCommand = () => {}) {
    this.#count = count;
    this.#db = db;
    this.#now = now;
  }

  /** Takes rows up: level 1. @param limit rows at most */
  async take(limit: number): Promise<PeerCommand[]> {
    const now = new Date(this.#now());
    const level = JSON.stringify([levelColumns({ 1: now.getTime() })]);
    const { rows } = await sql<TakenRow>`
      update command_devices c set state = 'running', ${levelAssignments}, updated_at = ${now},
        peer_owner = ${this.#owner}, peer_lease_expires_at = ${leaseEnd}
      from jsonb_to_recordset(${level}::jsonb) as v(${levelColumnTypes}), commands k
      where k.id = c.command and c.id in (
        select r.id from command_devices r join commands q on q.id = r.command
        where r.udil_mdc is not null and r.state in ('waiting', 'running') and r.expires_at > ${now}
          and (r.peer_lease_expires_at is null or r.peer_lease_expires_at <= now())
        order by q.priority, r.id limit ${limit} for update of r skip locked
      )
      returning c.id, c.command, c.udil_mdc as mdc, c.organization, k.command as name, k.parameters, k.created_at, k.expires_at,
        c.meter_device, c.global_device_id, c.msn, c.status_level, c.peer_reference,
        case when ${overtaken} then 'command_overtaken' else ${notInUse} end as refusal`.execute(this.#db);
    await this.report(
      rows.flatMap(({ id, refusal: cause }) =>
        cause === null ? [] : { commandDevice: id, state: "failed", cause, remark: causes[cause].sentence },
      ),
    );
    const groups = Map.groupBy(
      rows.filter(({ refusal }) => refusal === null).sort((a, b) => a.id - b.id),
      ({ command, mdc }) => `${command} ${mdc}`,
    );
    return [...groups.values()].map(peerCommand);
  }

  /** Stores what became of rows. @returns for each update whether somebody took the command back meanwhile */
  async report(updates: readonly PeerUpdate[]): Promise<PeerStanding[]> {
    const cancelled = new Set<number>();
    for (const batch of withoutRepeats(updates)) for (const row of await this.#write(batch)) cancelled.add(row);
    return updates.map(({ commandDevice }) => ({ commandDevice, cancelled: cancelled.has(commandDevice) }));
  }

  /** Keeps the leases of what this process took. */
  async renew(): Promise<void> {
    await sql`
      update command_devices set peer_lease_expires_at = ${leaseEnd}
      where udil_mdc is not null and state = 'running' and peer_owner = ${this.#owner}`.execute(this.#db);
  }

  /** Whoever had them before is gone: an embedded store has one process. */
  async recover(): Promise<void> {
    await sql`
      update command_devices set peer_lease_expires_at = null
      where udil_mdc is not null and state = 'running' and peer_owner <> ${this.#owner}`.execute(this.#db);
  }

  /** @returns the rows that were cancelled */
  async #write(updates: readonly PeerUpdate[]): Promise<number[]> {
    const now = this.#now();
    const leveled = updates.map((update) => ({ update, levels: levelColumns(instantsOf(update, now)) }));
    const rows = leveled.map(({ update, levels }) => ({
      row: update.commandDevice,
      state: update.state ?? null,
      retry_at: update.state === "waiting" ? (update.retryAt ?? now) : null,
      cause: update.cause?.slice(0, 40) ?? null,
      remark: update.remark === undefined ? null : storable(update.remark),
      result: update.result === undefined ? null : update.result,
      reference: update.reference ?? null,
      sent: (levels.level ?? 0) >= 4 ? 1 : 0,
      ...levels,
    }));
    const text = JSON.stringify(rows, (_, value: unknown) => (typeof value === "string" ? storable(value) : value));
    const { rows: written } = await sql<{ id: number; state: string; name: string }>`
      with v as materialized (
        select v.* from jsonb_to_recordset(${text}::jsonb) as v("row" bigint, state text, retry_at double precision, cause text,
          remark text, result jsonb, reference text, sent smallint, ${levelColumnTypes})
      ), locked as materialized (
        select c.id from command_devices c join v on v."row" = c.id where c.udil_mdc is not null order by c.id for update of c
      )
      update command_devices c set
        state = case when c.state in ('waiting', 'running') then coalesce(v.state, c.state) else c.state end,
        ${levelAssignments},
        times_sent = greatest(c.times_sent, v.sent),
        cause = case when v.state = 'succeeded' then null else coalesce(v.cause, c.cause) end,
        remark = left(case when c.state in ('waiting', 'running') or v.state is distinct from 'succeeded' then coalesce(v.remark, c.remark)
          else concat_ws(' ', v.remark, 'The MDC carried it out although it was ' || c.state || '.') end, 1000),
        result = coalesce(v.result, c.result),
        peer_reference = coalesce(v.reference, c.peer_reference),
        peer_lease_expires_at = case when v.state = 'waiting' then to_timestamp(v.retry_at / 1000.0) else c.peer_lease_expires_at end,
        updated_at = ${new Date(now)}
      from v join locked on locked.id = v."row"
      where c.id = v."row" and (c.state in ('waiting', 'running') or (c.state in ('cancelled', 'expired') and v.state = 'succeeded'))
      returning c.id, c.state, (select k.command from commands k where k.id = c.command) as name`.execute(this.#db);
    for (const { name, state } of written) if (state === "succeeded" || state === "failed") this.#count(name, state);
    const alive = new Set(written.flatMap(({ id, state }) => (state === "cancelled" || state === "expired" ? [] : id)));
    const others = updates.map(({ commandDevice }) => commandDevice).filter((row) => !alive.has(row));
    if (others.length === 0) return [];
    const found = await sql<{ id: number }>`
      select id from command_devices
      where id = any(${others}::bigint[]) and state in ('cancelled', 'expired')`.execute(this.#db);
    return found.rows.map(({ id }) => id);
  }
}

const leaseSeconds = 60;
/** Leases are renewed that often. */
export const peerRenewalMilliseconds = (leaseSeconds * 1000) / 3;
const leaseEnd = sql`now() + make_interval(secs => ${sql.lit(leaseSeconds)})`;

interface TakenRow {
  readonly id: number;
  readonly command: string;
  readonly mdc: string;
  readonly organization: string;
  readonly name: CommandName;
  readonly parameters: Record<string, unknown>;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly meter_device: string | null;
  readonly global_device_id: string | null;
  readonly msn: string | null;
  readonly status_level: number;
  readonly peer_reference: string | null;
  readonly refusal: Extract<CauseCode, "command_overtaken" | "organization_inactive" | "meter_inactive"> | null;
}

/** Why nothing is sent for the row `c` any more; what its MDC was asked for already is followed to its end. */
const notInUse = sql`(case when c.status_level > 1 then null
  when not exists (select from organizations o where o.id = c.organization and o.is_active) then 'organization_inactive'
  when exists (select from meter_devices d where d.id = c.meter_device and d.meter_activation_status = 0) then 'meter_inactive'
  end)`;

function peerCommand(rows: readonly TakenRow[]): PeerCommand {
  const { command, mdc, organization, name, parameters, created_at, expires_at } = rows[0]!;
  return {
    ...{ command, mdc, organization, name, parameters },
    createdAt: created_at.getTime(),
    expiresAt: expires_at.getTime(),
    devices: rows.map((row) => ({
      commandDevice: row.id,
      meterDevice: row.meter_device ?? undefined,
      globalDeviceId: row.global_device_id ?? undefined,
      msn: row.msn ?? undefined,
      level: row.status_level,
      reference: row.peer_reference ?? undefined,
    })),
  };
}

function instantsOf({ level, at, state, instants }: PeerUpdate, now: number): LevelInstants {
  const reached = state === "succeeded" ? 5 : level;
  return { ...instants, ...(reached !== undefined && { [reached]: at ?? instants?.[reached] ?? now }) };
}

/** One statement may not touch a row twice: later updates of the same row go into a batch of their own. */
function* withoutRepeats(updates: readonly PeerUpdate[]): Generator<readonly PeerUpdate[]> {
  let batch = new Map<number, PeerUpdate>();
  for (const update of updates) {
    if (batch.has(update.commandDevice) || batch.size === commandLimits.rowsPerStatement) {
      yield [...batch.values()];
      batch = new Map();
    }
    batch.set(update.commandDevice, update);
  }
  if (batch.size > 0) yield [...batch.values()];
}
