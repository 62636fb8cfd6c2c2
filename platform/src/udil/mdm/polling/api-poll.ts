/**
 * Reads an MDC's tables by its services. A table is read in windows of db_datetime from its cursor on, each window for pages
 * of meters; the cursor moves when everything of a window is durable, and the next read begins a little before it.
 */
import type { UdilRow } from "@anymeter/udil";
import type { Kysely } from "kysely";
import type { Database } from "../../../stores/relational/database.ts";
import type { MdcConnection } from "../connection/mdc-connection.ts";
import type { RowDelivery, TakenRows, Unreadable } from "../intake/row-delivery.ts";
import type { RowIntake } from "../intake/row-intake.ts";
import type { Mdc } from "../peers/mdc.ts";
import type { PollableTable } from "../peers/switches.ts";
import type { Refused, SetAside } from "../set-aside/set-aside.ts";
import type { Cursors } from "./cursors.ts";
import { historyRead, type MeterOfMdc, metersOf } from "./mdc-meters.ts";
import { overlapOf } from "./overlaps.ts";
import { PageReader, type RowsOfAnswer } from "./page-reader.ts";
import type { RecentRows } from "./recent-rows.ts";
import type { Retrying } from "./retries.ts";

export interface PollServices {
  readonly db: Kysely<Database>;
  readonly intake: RowIntake;
  readonly setAside: SetAside;
  readonly cursors: Cursors;
  readonly retrying: Retrying;
  /** What overlapping reads brought before, by table. */
  readonly recent: (table: PollableTable) => RecentRows;
}

export interface PolledRows {
  stored: number;
  repeated: number;
  setAside: number;
}

/** Milliseconds. */
const hour = 3_600_000;
const day = 24 * hour;

/** An MDC's clock may be ahead by this much, or behind by what a wrong time zone makes, before rows are missed. */
const clockTolerance = 2 * hour;
const clockBehind = 26 * hour;
/** Rows stamped later than now, by a fast clock, are read too. */
const ahead = 2 * day;
/** Rows of an answer that are held until it is looked which of them the next read brings again. */
const mostRemembered = 5_000;
/** Windows grow and shrink with the rows of their longest answer: one of 3,000 rows of all columns has some 5 MB. */
const windows = { first: 6 * hour, least: 5 * 60_000, most: 31 * day, manyRows: 3_000, fewRows: 1_200 } as const;
/** Pages that are read and stored at once: while rows of one are stored, the next is on its way. */
const pagesAtOnce = 3;

export async function pollByApi(connection: MdcConnection, services: PollServices): Promise<PolledRows> {
  const poll = new ApiPoll(connection, services);
  await poll.run();
  return poll.total;
}

class ApiPoll {
  readonly total: PolledRows = { stored: 0, repeated: 0, setAside: 0 };
  readonly #connection: MdcConnection;
  readonly #services: PollServices;
  readonly #mdc: Mdc;
  /** A meter that nobody asked for is no new meter: an MDC of several utilities may confuse them. */
  readonly #deliverer: Mdc;

