/**
 * The queue of runs in the relational store, shared by every head-end process: what is due is claimed together with the
 * interface it needs, in one transaction, so that an interface is never used twice at once; a lease that is not renewed
 * returns both. The interface's lease is the block that callers of the API take too (registry/interface-blocks.ts), and it
 * is taken whatever `can_block` says: two sessions over one interface are never right. Leases go by the store's clock, so
 * that all processes agree on them.
 */
import { type Kysely, type RawBuilder, sql, type Transaction } from "kysely";
import { held } from "../../registry/interface-blocks.ts";
import type { Database } from "../../stores/relational/database.ts";
import type { HeadEndSettings } from "../settings.ts";
import { type Candidate, choose, type NetworkState, type Quota, quotaOf, type Room } from "./ceilings.ts";
import { type ClaimedCommand, claimCommands, inOrder, precedes, returnCommands } from "./command-claims.ts";
import { priorities } from "./priorities.ts";

/** One run taken out of the queue; its device's interface is leased. */
export interface ClaimedRun {
  readonly id: number;
  readonly device: string;
  readonly executionType: string;
  readonly call: string;
  readonly kwargs: Record<string, unknown>;
  readonly runOffsetSeconds: number;
  readonly origin: "schedule" | "on-demand" | "command";
  readonly priority: number;
  /** Counting the one that begins. */
  readonly attempts: number;
  /** What a run of origin `command` carries out; undefined when it was cancelled meanwhile. */
  readonly command?: ClaimedCommand | undefined;
}

/** All that is due for one device: made in one session. */
export interface Claim {
  readonly device: string;
  /** The leased interface; null when the device has none. */
  readonly interface: string | null;
  readonly failing: boolean;
  readonly runs: readonly ClaimedRun[];
}

export interface ClaimResult {
  readonly claims: readonly Claim[];
  /** Something was due; what was not claimed is held back by ceilings or by room. */
  readonly due: boolean;
}

export class RunQueue {
  readonly #db: Kysely<Database>;
  readonly #settings: HeadEndSettings;
  /** Names this process in leases. */
  readonly owner: string;

  constructor(db: Kysely<Database>, owner: string, settings: HeadEndSettings) {
    this.#db = db;
    this.owner = owner;
    this.#settings = settings;
  }

  /** Name of this process in `network_interfaces.blocked_by`. */
  get interfaceHolder(): string {
    return `${holderPrefix}${this.owner}`;
  }

