/**
 * Commands that nobody wants any more after a vendor's MDC may have got them: those to be cancelled, which the MDC decides, and
 * those that expired. The MDC is asked until it answers, across restarts, as long as it could still carry them out.
 */
import { type Kysely, sql } from "kysely";
import type { Database } from "../stores/relational/database.ts";

export interface PeerCancellation {
  readonly commandDevice: number;
  readonly mdc: string;
  readonly globalDeviceId: string;
  /** What the MDC knows the command by. */
  readonly reference: string;
  /** What the MDC says decides; otherwise the row is over already. */
  readonly undecided: boolean;
  /** The MDC said that it has the command, or showed it. */
  readonly accepted: boolean;
  /** Nobody tries any more: the MDC gave it up long ago. */
  readonly tooLate: boolean;
}

export interface ToldCancellation {
  readonly commandDevice: number;
  /** What the MDC said to it, where it did not cancel. */
  readonly remark?: string | undefined;
}

export class PeerCancellations {
  readonly #db: Kysely<Database>;
  readonly #now: () => number;

  constructor(db: Kysely<Database>, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  /** The next that are due; nobody else gets them for some minutes. @param limit rows at most */
  async take(limit: number): Promise<PeerCancellation[]> {
    const { rows } = await sql<PeerCancellation>`
      update command_devices c set peer_not_before = now() + ${heldFor}
      where c.id in (
        select id from command_devices
        where id in (
          (select id from command_devices
          where udil_mdc is not null and ${isUndecided} and peer_reference is not null and peer_not_before <= now()
          order by peer_not_before, id limit ${limit})
          union all
          (select id from command_devices
          where state in ('cancelled', 'expired') and peer_reference is not null and not peer_cancel_told
            and peer_not_before <= now()
          order by peer_not_before, id limit ${limit})
        ) and peer_not_before <= now()
        order by peer_not_before, id limit ${limit} for update skip locked
      )
      returning c.id as "commandDevice", c.udil_mdc as mdc, coalesce(c.global_device_id, '') as "globalDeviceId",
        c.peer_reference as reference, c.state in ('waiting', 'running') as undecided, c.peer_accepted as accepted,
        c.expires_at <= ${new Date(this.#now() - afterExpiryMilliseconds)} as "tooLate"`.execute(this.#db);
    return rows;
  }

  async told(cancellations: readonly ToldCancellation[]): Promise<void> {
    if (cancellations.length === 0) return;
    const rows = cancellations.map(({ commandDevice, remark }) => ({ id: commandDevice, remark: remark ?? null }));
    await sql`
      update command_devices c set peer_cancel_told = true,
        remark = left(nullif(concat_ws(' ', c.remark, v.remark), ''), 1000),
        updated_at = case when v.remark is null then c.updated_at else ${new Date(this.#now())} end
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as v(id bigint, remark text)
      where c.id = v.id and c.state in ('cancelled', 'expired')`.execute(this.#db);
  }

  /** Those that nobody is sending just now: where the MDC does not know of them, it never will. */
  async notOnTheirWay(rows: readonly number[]): Promise<ReadonlySet<number>> {
    if (rows.length === 0) return new Set();
    const { rows: found } = await sql<{ id: number }>`
      select c.id from command_devices c
      where c.id = any(${rows}::bigint[]) and ${isUndecided} and not c.peer_accepted
        and (c.state = 'waiting' or not exists (
          select from command_carriers g where g.owner = c.peer_owner and g.lease_expires_at > now()))`.execute(
      this.#db,
    );
    return new Set(found.map(({ id }) => id));
  }

  /** @param at milliseconds UTC */
  async later(rows: readonly number[], at: number): Promise<void> {
    if (rows.length === 0) return;
    await sql`
      update command_devices set peer_not_before = ${new Date(at)}
      where id = any(${rows}::bigint[]) and (state in ('cancelled', 'expired') or ${isUndecided})`.execute(this.#db);
  }

  /** They were on their way to the MDC while it was told: it is told again. */
  async again(rows: readonly number[]): Promise<void> {
    if (rows.length === 0) return;
    await sql`
      update command_devices set peer_cancel_told = false, peer_not_before = '-infinity'
      where id = any(${rows}::bigint[]) and state in ('cancelled', 'expired')`.execute(this.#db);
  }
}

/** SQL: somebody wants the row to be cancelled, and its MDC did not say yet. */
const isUndecided = sql`(state in ('waiting', 'running') and cancelled_at is not null)`;

/** Longer than an MDC is waited for. */
const heldFor = sql`interval '150 seconds'`;

/** MDCs give commands up by themselves, some time. */
const afterExpiryMilliseconds = 3_600_000;