  constructor(connection: MdcConnection, services: PollServices) {
    this.#connection = connection;
    this.#services = services;
    this.#mdc = connection.mdc;
    const { createsDevices, switches } = connection.mdc;
    this.#deliverer = {
      ...connection.mdc,
      createsDevices: createsDevices && switches.lists_all_without_ids === true,
    };
  }

  async run(): Promise<void> {
    const meters = await metersOf(this.#services.db, this.#mdc);
    const fresh = meters.filter(({ isNew }) => isNew);
    for (const table of this.#mdc.tables) {
      if (this.#services.retrying.stopped()) return;
      const reader = new PageReader({ connection: this.#connection, table, retrying: this.#services.retrying });
      if (table === "VISL") await this.#readVisuals(reader, meters);
      else await this.#readTable(reader, table, meters, fresh);
    }
    if (this.#services.retrying.stopped()) return;
    await historyRead(this.#services.db, this.#mdc, fresh, this.#now());
  }

  async #readVisuals(reader: PageReader, meters: readonly MeterOfMdc[]): Promise<void> {
    const outcome = await this.#readWindow(reader, "VISL", this.#pagesOf(meters), undefined);
    await this.#services.cursors.advance(this.#mdc, "VISL", { ...outcome, readUntil: outcome.newestStamp });
  }

  async #readTable(
    reader: PageReader,
    table: PollableTable,
    meters: readonly MeterOfMdc[],
    fresh: readonly MeterOfMdc[],
  ): Promise<void> {
    const { cursors, retrying } = this.#services;
    const begin = this.#now() - historyOf(this.#mdc, table);
    const { readUntil } = await cursors.read(this.#mdc, table);
    // Meters that came later, or from another MDC, catch up with the others first.
    if (readUntil !== undefined && fresh.length > 0 && readUntil > begin) {
      await this.#readSpan(reader, table, fresh, begin, readUntil, () => undefined);
    }
    if (retrying.stopped()) return;
    const overlap = overlapOf(this.#mdc, table);
    const from = readUntil === undefined ? begin : readUntil - overlap;
    await this.#readSpan(reader, table, meters, from, this.#now() + ahead, (window) => this.#cursorAfter(window));
    const { readUntil: now } = await cursors.read(this.#mdc, table);
    if (now !== undefined) this.#services.recent(table).forgetBefore(now - overlap);
  }

  /** In windows, a few at once; `cursorAfter` says how far the cursor may move after each, in their order. */
  async #readSpan(
    reader: PageReader,
    table: PollableTable,
    meters: readonly MeterOfMdc[],
    from: number,
    to: number,
    cursorAfter: (window: WindowEnd) => number | undefined,
  ): Promise<void> {
    let span: number = windows.first;
    const pages = this.#pagesOf(meters);
    const windowsAtOnce = Math.ceil(pagesAtOnce / Math.max(1, pages.length));
    const underWay: { readonly end: number; readonly read: Promise<WindowOutcome> }[] = [];
    /** @returns false when the poll was stopped: nothing behind a hole may move the cursor */
    const oldestIsRead = async (): Promise<boolean> => {
      const { end, read } = underWay[0]!;
      const outcome = await read;
      underWay.shift();
      if (!outcome.complete) return false;
      const readUntil = cursorAfter({ newestStamp: outcome.newestStamp, end });
      await this.#services.cursors.advance(this.#mdc, table, { ...outcome, readUntil });
      if (outcome.longest > windows.manyRows) span = Math.max(windows.least, span / 2);
      if (outcome.longest < windows.fewRows) span = Math.min(windows.most, span * 2);
      return true;
    };
    try {
      for (let start = from; start < to && !this.#services.retrying.stopped(); ) {
        // What is ahead of the clock is one window with the present: it is hardly ever anything.
        const end = start + span >= this.#now() ? to : Math.min(to, start + span);
        const read = this.#readWindow(reader, table, pages, { start, end });
        read.catch(() => "told when it is its turn");
        underWay.push({ end, read });
        start = end;
        if (underWay.length >= windowsAtOnce && !(await oldestIsRead())) return;
      }
      while (underWay.length > 0) if (!(await oldestIsRead())) return;
    } finally {
      await Promise.allSettled(underWay.map(({ read }) => read));
    }
  }

  /** The newest stamp of the MDC's own clock, as far as it can be believed; of the past, what was read. */
  #cursorAfter({ newestStamp, end }: WindowEnd): number {
    const now = this.#now();
    const read = Math.min(end, now - clockBehind);
    return newestStamp === undefined ? read : Math.max(read, Math.min(newestStamp, now + clockTolerance));
  }

  /** Ids that are asked for together. */
  #pagesOf(meters: readonly MeterOfMdc[]): readonly (readonly string[])[] {
    const { devicesPerRequest, switches } = this.#mdc;
    if (switches.lists_all_without_ids === true) return [[]];
    const pages: string[][] = [];
    for (let first = 0; first < meters.length; first += devicesPerRequest) {
      pages.push(meters.slice(first, first + devicesPerRequest).map(({ globalDeviceId }) => globalDeviceId));
    }
    return pages;
  }

  async #readWindow(
    reader: PageReader,
    table: PollableTable,
    pages: readonly (readonly string[])[],
    window: { start: number; end: number } | undefined,
  ): Promise<WindowOutcome> {
    const outcome = new WindowOutcome();
    const queue = pages[Symbol.iterator]();
    const worker = async () => {
      for (const ids of queue) {
        if (this.#services.retrying.stopped()) {
          outcome.complete = false;
          return;
        }
        const refused: Refused[] = [];
        await reader.read(
          { ids, ...window },
          {
            begin: () => this.#begin(table),
            take: (answer) => this.#take(answer, outcome),
            refuse: (one) => refused.push(one),
          },
        );
        await this.#services.setAside.add(this.#mdc, refused);
        outcome.setAside += refused.length;
        this.total.setAside += refused.length;
      }
    };
    await allSettledOrThrow(Array.from({ length: pagesAtOnce }, worker));
    return outcome;
  }

  #begin(table: PollableTable): PolledAnswer {
    const delivery = this.#services.intake.begin(this.#deliverer, table);
    return new PolledAnswer(delivery, this.#services.recent(table), overlapOf(this.#mdc, table), this.#now());
  }

  async #take(answer: PolledAnswer, outcome: WindowOutcome): Promise<void> {
    const taken = await this.#services.intake.finish(this.#mdc, answer.delivery);
    answer.keep();
    outcome.add(answer, taken);
    this.total.stored += taken.stored;
    this.total.setAside += taken.refused.length;
    this.total.repeated += answer.rows - answer.fresh;
  }

  #now(): number {
    return this.#services.retrying.clock.now();
  }
}