  /** Takes what may begin now. Nothing is claimed when `room.sessions` is 0. */
  async claim(now: number, room: Room): Promise<ClaimResult> {
    if (room.sessions < 1) return { claims: [], due: true };
    return await this.#db.transaction().execute(async (transaction) => {
      const networks = await this.#networksWithWork(transaction, now);
      if (networks.length === 0) return { claims: [], due: false };
      const quotas = networks.map((network) => quotaOf(network, now, this.#settings));
      const open = quotas.filter(({ sessions }) => sessions > 0);
      if (open.length === 0) return { claims: [], due: true };
      const candidates = await candidatesOf(transaction, now, open, room);
      const { chosen, blocked } = choose(candidates, open, room);
      const { begun, busy } = await this.#leaseInterfaces(transaction, chosen);
      await defer(transaction, [...blocked, ...busy], now + this.#settings.busyInterfaceMilliseconds);
      await takePermits(transaction, now, quotas, begun);
      return { claims: await this.#take(transaction, now, begun), due: true };
    });
  }

  /** When the next run may begin, as far as is known; undefined when nothing waits. */
  async nextNotBefore(): Promise<number | undefined> {
    const row = await this.#db
      .selectFrom("amr_runs")
      .select("not_before")
      .where("state", "=", "waiting")
      // Names the index that is made for this question.
      .where("finished_at", "is", null)
      .orderBy("not_before")
      .limit(1)
      .executeTakeFirst();
    return row?.not_before.getTime();
  }

  /** Keeps the leases of these claims. @returns the runs whose lease is still ours */
  async renew(claims: readonly Claim[]): Promise<ReadonlySet<number>> {
    if (claims.length === 0) return new Set();
    const { rows } = await sql<{ id: number }>`
      update amr_runs set lease_expires_at = ${this.#leaseEnd}
      where id = any(${claims.flatMap(({ runs }) => runs.map(({ id }) => id))}::bigint[])
        and lease_owner = ${this.owner} and state = 'running'
      returning id`.execute(this.#db);
    await sql`
      update network_interfaces set block_expires_at = ${this.#leaseEnd}
      where id = any(${interfacesOf(claims)}::uuid[]) and blocked_by = ${this.interfaceHolder}`.execute(this.#db);
    return new Set(rows.map(({ id }) => id));
  }

  /**
   * Gives interfaces back that this process still holds. Runs that were put off because they were busy may begin at once;
   * those that failed before wait out their pause.
   * @returns how many runs may begin
   */
  async freeInterfaces(transaction: Transaction<Database>, interfaces: readonly string[]): Promise<number> {
    if (interfaces.length === 0) return 0;
    await sql`
      update network_interfaces set blocked_by = null, block_time = null, block_expires_at = null
      where id = any(${interfaces}::uuid[]) and blocked_by = ${this.interfaceHolder}`.execute(transaction);
    const promised = sql`r.due_at + make_interval(secs => r.run_offset_seconds)`;
    const result = await sql`
      update amr_runs r set not_before = ${promised}
      from meter_devices d
      where d.network_interface = any(${interfaces}::uuid[]) and r.meter_device = d.id
        and r.state = 'waiting' and r.attempts = 0 and r.not_before > ${promised}`.execute(transaction);
    return Number(result.numAffectedRows ?? 0);
  }

  /**
   * Puts the runs of dead processes back: those whose lease is over, or every one when nobody else can be alive. Their
   * interfaces are free by themselves when the lease is over.
   * @param now when the runs may begin again
   * @returns how many
   */
  async recover(now: number, everyone: boolean): Promise<number> {
    const runs = await this.#db.transaction().execute(async (transaction) => {
      const recovered = await transaction
        .updateTable("amr_runs")
        .set({ state: "waiting", lease_owner: null, lease_expires_at: null, not_before: new Date(now) })
        .where("state", "=", "running")
        .$if(!everyone, (query) => query.where("lease_expires_at", "<=", sql<Date>`now()`))
        .returning("command_device")
        .execute();
      await returnCommands(
        transaction,
        recovered.flatMap(({ command_device }) => command_device ?? []),
      );
      return recovered.length;
    });
    if (everyone) {
      await this.#db
        .updateTable("network_interfaces")
        .set({ blocked_by: null, block_time: null, block_expires_at: null })
        .where("blocked_by", "like", `${holderPrefix}%`)
        .execute();
    }
    return runs;
  }

  get #leaseEnd(): RawBuilder<Date> {
    return sql<Date>`now() + make_interval(secs => ${this.#settings.leaseMilliseconds / 1000}::double precision)`;
  }

  /**
   * Networks with work, locked until the claim is stored; those another process is looking at are left to it. Their
   * sessions are counted by a second statement: the first one's view is older than its locks.
   */
  async #networksWithWork(transaction: Transaction<Database>, now: number): Promise<NetworkState[]> {
    const { rows } = await sql<NetworkRow>`
      select n.number, n.max_sessions, n.connections_per_second, n.permits, n.refilled_at
      from amr_networks n
      where exists (
        select from generate_series(${sql.lit(priorities.urgent)}, ${sql.lit(priorities.lowest)}) p
        cross join lateral (
          select from amr_runs r
          where r.network = n.number and r.state = 'waiting' and r.priority = p and r.not_before <= ${new Date(now)}
          limit 1
        ) due
      )
      order by n.number
      for update of n skip locked`.execute(transaction);
    if (rows.length === 0) return [];
    const opened = await sql<{ network: number; sessions: number; failing: number }>`
      select r.network, count(distinct r.meter_device)::integer as sessions,
        (count(distinct r.meter_device) filter (where r.priority >= ${sql.lit(priorities.firstFailing)}))::integer as failing
      from amr_runs r where r.state = 'running' and r.network = any(${rows.map(({ number }) => number)}::integer[])
      group by r.network`.execute(transaction);
    const byNetwork = new Map(opened.rows.map((row) => [row.network, row]));
    return rows.map((row) => ({
      number: row.number,
      maxSessions: row.max_sessions ?? this.#settings.networkMaxSessions,
      connectionsPerSecond: row.connections_per_second ?? this.#settings.networkConnectionsPerSecond,
      permits: row.permits,
      refilledAt: row.refilled_at.getTime(),
      open: byNetwork.get(row.number)?.sessions ?? 0,
      openFailing: byNetwork.get(row.number)?.failing ?? 0,
    }));
  }

  /** Leases the interfaces in one atomic statement; what somebody else holds is busy. */
  async #leaseInterfaces(transaction: Transaction<Database>, chosen: readonly Candidate[]) {
    const { rows } = await sql<{ id: string }>`
      update network_interfaces
      set blocked_by = ${this.interfaceHolder}, block_time = now(), block_expires_at = ${this.#leaseEnd}
      where id in (
        select t.id from network_interfaces t
        where t.id = any(${interfacesOf(chosen)}::uuid[]) and not ${held("t")}
        order by t.id for update skip locked
      )
      returning id`.execute(transaction);
    const leased = new Set(rows.map(({ id }) => id));
    const free = (candidate: Candidate) => candidate.interface === null || leased.has(candidate.interface);
    return {
      begun: chosen.filter(free),
      busy: chosen.filter((candidate) => !free(candidate)).map(({ run }) => run),
    };
  }

  async #take(transaction: Transaction<Database>, now: number, begun: readonly Candidate[]): Promise<Claim[]> {
    if (begun.length === 0) return [];
    const devices = begun.map(({ device }) => device);
    // Materialized, so that the waiting runs are found by their meter, whatever the planner thinks of their number.
    const { rows } = await sql<RunRow>`
      with due as materialized (
        select first.id from unnest(${devices}::uuid[]) as d(id)
        cross join lateral (
          select r.id from amr_runs r
          where r.meter_device = d.id and r.state = 'waiting' and (r.not_before <= ${new Date(now)} or ${precedes(now)})
          order by r.priority, r.not_before, r.id limit ${sql.lit(this.#settings.maxRunsPerSession)}
          for update skip locked
        ) first
      )
      update amr_runs r
      set state = 'running', lease_owner = ${this.owner}, started_at = ${new Date(now)}, attempts = r.attempts + 1,
        lease_expires_at = ${this.#leaseEnd}
      from due where r.id = due.id
      returning r.id, r.meter_device, r.meter_execution_type, r.task_call, r.task_kwargs, r.run_offset_seconds, r.origin,
        r.priority, r.attempts, r.command_device`.execute(transaction);
    const commandRows = rows.flatMap(({ command_device }) => command_device ?? []);
    const commands = await claimCommands(transaction, commandRows, now);
    const claimed = (row: RunRow) => claimedRun(row, commands.get(row.command_device ?? none));
    const byDevice = Map.groupBy(rows, ({ meter_device }) => meter_device);
    return begun.map(({ device, interface: leased, failing }) => ({
      device,
      interface: leased,
      failing,
      runs: inOrder((byDevice.get(device) ?? []).map(claimed)),
    }));
  }
}

