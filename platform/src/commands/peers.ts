/**
 * Commands for meters behind a vendor's MDC: handed out to whoever talks to that MDC, under a lease, and reported back by
 * it. A row whose bearer is gone is handed out again with the level it had, so that its next bearer looks before it sends.
 */
import { randomUUID } from "node:crypto";
import { type Kysely, sql } from "kysely";
import {
  type LevelInstants,
  levelAssignments,
  levelColumns,
  levelColumnTypes,
} from "../head-end/queue/command-levels.ts";
import type { CountCommand } from "../head-end/runs/command-counter.ts";
import { storable, storableText } from "../head-end/runs/command-progress.ts";
import { jsonParts } from "../head-end/runs/json-parts.ts";
import type { CommandName } from "../registry/commands/index.ts";
import type { Database } from "../stores/relational/database.ts";
import { type Refused, type TakenRow, takePeerRows } from "./peer-queue.ts";

/** A command for some meters of one MDC. */
export interface PeerCommand {
  readonly command: string;
  readonly mdc: string;
  readonly organization: string;
  readonly name: CommandName;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** 0 goes first. */
  readonly priority: number;
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
  /** The MDC said that it has it, or showed it. */
  readonly accepted: boolean;
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
  /**
   * What the MDC knows the command by: kept, and handed out with the row after a restart. Empty: it never got there, and knows
   * it by no name.
   */
  readonly reference?: string | undefined;
  /** The MDC has it: what is asked of the meter later may follow. */
  readonly accepted?: boolean | undefined;
  /** The MDC did not cancel it, though it was asked to: it goes on. */
  readonly notCancelled?: boolean | undefined;
}

/** `cancelled`: nobody wants it any more, here at least; one about to be sent is not to be. */
export interface PeerStanding {
  readonly commandDevice: number;
  readonly cancelled: boolean;
}

export class PeerCommands {
  readonly #db: Kysely<Database>;
  readonly #now: () => number;
  readonly #owner = randomUUID();
  readonly #count: CountCommand;
  /** Of the process' own clock, milliseconds. */
  #renewedAt = Number.NEGATIVE_INFINITY;

  constructor(db: Kysely<Database>, now: () => number, count: CountCommand = () => {}) {
    this.#count = count;
    this.#db = db;
    this.#now = now;
  }