/** Of rows that come once a month, two at least. */
export function historyOf({ historyMilliseconds }: Mdc, table: PollableTable): number {
  return table === "MBIL" ? Math.max(historyMilliseconds, 62 * day) : historyMilliseconds;
}

interface WindowEnd {
  readonly newestStamp: number | undefined;
  readonly end: number;
}

/** What became of the rows of a window. */
class WindowOutcome {
  /** Rows of the answer that had most of them. */
  longest = 0;
  stored = 0;
  setAside = 0;
  complete = true;
  newestAt: number | undefined;
  newestStamp: number | undefined;

  add(answer: PolledAnswer, taken: TakenRows): void {
    this.longest = Math.max(this.longest, answer.rows);
    this.stored += taken.stored;
    this.setAside += taken.refused.length;
    this.newestAt = later(this.newestAt, taken.newestAt);
    this.newestStamp = later(this.newestStamp, answer.newestStamp);
  }
}

/** The rows of an answer on their way into the stores, without those that were there before. */
class PolledAnswer implements RowsOfAnswer {
  readonly delivery: RowDelivery;
  readonly #recent: RecentRows;
  readonly #overlap: number;
  readonly #now: number;
  #remembered: UdilRow[] = [];
  rows = 0;
  fresh = 0;
  newestStamp: number | undefined;

  /** @param overlap milliseconds that the next read begins before the cursor */
  constructor(delivery: RowDelivery, recent: RecentRows, overlap: number, now: number) {
    this.delivery = delivery;
    this.#recent = recent;
    this.#overlap = overlap;
    this.#now = now;
  }

  async add(rows: readonly UdilRow[], unreadable: readonly Unreadable[]): Promise<void> {
    const fresh = this.#recent.fresh(rows);
    this.rows += rows.length;
    this.fresh += fresh.length;
    for (const { db_datetime } of rows)
      if (typeof db_datetime === "number") this.newestStamp = later(this.newestStamp, db_datetime);
    this.#remembered.push(...this.#comingAgain(fresh));
    if (this.#remembered.length > mostRemembered) this.#remembered = this.#comingAgain(this.#remembered);
    await this.delivery.add(fresh, unreadable);
  }

  /** Once they are durable. */
  keep(): void {
    this.#recent.keep(this.#comingAgain(this.#remembered));
  }

  /** Those that the next read brings once more: the cursor will stand at the newest stamp, if that can be believed. */
  #comingAgain(rows: readonly UdilRow[]): UdilRow[] {
    const cursor = Math.max(this.#now - clockBehind, Math.min(this.newestStamp ?? 0, this.#now + clockTolerance));
    const begin = cursor - this.#overlap;
    return rows.filter(({ db_datetime }) => typeof db_datetime === "number" && db_datetime >= begin);
  }
}

function later(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || (other !== undefined && other > one) ? other : one;
}

/** Every worker ends before the first failure is told: nothing of a poll goes on after it. */
async function allSettledOrThrow(work: readonly Promise<void>[]): Promise<void> {
  const outcomes = await Promise.allSettled(work);
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed) throw failed.reason;
}
