/** What MDCs delivered and could not be stored: kept with a reason, and tried again when that is gone. */
import { createHash } from "node:crypto";
import { type Kysely, sql } from "kysely";
import type { Database } from "../../../stores/relational/database.ts";
import type { Mdc } from "../peers/mdc.ts";
import type { PollableTable } from "../peers/switches.ts";

/** What is to be set aside. */
export interface Refused {
  readonly table: PollableTable;
  readonly kind: "row" | "answer";
  readonly code: string;
  readonly reason: string;
  readonly globalDeviceId?: string | undefined;
  /** The row as it came, or the body of the answer. */
  readonly raw: string;
  /** Of an answer: what is asked again. */
  readonly request?: AnswerRequest;
}

/** A read whose answer could not be used. */
export interface AnswerRequest {
  readonly ids: readonly string[];
  /** Milliseconds UTC, both ends included. */
  readonly start?: number;
  readonly end?: number;
}

/** As it is kept. */
export interface SetAsideRow {
  readonly id: number;
  readonly table: PollableTable;
  readonly kind: "row" | "answer";
  readonly raw: string;
  readonly request: AnswerRequest | null;
  readonly replays: number;
}

export const setAsideLimits = {
  /** Characters of what came. */
  raw: 65_536,
  reason: 1_000,
  globalDeviceId: 200,
  /** Rows of one MDC. Beyond, the poll fails and the cursor stays: somebody has to look. */
  rows: 200_000,
  rowsPerStatement: 500,
} as const;

export class SetAside {
  readonly #db: Kysely<Database>;
  readonly #now: () => number;

  constructor(db: Kysely<Database>, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  /** Resolves with the number of new ones when they are durable. What is there already is only counted. */
  async add(mdc: Mdc, refused: readonly Refused[]): Promise<number> {
    let added = 0;
    for (let first = 0; first < refused.length; first += setAsideLimits.rowsPerStatement) {
      added += await this.#insert(mdc, refused.slice(first, first + setAsideLimits.rowsPerStatement));
    }
    return added;
  }

  async count(mdc: Mdc): Promise<number> {
    const { rows } = await sql<{ count: number }>`
      select count(*)::integer as count from udil_set_aside_rows where mdc = ${mdc.id}::uuid`.execute(this.#db);
    return rows[0]!.count;
  }

  /** The next of them in the order of their ids. */
  async page(mdc: string, after: number, ids: readonly number[] | undefined, limit: number): Promise<SetAsideRow[]> {
    const chosen = ids ? sql`id = any(${ids}::bigint[])` : sql`true`;
    const { rows } = await sql<SetAsideRow>`
      select id, table_code as "table", kind, raw, request, replays from udil_set_aside_rows
      where mdc = ${mdc}::uuid and id > ${after} and ${chosen} order by id limit ${limit}`.execute(this.#db);
    return rows;
  }

  /** Answers whose time to be asked for again has come. */
  async due(mdc: Mdc, limit: number): Promise<SetAsideRow[]> {
    const { rows } = await sql<SetAsideRow>`
      select id, table_code as "table", kind, raw, request, replays from udil_set_aside_rows
      where mdc = ${mdc.id}::uuid and replay_at <= ${new Date(this.#now())} order by replay_at limit ${limit}`.execute(
      this.#db,
    );
    return rows;
  }

  async remove(ids: readonly number[]): Promise<void> {
    if (ids.length === 0) return;
    await sql`delete from udil_set_aside_rows where id = any(${ids}::bigint[])`.execute(this.#db);
  }

  /** They could not be stored this time either. */
  async keep(rows: readonly { readonly id: number; readonly code: string; readonly reason: string }[]): Promise<void> {
    if (rows.length === 0) return;
    const now = this.#now();
    await sql`
      update udil_set_aside_rows s set reason_code = v.code, reason = v.reason, replays = s.replays + 1,
        replay_at = case when s.kind = 'answer'
          then to_timestamp(${now / 1000} + least(${sql.lit(firstRetrySeconds)} * power(2, least(s.replays, 12)), 86400)) end
      from jsonb_to_recordset(${JSON.stringify(rows.map(({ id, code, reason }) => ({ id, code, reason: cut(reason, setAsideLimits.reason) })))}::jsonb)
        as v(id bigint, code text, reason text)
      where s.id = v.id`.execute(this.#db);
  }

  async #insert(mdc: Mdc, refused: readonly Refused[]): Promise<number> {
    const now = this.#now();
    const rows = new Map(
      refused.map((one) => {
        const digest = digestOf(one);
        return [digest, { ...one, digest }];
      }),
    );
    const values = [...rows.values()].map(({ table, kind, code, reason, globalDeviceId, raw, request, digest }) => ({
      ...{ table_code: table, kind, reason_code: code, digest },
      reason: cut(reason, setAsideLimits.reason),
      global_device_id: globalDeviceId === undefined ? null : cut(globalDeviceId, setAsideLimits.globalDeviceId),
      raw: cut(raw, setAsideLimits.raw),
      request: request ?? null,
    }));
    const result = await sql<{ added: boolean }>`
      insert into udil_set_aside_rows as s (organization, mdc, table_code, kind, reason_code, reason, global_device_id, raw,
        request, digest, replay_at, first_seen_at, last_seen_at)
      select ${mdc.organization}::uuid, ${mdc.id}::uuid, v.table_code, v.kind, v.reason_code, v.reason, v.global_device_id,
        v.raw, v.request, decode(v.digest, 'hex'),
        case when v.kind = 'answer' then ${new Date(now + firstRetrySeconds * 1000)}::timestamptz end,
        ${new Date(now)}, ${new Date(now)}
      from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as v(table_code text, kind text, reason_code text,
        reason text, global_device_id text, raw text, request jsonb, digest text)
      on conflict (mdc, digest) do update set times_seen = s.times_seen + 1, last_seen_at = excluded.last_seen_at,
        reason_code = excluded.reason_code, reason = excluded.reason
      returning times_seen = 1 as added`.execute(this.#db);
    return result.rows.filter(({ added }) => added).length;
  }
}

/** An answer is the same when the same was asked, whatever came. */
function digestOf({ table, kind, raw, request }: Refused): string {
  const subject = kind === "answer" ? JSON.stringify(request) : raw;
  return createHash("sha256").update(`${kind}\n${table}\n${subject}`).digest("hex");
}

/** What PostgreSQL's text and JSON cannot hold is left out. */
function cut(text: string, characters: number): string {
  return text.slice(0, characters).toWellFormed().replaceAll("\0", "\uFFFD");
}

const firstRetrySeconds = 600;