  /** Takes rows up: level 1. @returns urgent ones first @param limit rows at most, those included that are put off or refused */
  async take(limit: number): Promise<PeerCommand[]> {
    if (performance.now() - this.#renewedAt >= peerRenewalMilliseconds) await this.renew();
    const { rows, refused } = await takePeerRows(this.#db, { owner: this.#owner, now: this.#now(), limit });
    await this.report(refused.map(failure));
    const parameters = await this.#parametersOf(new Set(rows.map(({ command }) => command)));
    const groups = Map.groupBy(
      rows.toSorted((a, b) => a.priority - b.priority || a.id - b.id),
      ({ command, mdc }) => `${command} ${mdc}`,
    );
    return [...groups.values()].map((group) => peerCommand(group, parameters.get(group[0]!.command) ?? {}));
  }

  /** Stores what became of rows. @returns for each update whether somebody took the command back meanwhile */
  async report(updates: readonly PeerUpdate[]): Promise<PeerStanding[]> {
    const cancelled = new Set<number>();
    const now = this.#now();
    for (const batch of withoutRepeats(updates)) {
      for (const { rows, json } of jsonParts(batch, (update) => JSON.stringify(columnsOf(update, now), storableText))) {
        for (const row of await this.#write(rows, json, now)) cancelled.add(row);
      }
    }
    return updates.map(({ commandDevice }) => ({ commandDevice, cancelled: cancelled.has(commandDevice) }));
  }

  /** Keeps the lease of what this process took: one row, however many those are. */
  async renew(): Promise<void> {
    await sql`
      insert into command_carriers (owner, lease_expires_at) values (${this.#owner}, ${leaseEnd})
      on conflict (owner) do update set lease_expires_at = excluded.lease_expires_at`.execute(this.#db);
    this.#renewedAt = performance.now();
    await sql`
      delete from command_carriers g where g.lease_expires_at < now() and not exists (
        select from command_devices c
        where c.udil_mdc is not null and c.state = 'running' and c.peer_owner = g.owner)`.execute(this.#db);
  }

  /** Whoever had rows before is gone: an embedded store has one process. */
  async recover(): Promise<void> {
    await sql`
      update command_devices set peer_not_before = '-infinity'
      where udil_mdc is not null and state in ('waiting', 'running') and cancelled_at is not null`.execute(this.#db);
    await sql`
      update command_carriers set lease_expires_at = now()
      where owner <> ${this.#owner} and lease_expires_at > now()`.execute(this.#db);
  }

  /** Once for each command: they may name thousands of devices. */
  async #parametersOf(commands: ReadonlySet<string>): Promise<ReadonlyMap<string, PeerCommand["parameters"]>> {
    if (commands.size === 0) return new Map();
    const { rows } = await sql<{ id: string; parameters: PeerCommand["parameters"] }>`
      select id, parameters from commands where id = any(${[...commands]}::uuid[])`.execute(this.#db);
    return new Map(rows.map(({ id, parameters }) => [id, parameters]));
  }

  /** @returns the rows that were cancelled */
  async #write(updates: readonly PeerUpdate[], json: string, now: number): Promise<number[]> {
    const { rows: written } = await sql<{ id: number; state: string; not_to_be_sent: boolean; name: string }>`
      with v as materialized (
        select v.* from jsonb_to_recordset(${json}::jsonb) as v("row" bigint, state text, retry_at double precision, cause text,
          remark text, result jsonb, reference text, accepted boolean, not_cancelled boolean, sent smallint, ${levelColumnTypes})
      ), locked as materialized (
        select c.id from command_devices c join v on v."row" = c.id where c.udil_mdc is not null order by c.id for update of c
      )
      update command_devices c set
        state = ${nextState},
        ${levelAssignments},
        times_sent = greatest(c.times_sent, v.sent),
        cause = case when ${nextState} in ('succeeded', 'cancelled') then null else coalesce(v.cause, c.cause) end,
        remark = left(case
          when ${nextState} = 'cancelled' then c.remark
          when v.state = 'succeeded' and (c.cancelled_at is not null or c.state = 'expired') then concat_ws(' ', v.remark,
            'The MDC carried it out although it ' || case c.state when 'expired' then 'had expired.'
              when 'cancelled' then 'was cancelled.' else 'was to be cancelled.' end)
          else coalesce(v.remark, c.remark) end, 1000),
        result = coalesce(v.result, c.result),
        cancelled_at = case when ${isOver} then null else c.cancelled_at end,
        cancelled_by = case when ${isOver} then null else c.cancelled_by end,
        cancel_reason = case when ${isOver} then null else c.cancel_reason end,
        peer_cancel_told = c.peer_cancel_told or ${nextState} = 'cancelled',
        peer_reference = case when ${isToBeCancelled} and v.reference <> '' then c.peer_reference
          else nullif(coalesce(v.reference, c.peer_reference), '') end,
        -- Under another name the MDC has nothing yet.
        peer_accepted = case when v.reference is null then c.peer_accepted or v.accepted else v.accepted end,
        peer_not_before = case when v.state = 'waiting' and c.cancelled_at is null then to_timestamp(v.retry_at / 1000.0)
          else c.peer_not_before end,
        updated_at = ${new Date(now)}
      from v join locked on locked.id = v."row"
      where c.id = v."row" and (v.reference is null or c.peer_owner = ${this.#owner})
        and (${isOpen} or (c.state in ('cancelled', 'expired') and v.state = 'succeeded'))
      returning c.id, c.state, v.reference is not null and c.cancelled_at is not null as not_to_be_sent, (select k.command from commands k where k.id = c.command) as name`.execute(
      this.#db,
    );
    for (const { name, state } of written)
      if (state === "succeeded" || state === "failed" || state === "cancelled") this.#count(name, state);
    const alive = new Set(
      written.flatMap(({ id, state, not_to_be_sent }) => (state === "cancelled" || not_to_be_sent ? [] : id)),
    );
    const others = updates.filter(({ commandDevice }) => !alive.has(commandDevice));
    if (others.length === 0) return [];
    const ids = others.map(({ commandDevice }) => commandDevice);
    const found = await sql<{ id: number }>`
      select id from command_devices
      where id = any(${ids}::bigint[]) and state in ('cancelled', 'expired')`.execute(this.#db);
    // What another process took up, because this one was thought to be gone, is not to be sent by this one; nor is what is to be
    // cancelled.
    const lost = others.flatMap(({ reference, commandDevice }) => (reference === undefined ? [] : commandDevice));
    return [...found.rows.map(({ id }) => id), ...lost];
  }
}

/** SQL: nothing came of the row `c` yet. */
const isOpen = sql`c.state in ('waiting', 'running')`;
/** SQL: whoever asks the MDC of the row `c` to cancel has no answer yet. */
const isToBeCancelled = sql`(${isOpen} and c.cancelled_at is not null)`;

/**
 * SQL: what the row `c` is after the update `v`. One that is to be cancelled is cancelled when its MDC says so, or never got
 * it; one about to be sent is given back instead, for whoever asks MDCs to cancel. What an MDC carried out it carried out.
 */
const nextState = sql`(case
  when not ${isOpen} then v.state
  when c.cancelled_at is null then coalesce(v.state, c.state)
  when v.reference = '' or (v.state = 'failed' and v.cause = 'command_cancelled') then 'cancelled'
  when v.reference is not null then 'waiting'
  else coalesce(v.state, c.state) end)`;

/** SQL: the MDC decided otherwise than to cancel. */
const isOver = sql`(v.not_cancelled or ${nextState} in ('succeeded', 'failed'))`;

const leaseSeconds = 60;
/** Leases are renewed that often. */
export const peerRenewalMilliseconds = (leaseSeconds * 1000) / 3;
const leaseEnd = sql`now() + make_interval(secs => ${sql.lit(leaseSeconds)})`;

function failure({ id, cause, remark }: Refused): PeerUpdate {
  return { commandDevice: id, state: "failed", cause, remark };
}

function peerCommand(rows: readonly TakenRow[], parameters: PeerCommand["parameters"]): PeerCommand {
  const { command, mdc, organization, name, priority, created_at, expires_at } = rows[0]!;
  return {
    ...{ command, mdc, organization, name, parameters, priority },
    createdAt: created_at.getTime(),
    expiresAt: expires_at.getTime(),
    devices: rows.map((row) => ({
      commandDevice: row.id,
      meterDevice: row.meter_device ?? undefined,
      globalDeviceId: row.global_device_id ?? undefined,
      msn: row.msn ?? undefined,
      level: row.status_level,
      reference: row.peer_reference ?? undefined,
      accepted: row.peer_accepted,
    })),
  };
}

/** An update as the statement takes it. */
function columnsOf(update: PeerUpdate, now: number) {
  const levels = levelColumns(instantsOf(update, now));
  return {
    row: update.commandDevice,
    state: update.state ?? null,
    retry_at: update.state === "waiting" ? (update.retryAt ?? now) : null,
    cause: update.cause?.slice(0, 40) ?? null,
    remark: update.remark === undefined ? null : storable(update.remark),
    result: update.result === undefined ? null : update.result,
    reference: update.reference ?? null,
    // Whatever got beyond the first level is known to the MDC.
    accepted: update.accepted === true || (levels.level ?? 0) > 1,
    not_cancelled: update.notCancelled === true,
    sent: (levels.level ?? 0) >= 4 ? 1 : 0,
    ...levels,
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
    if (batch.has(update.commandDevice)) {
      yield [...batch.values()];
      batch = new Map();
    }
    batch.set(update.commandDevice, update);
  }
  if (batch.size > 0) yield [...batch.values()];
}
