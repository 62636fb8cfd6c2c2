/** Reads one table for some meters and a time, and finds what spoils an answer by asking for less. */
import { readServiceOf, type UdilRow } from "@anymeter/udil";
import { MdcFailure } from "../connection/failures.ts";
import type { MdcAnswer, MdcConnection } from "../connection/mdc-connection.ts";
import type { PollableTable } from "../peers/switches.ts";
import type { AnswerRequest, Refused } from "../set-aside/set-aside.ts";
import { type Retrying, retried } from "./retries.ts";

export interface ReadPage {
  readonly rows: readonly UdilRow[];
  readonly unreadable: readonly { readonly reason: string; readonly raw: string }[];
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
   * Hands over what it reads, page by page; a meter whose answers cannot be read is set aside with what was asked for.
   * @throws MdcFailure when the MDC does not answer, refuses, or when too many answers are broken
   */
  async read(
    request: AnswerRequest,
    take: (page: ReadPage) => Promise<void>,
    refuse: (refused: Refused) => void,
  ): Promise<void> {
    const page = await this.#ask(request, refuse, take);
    if (page === undefined) return;
    if (this.#looksCut(page.rows)) {
      const halves = halved(request);
      if (halves) {
        let count = 0;
        for (const half of halves) {
          await this.read(
            half,
            (part) => {
              count += part.rows.length;
              return take(part);
            },
            refuse,
          );
        }
        if (count > page.rows.length) this.#silentLimit = page.rows.length;
        return;
      }
    }
    await take(page);
  }

  #looksCut(rows: readonly UdilRow[]): boolean {
    const count = rows.length;
    if (count === 0) return false;
    if (count === this.#silentLimit || usualLimits.has(count)) return true;
    return count % roundNumber === 0 && !allAlike(rows);
  }

  /** @returns undefined when the request was divided, or set aside */
  async #ask(
    request: AnswerRequest,
    refuse: (refused: Refused) => void,
    take: (page: ReadPage) => Promise<void>,
  ): Promise<ReadPage | undefined> {
    const { retrying } = this.#options;
    try {
      const page = await retried(retrying, async () => this.#page(await this.#request(request)));
      this.#answered = true;
      return page;
    } catch (error) {
      if (!(error instanceof MdcFailure) || !error.sent || !dividing.has(error.code)) throw error;
      if (++this.#failedRequests > mostFailedRequests) throw error;
      const { ids } = request;
      if (ids.length > 1) {
        const middle = ids.length >> 1;
        for (const part of [ids.slice(0, middle), ids.slice(middle)])
          await this.read({ ...request, ids: part }, take, refuse);
        return undefined;
      }
      if (!this.#answered && !(await this.#isWell(request))) throw error;
      refuse(this.#setAside(request, error));
      return undefined;
    }
  }

  /** Whether the MDC answers a question that has no rows: then it is the rows that spoil its answers. */
  async #isWell({ ids }: AnswerRequest): Promise<boolean> {
    const { connection, retrying } = this.#options;
    const now = retrying.clock.now();
    try {
      await retried(retrying, () => connection.ask({ service: "events", ids, start: now, end: now }));
      this.#answered = true;
      return true;
    } catch (error) {
      if (error instanceof MdcFailure) return false;
      throw error;
    }
  }

  #request({ ids, start, end }: AnswerRequest): Promise<MdcAnswer> {
    const { connection, table } = this.#options;
    return connection.ask({
      service: readServiceOf(table),
      ids,
      ...(start !== undefined && { start }),
      ...(end !== undefined && { end }),
    });
  }

  #page({ httpStatus, status, message, rows = [], setAside }: MdcAnswer): ReadPage {
    if (httpStatus >= 400) throw new MdcFailure("http_error", `HTTP ${httpStatus}: ${message}`, { httpStatus });
    // Some say status 0 where they mean that there is nothing.
    if (status === 0 && rows.length === 0 && !nothingThere.test(message))
      throw new MdcFailure("refused", `The MDC refuses to give rows: ${message || "it does not say why"}.`, {
        httpStatus,
      });
    return { rows, unreadable: setAside };
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
const dividing: ReadonlySet<string> = new Set(["unreadable", "cut_off", "timeout", "server_error", "answer_too_long"]);
const nothingThere = /\bno\b.*\b(data|record|row|result|event)|\bnot found\b|\bempty\b/i;

/** Whether each meter has as many rows as every other: so profiles come when nothing is missing. */
function allAlike(rows: readonly UdilRow[]): boolean {
  const counts = new Map<unknown, number>();
  for (const { global_device_id } of rows) counts.set(global_device_id, (counts.get(global_device_id) ?? 0) + 1);
  const [first] = counts.values();
  return [...counts.values()].every((count) => count === first);
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
