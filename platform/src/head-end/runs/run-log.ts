/**
 * Writes what became of claimed runs: done, failed for good, or waiting for another attempt; gives the interface back and
 * keeps each meter's status. Reports of many sessions share one transaction.
 */
import { type Kysely, sql } from "kysely";
import type { Database } from "../../stores/relational/database.ts";
import { SharedStatement } from "../../stores/relational/shared-statement.ts";
import { causes } from "../causes.ts";
import { type ClaimedCommand, returnCommands } from "../queue/command-claims.ts";
import { priorities, priorityAfterFailure } from "../queue/priorities.ts";
import { type Random, retryDelay } from "../queue/retry.ts";
import type { Claim, ClaimedRun, RunQueue } from "../queue/run-queue.ts";
import type { HeadEndSettings } from "../settings.ts";
import { recordStatuses } from "../status/device-status.ts";
import type { CountCommand } from "./command-counter.ts";
import { type CommandOutcome, recordCommandOutcomes, storable, storableText } from "./command-progress.ts";
import type { ContactReport, RunReport } from "./run-report.ts";

/** A session that is over. Runs of the claim without a report go back to the queue as if never begun. */
export interface FinishedSession {
  readonly claim: Claim;
  readonly reports: readonly RunReport[];
  /** Absent when the meter was not called. */
  readonly contact?: ContactReport;
}

export class RunLog {
  readonly #db: Kysely<Database>;
  readonly #queue: RunQueue;
  readonly #settings: HeadEndSettings;
  readonly #random: Random;
  readonly #released: () => void;
  readonly #count: CountCommand;
  readonly #finished = new SharedStatement<FinishedSession>((sessions) => this.#write(sessions), sessionsPerWrite);

  /** @param released told when runs that waited for an interface may begin now */
  constructor(
    db: Kysely<Database>,
    queue: RunQueue,
    settings: HeadEndSettings,
    random: Random,
    released: () => void = () => {},
    count: CountCommand = () => {},
  ) {
    this.#db = db;
    this.#queue = queue;
    this.#settings = settings;
    this.#random = random;
    this.#released = released;
    this.#count = count;
  }

  /** Resolves when the outcome is durable. */
  async finish(session: FinishedSession): Promise<void> {
    await this.#finished.ask(session);
  }

