/**
 * Which commands for meters behind vendors' MDCs are handed out next. However many wait, rows come by an index in the order
 * of their priority and their time; no more than asked for are looked at.
 */
import { type Kysely, type RawBuilder, sql, type Transaction } from "kysely";
import { type CauseCode, causes } from "../head-end/causes.ts";
import { overtaken } from "../head-end/queue/command-claims.ts";
import { levelAssignments, levelColumns, levelColumnTypes } from "../head-end/queue/command-levels.ts";
import { type CommandName, commandNames, commands } from "../registry/commands/index.ts";
import type { Database } from "../stores/relational/database.ts";
import { commandPriorities } from "./new-command.ts";

export interface TakenRow {
  readonly id: number;
  readonly command: string;
  readonly mdc: string;
  readonly organization: string;
  readonly name: CommandName;
  readonly priority: number;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly meter_device: string | null;
  readonly global_device_id: string | null;
  readonly msn: string | null;
  readonly status_level: number;
  readonly peer_reference: string | null;
  readonly peer_accepted: boolean;
}

/** Taken up, and not to be sent. */
export interface Refused {
  readonly id: number;
  readonly cause: CauseCode;
  readonly remark: string;
}

/**
 * Takes up rows that are due, and those of processes whose lease is over: level 1. What is to be cancelled is left to those who
 * ask MDCs for it.
 */
export async function takePeerRows(
  db: Kysely<Database>,
  { owner, now, limit }: { readonly owner: string; readonly now: number; readonly limit: number },
): Promise<{ readonly rows: readonly TakenRow[]; readonly refused: readonly Refused[] }> {
  return await db.transaction().execute(async (transaction) => {
    const due = await lockDue(transaction, now, limit);
    const putOff = await putOffBlocked(transaction, due);
    const free = due.filter((id) => !putOff.has(id));
    if (free.length === 0) return { rows: [], refused: [] };
    const rows = await claim(transaction, free, owner, now);
    const refused = rows.flatMap(({ id, refusal: cause, peer_reference }) =>
      cause === null ? [] : { id, cause, remark: causes[cause].sentence, mayBeThere: peer_reference !== null },
    );
    await askBack(
      transaction,
      refused.filter(({ mayBeThere }) => mayBeThere),
      now,
    );
    return {
      rows: rows.filter(({ refusal }) => refusal === null),
      refused: refused.filter(({ mayBeThere }) => !mayBeThere),
    };
  });
}

/** Nobody else takes these up until the transaction ends. */
async function lockDue(transaction: Transaction<Database>, now: number, limit: number): Promise<number[]> {
  const notExpired = sql`r.expires_at > ${new Date(now)}`;
  const ofPriority = (priority: number) => sql`
    (select r.id, r.priority from command_devices r
    where r.udil_mdc is not null and r.state = 'waiting' and r.priority = ${sql.lit(priority)}
      and r.peer_not_before <= now() and r.cancelled_at is null and ${notExpired}
    order by r.peer_not_before, r.id limit ${limit})`;
  const { rows } = await sql<{ id: number }>`
    with gone as materialized (select owner from command_carriers where lease_expires_at <= now()),
    candidates as (
      ${sql.join(commandPriorities.map(ofPriority), sql` union all `)}
      union all
      (select r.id, r.priority from command_devices r
      where r.udil_mdc is not null and r.state = 'running' and r.peer_owner in (select owner from gone)
        and r.cancelled_at is null and ${notExpired}
      limit ${limit})
    )
    select r.id from command_devices r
    where r.id in (select id from candidates order by priority, id limit ${limit}) and r.udil_mdc is not null
      and r.cancelled_at is null and ((r.state = 'waiting' and r.peer_not_before <= now())
        or (r.state = 'running' and r.peer_owner in (select owner from gone)))
    order by r.priority, r.id for update of r skip locked`.execute(transaction);
  return rows.map(({ id }) => id);
}

/**
 * What is asked of a meter twice goes to its MDC in the order of asking: the later one waits until the MDC has the earlier.
 * Whatever changes nothing but what the MDC knows of the meter goes before everything that is asked of the meter later.
 */
