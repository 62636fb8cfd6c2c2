/** Which process polls an MDC, and when it is polled next. A process that polled one keeps it while it lives. */
import { randomUUID } from "node:crypto";
import { type Kysely, sql } from "kysely";
import type { Database } from "../../../stores/relational/database.ts";
import type { MdcFailure } from "../connection/failures.ts";

const leaseSeconds = 60;
/** Leases are renewed that often. */
export const leaseRenewalMilliseconds = (leaseSeconds * 1000) / 3;

export class PollLeases {
  readonly #db: Kysely<Database>;
  readonly #now: () => number;
  readonly #owner = randomUUID();

  constructor(db: Kysely<Database>, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  /** Claims MDCs whose time has come; a poll of theirs that is under way is for the caller to know. */
  async claim(most: number, except: readonly string[]): Promise<string[]> {
    const now = new Date(this.#now());
    await sql`
      insert into udil_mdc_polls (mdc) select id from udil_mdcs where is_active
      on conflict (mdc) do nothing`.execute(this.#db);
    const { rows } = await sql<{ mdc: string }>`
      update udil_mdc_polls p set owner = ${this.#owner}, lease_expires_at = ${leaseEnd}, started_at = ${now},
        wanted = false, next_poll_at = null
      where p.mdc in (
        select q.mdc from udil_mdc_polls q
        join udil_mdcs m on m.id = q.mdc and m.is_active
        join organizations o on o.id = m.organization and o.is_active
        where (q.wanted or q.next_poll_at is null or q.next_poll_at <= ${now} or q.lease_expires_at <= now()) and not (q.mdc = any(${except}::uuid[]))
          and ${this.#isFree}
        order by q.wanted desc, q.next_poll_at nulls first limit ${most} for update of q skip locked
      )
      returning mdc`.execute(this.#db);
    return rows.map(({ mdc }) => mdc);
  }

  /** Milliseconds until the next poll of any MDC is due; undefined = there is none. */
  async nextIn(except: readonly string[]): Promise<number | undefined> {
    const { rows } = await sql<{ next: Date | null }>`
      select min(case when q.wanted then 'epoch'::timestamptz else coalesce(q.next_poll_at, 'epoch'::timestamptz) end) as next from udil_mdc_polls q
      join udil_mdcs m on m.id = q.mdc and m.is_active
      join organizations o on o.id = m.organization and o.is_active
      where not (q.mdc = any(${except}::uuid[])) and ${this.#isFree}`.execute(this.#db);
    const next = rows[0]?.next;
    return next ? Math.max(0, next.getTime() - this.#now()) : undefined;
  }

  get #isFree() {
    return sql`(q.owner is null or q.owner = ${this.#owner} or q.lease_expires_at is null or q.lease_expires_at <= now())`;
  }

  async succeeded(mdc: string, nextAt: number): Promise<void> {
    await sql`
      update udil_mdc_polls set next_poll_at = ${new Date(nextAt)}, succeeded_at = ${new Date(this.#now())}, failures = 0,
        error_code = null, error = null
      where mdc = ${mdc}::uuid`.execute(this.#db);
  }

  /** @param nextAt by the number of failures in a row, this one among them */
  async failed(mdc: string, failure: MdcFailure, nextAt: (failures: number) => number): Promise<void> {
    const { rows } = await sql<{ failures: number }>`
      update udil_mdc_polls set failures = failures + 1, error_code = ${failure.code},
        error = ${failure.message.slice(0, 1000).toWellFormed().replaceAll("\0", "")}
      where mdc = ${mdc}::uuid returning failures`.execute(this.#db);
    const failures = rows[0]?.failures;
    if (failures === undefined) return;
    await sql`
      update udil_mdc_polls set next_poll_at = ${new Date(nextAt(failures))} where mdc = ${mdc}::uuid`.execute(
      this.#db,
    );
  }

  /** Has it polled as soon as somebody looks. @returns whether there is such an MDC */
  async soon(mdc: string): Promise<boolean> {
    const { rows } = await sql`
      insert into udil_mdc_polls (mdc) select id from udil_mdcs where id = ${mdc}::uuid
      on conflict (mdc) do update set wanted = true returning mdc`.execute(this.#db);
    return rows.length > 0;
  }

  /** A poll ended before it had read everything: the next goes on as soon as somebody looks. */
  async interrupted(mdc: string): Promise<void> {
    await sql`
      update udil_mdc_polls set next_poll_at = ${new Date(this.#now())}
      where mdc = ${mdc}::uuid and owner = ${this.#owner}`.execute(this.#db);
  }

  /** @returns revisions of the settings of the MDCs that are still ours, by their ids */
  async renew(): Promise<Map<string, number>> {
    const { rows } = await sql<{ id: string; updated_at: Date }>`
      update udil_mdc_polls p set lease_expires_at = ${leaseEnd} from udil_mdcs m
      where p.owner = ${this.#owner} and m.id = p.mdc returning m.id, m.updated_at`.execute(this.#db);
    return new Map(rows.map(({ id, updated_at }) => [id, updated_at.getTime()]));
  }

  async release(): Promise<void> {
    await sql`
      update udil_mdc_polls set owner = null, lease_expires_at = null where owner = ${this.#owner}`.execute(this.#db);
  }

  /** Whoever had them before is gone: an embedded store has one process. */
  async recover(): Promise<void> {
    await sql`
      update udil_mdc_polls set owner = null, lease_expires_at = null, next_poll_at = null
      where owner is not null`.execute(this.#db);
  }
}

const leaseEnd = sql`now() + make_interval(secs => ${sql.lit(leaseSeconds)})`;
