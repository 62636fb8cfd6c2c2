/** What MDCs delivered and could not be stored: kept with a reason, and tried again when that is gone. */
import { createHash } from "node:crypto";
import { type Kysely, sql } from "kysely";
import type { Database } from "../../../stores/relational/database.ts";
import { MdcFailure } from "../connection/failures.ts";
import type { Mdc } from "../peers/mdc.ts";
import { withoutSecrets } from "../peers/secrets.ts";
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
  readonly code: string;
  readonly reason: string;
}

/** A whole file that waits in refused/: not to be tried again from here. */
export const unreadableFile = "unreadable_file";
export const filesAside: ReadonlySet<string> = new Set([unreadableFile, "unknown_file"]);

export const setAsideLimits = {
  /** Characters of what came. */
  raw: 65_536,
  reason: 1_000,
  globalDeviceId: 200,
  /** Rows of one MDC, and their bytes on disk. Beyond, the poll fails and the cursor stays: somebody has to look. */
  rows: 200_000,
  bytes: 1024 ** 3,
  rowsPerStatement: 500,
} as const;

export class SetAside {
  readonly #db: Kysely<Database>;
  readonly #now: () => number;
  readonly #limits: Readonly<Record<"rows" | "bytes", number>>;
  /** Rows that may still come of each MDC before they are counted again. */
  readonly #room = new Map<string, number>();

  constructor(
    db: Kysely<Database>,
    now: () => number,
    limits: Readonly<Record<"rows" | "bytes", number>> = setAsideLimits,
  ) {
    this.#db = db;
    this.#now = now;
    this.#limits = limits;
  }

  /**
   * Resolves with the number of new ones when they are durable. What is there already is only counted.
   * @throws MdcFailure when there is no room for them: then the rows of this call may be kept in part
   */
  async add(mdc: Mdc, refused: readonly Refused[]): Promise<number> {
    let added = 0;
    for (let first = 0; first < refused.length; first += setAsideLimits.rowsPerStatement) {
      if ((this.#room.get(mdc.id) ?? 0) <= 0) await this.requireRoom(mdc);
      const fresh = await this.#insert(mdc, refused.slice(first, first + setAsideLimits.rowsPerStatement));
      this.#room.set(mdc.id, (this.#room.get(mdc.id) ?? 0) - fresh);
      added += fresh;
    }
    return added;
  }

  /** Cursors must not run past rows that nobody can look at any more. @throws MdcFailure */
  async requireRoom(mdc: Mdc): Promise<void> {
    const { rows } = await sql<{ count: number; bytes: number }>`
      select count(*)::integer as count, coalesce(sum(pg_column_size(raw)), 0)::double precision as bytes
      from udil_set_aside_rows where mdc = ${mdc.id}::uuid`.execute(this.#db);
    const { count, bytes } = rows[0]!;
    const most = this.#limits;
    if (count >= most.rows || bytes >= most.bytes) {
      throw new MdcFailure(
        "refused",
        `${count} rows of this MDC are set aside (${Math.ceil(bytes / 2 ** 20)} MiB), the most that are kept. Replay or discard them; until then it is not read.`,
        { sent: false },
      );
    }
    const byBytes = Math.ceil((most.bytes - bytes) / setAsideLimits.raw);
    this.#room.set(mdc.id, Math.min(most.rows - count, byBytes));
  }

  /** The given ones, or any: those that were tried least come first, so that trying the next some reaches all of them. */
  async page(mdc: string, ids: readonly number[] | undefined, limit: number): Promise<SetAsideRow[]> {
    const chosen = ids ? sql`id = any(${ids}::bigint[])` : sql`true`;
    const { rows } = await sql<SetAsideRow>`
      select ${columnsOfRow} from udil_set_aside_rows
      where mdc = ${mdc}::uuid and ${chosen} order by replays, id limit ${limit}`.execute(this.#db);
    return rows;
  }

  /** They are asked for again with the next poll. */
  async askSoon(answers: readonly SetAsideRow[]): Promise<void> {
    if (answers.length === 0) return;
    await sql`
      update udil_set_aside_rows set replay_at = ${new Date(this.#now())}
      where id = any(${answers.map(({ id }) => id)}::bigint[])`.execute(this.#db);
  }

  /** Answers whose time to be asked for again has come. */
  async due(mdc: Mdc, limit: number): Promise<SetAsideRow[]> {
    const { rows } = await sql<SetAsideRow>`
      select ${columnsOfRow} from udil_set_aside_rows
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
      reason: cut(withoutSecrets(mdc, reason), setAsideLimits.reason),
      global_device_id: globalDeviceId === undefined ? null : cut(globalDeviceId, setAsideLimits.globalDeviceId),
      raw: cut(kind === "answer" ? withoutSecrets(mdc, raw) : raw, setAsideLimits.raw),
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

const columnsOfRow = sql`id, table_code as "table", kind, raw, request, replays, reason_code as code, reason`;

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