async function putOffBlocked(
  transaction: Transaction<Database>,
  rows: readonly number[],
): Promise<ReadonlySet<number>> {
  if (rows.length === 0) return new Set();
  const { rows: blocked } = await sql<{ id: number; until: Date | null }>`
    select r.id from command_devices r join commands q on q.id = r.command
    where r.id = any(${rows}::bigint[]) and not r.peer_accepted and exists (${earlier})`.execute(transaction);
  const ids = blocked.map(({ id }) => id);
  if (ids.length === 0) return new Set();
  await sql`
    update command_devices r set state = 'waiting', remark = ${waitsForEarlier},
      updated_at = case when r.remark is distinct from ${waitsForEarlier} then now() else r.updated_at end,
      peer_not_before = greatest(now() + interval '1 second', (select max(e.peer_not_before) from (${earlier}) e))
    from commands q where q.id = r.command and r.id = any(${ids}::bigint[])`.execute(transaction);
  return new Set(ids);
}

const waitsForEarlier = "It waits until the MDC has taken an earlier command for the meter.";

const ofTheMdcAlone = commandNames.filter((name) => commands[name].carriedOutBy === "platform");

/** SQL: rows of the meter of the row `r` of the command `q` that its MDC must have first. */
const earlier: RawBuilder<unknown> = sql`
  select e.peer_not_before from command_devices e join commands k on k.id = e.command
  where e.meter_device = r.meter_device and e.id < r.id and e.udil_mdc = r.udil_mdc and e.udil_mdc is not null
    and e.state in ('waiting', 'running') and not e.peer_accepted
    and (k.command in (${sql.join(ofTheMdcAlone.map((name) => sql.lit(name)))})
      or (k.command = q.command and q.command <> 'on_demand_read'))`;

interface ClaimedRow extends TakenRow {
  readonly refusal: Extract<CauseCode, "command_overtaken" | "organization_inactive" | "meter_inactive"> | null;
}

async function claim(
  transaction: Transaction<Database>,
  ids: readonly number[],
  owner: string,
  now: number,
): Promise<ClaimedRow[]> {
  const level = JSON.stringify([levelColumns({ 1: now })]);
  const { rows } = await sql<ClaimedRow>`
    update command_devices c set state = 'running', ${levelAssignments}, updated_at = ${new Date(now)}, peer_owner = ${owner},
      remark = nullif(c.remark, ${waitsForEarlier})
    from jsonb_to_recordset(${level}::jsonb) as v(${levelColumnTypes}), commands k
    where k.id = c.command and c.id = any(${ids}::bigint[])
    returning c.id, c.command, c.udil_mdc as mdc, c.organization, k.command as name, c.priority, k.created_at, k.expires_at,
      c.meter_device, c.global_device_id, c.msn, c.status_level, c.peer_reference, c.peer_accepted,
      case when c.peer_accepted or c.status_level > 1 then null
        when ${overtaken} then 'command_overtaken' else ${notInUse} end as refusal`.execute(transaction);
  return rows;
}

/** Somebody was about to send these, or did: they are over when their MDC cancelled them, or says that it has none of them. */
async function askBack(transaction: Transaction<Database>, rows: readonly Refused[], now: number): Promise<void> {
  if (rows.length === 0) return;
  const reasons = JSON.stringify(rows.map(({ id, remark }) => ({ id, reason: remark })));
  await sql`
    update command_devices c set state = 'waiting', cancelled_at = ${new Date(now)}, cancel_reason = left(v.reason, 200),
      peer_not_before = '-infinity', updated_at = ${new Date(now)}
    from jsonb_to_recordset(${reasons}::jsonb) as v(id bigint, reason text)
    where c.id = v.id`.execute(transaction);
}

/** Why nothing is sent for the row `c` any more; what its MDC has already is followed to its end. */
const notInUse = sql`(case
  when not exists (select from organizations o where o.id = c.organization and o.is_active) then 'organization_inactive'
  when k.command not in (${sql.join(ofTheMdcAlone.map((name) => sql.lit(name)))})
    and exists (select from meter_devices d where d.id = c.meter_device and d.meter_activation_status = 0) then 'meter_inactive'
  end)`;
