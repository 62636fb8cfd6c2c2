/** Reads one table for some meters and a time, and finds what spoils an answer by asking for less. */
import { readServiceOf, type UdilRow } from "@anymeter/udil";
import { MdcFailure } from "../connection/failures.ts";
import type { MdcConnection } from "../connection/mdc-connection.ts";
import type { Unreadable } from "../intake/row-delivery.ts";
import type { PollableTable } from "../peers/switches.ts";
import type { AnswerRequest, Refused } from "../set-aside/set-aside.ts";
import { type Retrying, retried } from "./retries.ts";

/** Takes the rows of one answer as they are read; an answer that turns out to be none of use is left alone. */
export interface RowsOfAnswer {
  add(rows: readonly UdilRow[], unreadable: readonly Unreadable[]): Promise<void>;
}

/** What becomes of answers. */
export interface AnswerTaker<Answer extends RowsOfAnswer> {
  begin(): Answer;
  /** One that is whole. */
  take(answer: Answer): Promise<void>;
  refuse(refused: Refused): void;
}

interface ReadAnswer<Answer> {
  readonly answer: Answer;
  readonly counts: RowCounts;
}

export interface PageReaderOptions {
  readonly connection: MdcConnection;
  readonly table: PollableTable;
  readonly retrying: Retrying;
}

/** Requests of one poll that may fail before the MDC as a whole is called broken. */
const mostFailedRequests = 40;
/** A limit that an answer does not mention is a round number, and hardly ever ends with all meters alike, */
const roundNumber = 100;
/** unless it is one of those that everybody takes. */
const usualLimits: ReadonlySet<number> = new Set([1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000]);

export class PageReader {
  readonly #options: PageReaderOptions;
  #failedRequests = 0;
  #answered = false;
  /** Rows at which answers of this MDC end without saying so. */
  #silentLimit: number | undefined;

  constructor(options: PageReaderOptions) {
    this.#options = options;
  }

  /**
   * Hands over what it reads, answer by answer; a meter whose answers cannot be read is set aside with what was asked for.
   * @returns rows that were handed over
   * @throws MdcFailure when the MDC does not answer, refuses, or when too many answers are broken
   */
  async read<Answer extends RowsOfAnswer>(request: AnswerRequest, taker: AnswerTaker<Answer>): Promise<number> {
    const read = await this.#ask(request, taker);
    if (typeof read === "number") return read;
    const halves = this.#looksCut(read.counts) ? halved(request) : undefined;
    if (halves === undefined) {
      await taker.take(read.answer);
      return read.counts.rows;
    }
    let rows = 0;
    for (const half of halves) rows += await this.read(half, taker);
    if (rows > read.counts.rows) this.#silentLimit = read.counts.rows;
    return rows;
  }

  #looksCut(counts: RowCounts): boolean {
    if (counts.rows === 0) return false;
    if (counts.rows === this.#silentLimit || usualLimits.has(counts.rows)) return true;
    return counts.rows % roundNumber === 0 && !counts.allAlike();
  }

