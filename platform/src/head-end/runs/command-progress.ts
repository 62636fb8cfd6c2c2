/**
 * Keeps how far the commands of sessions under way got. What many sessions tell shares one statement; a level that a
 * session waits for is durable when it goes on.
 */
import { type Kysely, sql, type Transaction } from "kysely";
import type { Database } from "../../stores/relational/database.ts";
import { SharedStatement } from "../../stores/relational/shared-statement.ts";
import { type CauseCode, causes, RunFailure } from "../causes.ts";
import {
  type CommandLevel,
  type LevelInstants,
  levelAssignments,
  levelColumns,
  levelColumnTypes,
} from "../queue/command-levels.ts";
import { jsonParts } from "./json-parts.ts";

/** A session reached a level with the command of one of its runs. */
export interface ReachedLevel {
  /** The row of `command_devices`. */
  readonly row: number;
  readonly run: number;
  readonly level: 2 | 3 | 4;
  /** Milliseconds UTC. */
  readonly at: number;
}

/** Told by sessions. */
export interface CommandProgress {
  /**
   * Resolves when it is durable.
   * @throws RunFailure `command_cancelled` when the command was cancelled first, `stopped` when the run is somebody else's
   */
  reached(level: ReachedLevel): Promise<void>;
}

export class CommandLevels implements CommandProgress {
  readonly #db: Kysely<Database>;
  readonly #owner: string;
  readonly #levels = new SharedStatement<ReachedLevel, Standing>((levels) => this.#write(levels));

  /** @param owner of the runs' leases: a process that lost them writes nothing */
  constructor(db: Kysely<Database>, owner: string) {
    this.#db = db;
    this.#owner = owner;
  }

  async reached(level: ReachedLevel): Promise<void> {
    const standing = await this.#levels.ask(level);
    if (standing === "cancelled") throw new RunFailure("command_cancelled");
    if (standing === "not ours") throw new RunFailure("stopped");
  }

  async #write(levels: readonly ReachedLevel[]): Promise<Standing[]> {
    const byRow = Map.groupBy(levels, ({ row }) => row);
    const rows = [...byRow].map(([row, told]) => ({
      row,
      run: told[0]!.run,
      sent: told.some(({ level }) => level === 4) ? 1 : 0,
      ...levelColumns(instantsOf(told)),
    }));
    // Locked in the order of their ids: cancellations of the same rows lock them so too.
    const written = await sql<{ id: number }>`
      with v as materialized (
        select v.* from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
          as v("row" bigint, run bigint, sent smallint, ${levelColumnTypes})
        join amr_runs r on r.id = v.run and r.state = 'running' and r.lease_owner = ${this.#owner}
      ), locked as materialized (
        select c.id from command_devices c join v on v."row" = c.id where c.state = 'running' order by c.id for update of c
      )
      update command_devices c
      set ${levelAssignments}, times_sent = c.times_sent + v.sent, updated_at = to_timestamp(coalesce(v.at_4, v.at_3, v.at_2) / 1000.0)
      from v join locked on locked.id = v."row"
      where c.id = v."row" and c.state = 'running'
      returning c.id`.execute(this.#db);
    const ours = new Set(written.rows.map(({ id }) => id));
    const others = [...byRow.keys()].filter((row) => !ours.has(row));
    const cancelled = await this.#cancelled(others);
    return levels.map(({ row }) => (ours.has(row) ? "ours" : cancelled.has(row) ? "cancelled" : "not ours"));
  }

  async #cancelled(rows: readonly number[]): Promise<ReadonlySet<number>> {
    if (rows.length === 0) return new Set();
    const found = await sql<{ id: number }>`
      select id from command_devices where id = any(${rows}::bigint[]) and state = 'cancelled'`.execute(this.#db);
    return new Set(found.rows.map(({ id }) => id));
  }
}

type Standing = "ours" | "cancelled" | "not ours";

function instantsOf(levels: readonly ReachedLevel[]): LevelInstants {
  return Object.fromEntries(levels.map(({ level, at }) => [level, at])) as Partial<Record<CommandLevel, number>>;
}

/** What became of an attempt at a command. */
export interface CommandOutcome {
  readonly row: number;
  readonly name: string;
  /** An earlier attempt sent it, and did not learn what came of it. */
  readonly sentBefore?: boolean;
  readonly state: "succeeded" | "failed" | "expired" | "waiting";
  /** End of the attempt, milliseconds UTC. */
  readonly at: number;
  readonly failure?: { readonly code: CauseCode; readonly detail?: string | undefined } | undefined;
  /** Sentences, of a command that was carried out. */
  readonly notes?: readonly string[];
  readonly result?: unknown;
}

/** Stores outcomes with those of their runs. A command that was cancelled stays so, and says when it was carried out all the same. */
export async function recordCommandOutcomes(
  transaction: Transaction<Database>,
  outcomes: readonly CommandOutcome[],
): Promise<void> {
  const ordered = outcomes.toSorted((a, b) => a.row - b.row);
  for (const { json } of jsonParts(ordered, outcomeJson)) await writeOutcomes(transaction, json);
}

function outcomeJson({ row, state, at, failure, notes = [], result, sentBefore }: CommandOutcome): string {
  const columns = {
    ...{
      row,
      state,
      at,
      sent_before: sentBefore ?? false,
      cause: failure?.code ?? null,
      remark: remarkOf(failure, notes),
      result: result ?? null,
    },
    ...levelColumns(state === "succeeded" ? { 5: at } : {}),
  };
  return JSON.stringify(columns, storableText);
}

/** @param json rows in the order of their ids */
async function writeOutcomes(transaction: Transaction<Database>, json: string): Promise<void> {
  await sql`
    update command_devices c set
      state = case when c.state = 'running' then v.state else c.state end,
      ${levelAssignments},
      cause = case when c.state = 'running' then v.cause else c.cause end,
      remark = nullif(left(concat_ws(' ', nullif(v.remark, ''),
        case when v.state <> 'waiting' and c.times_sent > 1
          then 'It was sent ' || c.times_sent || ' times: what came of an earlier attempt was not known.'
          when v.state = 'failed' and v.sent_before then 'An earlier attempt sent it: what came of that is not known.' end,
        case when c.state = 'cancelled' then 'It was carried out although it was cancelled.' end), ${sql.lit(remarkLength)}), ''),
      result = v.result, updated_at = to_timestamp(v.at / 1000.0)
    from jsonb_to_recordset(${json}::jsonb) as v(
      "row" bigint, state text, at double precision, sent_before boolean, cause text, remark text, result jsonb, ${levelColumnTypes})
    where c.id = v."row" and (c.state = 'running' or (c.state = 'cancelled' and v.state = 'succeeded'))`.execute(
    transaction,
  );
}

/** Characters of a remark that are kept. */
const remarkLength = 1_000;
/** What is said of sending it twice, and of its cancellation, has its place however much else there is to say. */
const ownRemarkLength = 170;

function remarkOf(failure: CommandOutcome["failure"], notes: readonly string[]): string {
  const sentences = failure ? [causes[failure.code].sentence, failure.detail] : notes;
  return sentences
    .filter(Boolean)
    .join(" ")
    .slice(0, remarkLength - ownRemarkLength);
}

/** For `JSON.stringify`: every text as PostgreSQL keeps it. */
export function storableText(_: string, value: unknown): unknown {
  return typeof value === "string" ? storable(value) : value;
}

/** PostgreSQL keeps no NUL in text, and a meter's text may hold anything. */
export function storable(text: string): string {
  return text.replaceAll("\0", "").toWellFormed();
}