  /** Forgets finished runs older than the retention, a part at a time. @returns how many */
  async purge(now: number): Promise<number> {
    const before = new Date(now - this.#settings.runRetentionDays * 86_400_000);
    let purged = 0;
    for (;;) {
      const old = this.#db.selectFrom("amr_runs").select("id").where("finished_at", "<", before).limit(runsPerPurge);
      const result = await this.#db.deleteFrom("amr_runs").where("id", "in", old).executeTakeFirst();
      purged += Number(result.numDeletedRows);
      if (result.numDeletedRows < runsPerPurge) return purged;
    }
  }

  async #write(sessions: readonly FinishedSession[]): Promise<undefined[]> {
    const rows: RunRow[] = [];
    const outcomes: CommandOutcome[] = [];
    const unbegun: number[] = [];
    for (const { claim, reports } of sessions) {
      const reported = new Map(reports.map((report) => [report.run, report]));
      for (const run of claim.runs) {
        const report = reported.get(run.id);
        const row = report ? this.#rowOf(run, report) : unbegunRow(run);
        rows.push(row);
        if (run.command && report) outcomes.push(commandOutcome(run.command, row, report));
        else if (run.command) unbegun.push(run.command.row);
      }
    }
    const interfaces = sessions.flatMap(({ claim }) => claim.interface ?? []);
    const contacts = sessions.flatMap(({ contact }) => contact ?? []);
    let released = 0;
    let ended: readonly CommandOutcome[] = [];
    await this.#db.transaction().execute(async (transaction) => {
      const ours = await sql<{ id: number | null }>`
        update amr_runs r set
          state = v.state, lease_owner = null, lease_expires_at = null,
          attempts = v.attempts, priority = v.priority,
          not_before = coalesce(to_timestamp(v.retry_at / 1000.0), r.not_before),
          finished_at = to_timestamp(v.finished_at / 1000.0), duration_milliseconds = coalesce(v.duration, r.duration_milliseconds),
          bytes_sent = r.bytes_sent + v.bytes_sent, bytes_received = r.bytes_received + v.bytes_received,
          rows_read = r.rows_read + v.rows_read, readings_stored = r.readings_stored + v.readings_stored,
          cause = v.cause, cause_detail = v.cause_detail, notes = v.notes, result = v.result
        from jsonb_to_recordset(${JSON.stringify(rows, storableText)}::jsonb) as v(
          id bigint, state text, attempts smallint, priority smallint, retry_at double precision, finished_at double precision,
          duration integer, bytes_sent bigint, bytes_received bigint, rows_read integer, readings_stored integer,
          cause text, cause_detail text, notes jsonb, result jsonb)
        where r.id = v.id and r.state = 'running' and r.lease_owner = ${this.#queue.owner}
        returning r.command_device as id`.execute(transaction);
      const commands = new Set(ours.rows.map(({ id }) => id));
      ended = outcomes.filter(({ row }) => commands.has(row));
      await recordCommandOutcomes(transaction, ended);
      await returnCommands(
        transaction,
        unbegun.filter((row) => commands.has(row)),
      );
      released = await this.#queue.freeInterfaces(transaction, interfaces);
      await recordStatuses(transaction, contacts);
    });
    // Whoever cancelled it counted it.
    for (const { name, state, failure } of ended)
      if (state !== "waiting" && failure?.code !== "command_cancelled") this.#count(name, state);
    if (released > 0) this.#released();
    return [];
  }

  #rowOf(run: ClaimedRun, report: RunReport): RunRow {
    const { failure } = report;
    const row: RunRow = {
      id: run.id,
      state: "succeeded",
      attempts: run.attempts,
      priority: run.priority,
      retry_at: null,
      finished_at: report.finishedAt,
      duration: Math.round(report.durationMilliseconds),
      bytes_sent: report.bytesSent,
      bytes_received: report.bytesReceived,
      rows_read: report.rowsRead,
      readings_stored: report.readingsStored,
      cause: failure?.code ?? null,
      cause_detail: failure?.detail === undefined ? null : storable(failure.detail),
      notes: report.notes.length > 0 ? report.notes.slice(0, notesKept).map(storable) : null,
      // What a command read is kept with the command.
      result: run.command ? null : (report.result ?? null),
    };
    if (failure === undefined) return row;
    // A command is tried until it expires.
    const lastAttempt = run.command === undefined && run.attempts >= this.#settings.retry.maxAttempts;
    if (!causes[failure.code].retry || lastAttempt) return { ...row, state: "failed" };
    const delay = retryDelay(run.attempts, this.#settings.retry, this.#random);
    return {
      ...row,
      state: "waiting",
      priority: priorityAfterFailure(run.priority),
      retry_at: report.finishedAt + delay,
      finished_at: null,
    };
  }
}

const sessionsPerWrite = 500;
const runsPerPurge = 5_000;
const notesKept = 50;

interface RunRow {
  id: number;
  state: "waiting" | "succeeded" | "failed";
  attempts: number;
  priority: number;
  retry_at: number | null;
  finished_at: number | null;
  duration: number | null;
  bytes_sent: number;
  bytes_received: number;
  rows_read: number;
  readings_stored: number;
  cause: string | null;
  cause_detail: string | null;
  notes: readonly string[] | null;
  result: unknown;
}

/** The attempt does not count: the process ended, or another driver's run went first. */
function unbegunRow(run: ClaimedRun): RunRow {
  return {
    id: run.id,
    state: "waiting",
    attempts: run.attempts - 1,
    priority: Math.max(run.priority, priorities.urgent),
    retry_at: null,
    finished_at: null,
    duration: null,
    bytes_sent: 0,
    bytes_received: 0,
    rows_read: 0,
    readings_stored: 0,
    cause: null,
    cause_detail: null,
    notes: null,
    result: null,
  };
}

function commandOutcome(command: ClaimedCommand, { state }: RunRow, report: RunReport): CommandOutcome {
  const { row, name, sentBefore } = command;
  const { finishedAt: at, failure, notes, result } = report;
  const ended = failure?.code === "command_expired" ? "expired" : state;
  return { row, name, sentBefore, state: ended, at, failure, notes, result };
}