const holderPrefix = "head-end:";

function interfacesOf(holders: readonly { readonly interface: string | null }[]): string[] {
  return holders.flatMap((holder) => holder.interface ?? []);
}

interface NetworkRow {
  number: number;
  max_sessions: number | null;
  connections_per_second: number | null;
  permits: number;
  refilled_at: Date;
}

interface RunRow {
  id: number;
  meter_device: string;
  meter_execution_type: string;
  task_call: string;
  task_kwargs: Record<string, unknown>;
  run_offset_seconds: number;
  origin: "schedule" | "on-demand" | "command";
  priority: number;
  attempts: number;
  command_device: number | null;
}

/** No row has it. */
const none = 0;

function claimedRun(row: RunRow, command: ClaimedCommand | undefined): ClaimedRun {
  return {
    id: row.id,
    device: row.meter_device,
    executionType: row.meter_execution_type,
    call: row.task_call,
    kwargs: row.task_kwargs,
    runOffsetSeconds: row.run_offset_seconds,
    origin: row.origin,
    priority: row.priority,
    attempts: row.attempts,
    command,
  };
}

/** The first runs of each network in the order of the queue: every priority is a range of its own in the index. */
async function candidatesOf(
  transaction: Transaction<Database>,
  now: number,
  quotas: readonly Quota[],
  room: Room,
): Promise<Candidate[]> {
  const wanted = quotas.map(({ network, sessions, failing }) => ({
    network,
    healthy: Math.min(sessions, room.sessions),
    failing: Math.min(failing, room.failing),
  }));
  const first = (from: number, to: number, limit: "healthy" | "failing") => sql`
    select due.id, due.meter_device, p as priority, due.not_before
    from generate_series(${sql.lit(from)}, ${sql.lit(to)}) p
    cross join lateral (
      select r.id, r.meter_device, r.not_before from amr_runs r
      where r.network = q.network and r.state = 'waiting' and r.priority = p and r.not_before <= ${new Date(now)}
      order by r.not_before limit q.${sql.ref(limit)}
    ) due
    order by priority, not_before limit q.${sql.ref(limit)}`;
  const { rows } = await sql<{
    id: number;
    meter_device: string;
    priority: number;
    network: number;
    interface: string | null;
  }>`
    select run.id, run.meter_device, run.priority, q.network, d.network_interface as interface
    from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as q(network integer, healthy integer, failing integer)
    cross join lateral (
      (${first(priorities.urgent, priorities.firstFailing - 1, "healthy")})
      union all
      (${first(priorities.firstFailing, priorities.lowest, "failing")})
    ) run
    join meter_devices d on d.id = run.meter_device
    order by q.network, run.priority, run.not_before, run.id`.execute(transaction);
  return rows.map((row) => ({
    run: row.id,
    device: row.meter_device,
    interface: row.interface,
    network: row.network,
    failing: row.priority >= priorities.firstFailing,
  }));
}

async function defer(transaction: Transaction<Database>, runs: readonly number[], until: number): Promise<void> {
  if (runs.length === 0) return;
  await transaction
    .updateTable("amr_runs")
    .set({ not_before: new Date(until) })
    .where("id", "in", runs)
    .where("state", "=", "waiting")
    .execute();
}

async function takePermits(
  transaction: Transaction<Database>,
  now: number,
  quotas: readonly Quota[],
  begun: readonly Candidate[],
): Promise<void> {
  const taken = Map.groupBy(begun, ({ network }) => network);
  const rows = quotas.map(({ network, permits }) => ({
    network,
    permits: permits - (taken.get(network)?.length ?? 0),
  }));
  await sql`
    update amr_networks n set permits = v.permits, refilled_at = ${new Date(now)}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as v(network integer, permits double precision)
    where n.number = v.network`.execute(transaction);
}