  /** @returns rows that were handed over when the request was divided, or set aside */
  async #ask<Answer extends RowsOfAnswer>(
    request: AnswerRequest,
    taker: AnswerTaker<Answer>,
  ): Promise<ReadAnswer<Answer> | number> {
    const { retrying } = this.#options;
    try {
      const read = await retried(retrying, () => this.#request(request, taker.begin()));
      this.#answered = true;
      return read;
    } catch (error) {
      if (!(error instanceof MdcFailure) || !error.sent || !dividing.has(error.code)) throw error;
      if (++this.#failedRequests > mostFailedRequests) throw error;
      // An MDC that does not answer at all is not looked through meter by meter.
      if (!this.#answered && !(await this.#isWell(request))) throw error;
      if (retrying.stopped()) throw error;
      const { ids } = request;
      if (ids.length > 1) {
        const middle = ids.length >> 1;
        let rows = 0;
        for (const part of [ids.slice(0, middle), ids.slice(middle)])
          rows += await this.read({ ...request, ids: part }, taker);
        return rows;
      }
      taker.refuse(this.#setAside(request, error));
      return 0;
    }
  }

  /** Whether the MDC answers a question that has no rows: then it is the rows that spoil its answers. */
  async #isWell({ ids }: AnswerRequest): Promise<boolean> {
    const { connection, retrying } = this.#options;
    const now = retrying.clock.now();
    try {
      const { httpStatus, status, message, rows } = await retried(retrying, () =>
        connection.ask({ service: "events", ids, start: now, end: now }),
      );
      this.#answered = !isRefusal(httpStatus, status, message, rows?.length ?? 0);
      return this.#answered;
    } catch (error) {
      if (error instanceof MdcFailure) return false;
      throw error;
    }
  }

  async #request<Answer extends RowsOfAnswer>(
    { ids, start, end }: AnswerRequest,
    answer: Answer,
  ): Promise<ReadAnswer<Answer>> {
    const { connection, table } = this.#options;
    const counts = new RowCounts();
    const { httpStatus, status, message } = await connection.read(
      {
        service: readServiceOf(table),
        ids,
        ...(start !== undefined && { start }),
        ...(end !== undefined && { end }),
      },
      async ({ rows, setAside }) => {
        counts.add(rows);
        await answer.add(rows, setAside);
      },
    );
    if (httpStatus >= 400) throw new MdcFailure("http_error", `HTTP ${httpStatus}: ${message}`, { httpStatus });
    if (isRefusal(httpStatus, status, message, counts.rows))
      throw new MdcFailure("refused", `The MDC refuses to give rows: ${message || "it does not say why"}.`, {
        httpStatus,
      });
    return { answer, counts };
  }

  #setAside(request: AnswerRequest, failure: MdcFailure): Refused {
    const body = failure.body === undefined ? "" : Buffer.from(failure.body).toString("utf8");
    return {
      ...{ table: this.#options.table, kind: "answer", code: failure.code, reason: failure.message },
      ...{ globalDeviceId: request.ids[0], raw: body, request },
    };
  }
}

/** Failures that one meter's rows may be the cause of. */
const dividing: ReadonlySet<string> = new Set([
  "unreadable",
  "cut_off",
  "timeout",
  "server_error",
  "answer_too_long",
  "refused",
]);
/** Some say status 0 where they mean that there is nothing. */
function isRefusal(httpStatus: number, status: 0 | 1 | undefined, message: string, rows: number): boolean {
  return httpStatus >= 400 || (status === 0 && rows === 0 && !nothingThere.test(message));
}

const nothingThere = /\bno\b.*\b(data|record|row|result|event)|\bnot found\b|\bempty\b/i;

class RowCounts {
  rows = 0;
  readonly #byMeter = new Map<unknown, number>();

  add(rows: readonly UdilRow[]): void {
    this.rows += rows.length;
    for (const { global_device_id } of rows)
      this.#byMeter.set(global_device_id, (this.#byMeter.get(global_device_id) ?? 0) + 1);
  }

  /** Whether each meter has as many rows as every other: so profiles come when nothing is missing. */
  allAlike(): boolean {
    const [first] = this.#byMeter.values();
    return [...this.#byMeter.values()].every((count) => count === first);
  }
}

/** By meters, or by time for a single one. */
function halved({ ids, start, end }: AnswerRequest): AnswerRequest[] | undefined {
  const times = { ...(start !== undefined && { start }), ...(end !== undefined && { end }) };
  if (ids.length > 1) {
    const middle = ids.length >> 1;
    return [
      { ids: ids.slice(0, middle), ...times },
      { ids: ids.slice(middle), ...times },
    ];
  }
  if (start === undefined || end === undefined || end - start < 2_000) return undefined;
  const middle = start + Math.floor((end - start) / 2_000) * 1_000;
  return [
    { ids, start, end: middle },
    { ids, start: middle, end },
  ];
}
