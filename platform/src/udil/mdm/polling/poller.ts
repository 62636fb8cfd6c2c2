/** Polls every MDC when its time has come, each by one process, several at once. */
import type { Kysely } from "kysely";
import type { Clock } from "../../../head-end/clock.ts";
import type { HeadEndLog } from "../../../head-end/log.ts";
import { Loop } from "../../../head-end/loop.ts";
import { Wakeup } from "../../../head-end/wakeup.ts";
import type { Sealer } from "../../../registry/sealing.ts";
import type { Database } from "../../../stores/relational/database.ts";
import type { Connections } from "../connection/connections.ts";
import { MdcFailure } from "../connection/failures.ts";
import type { MdcConnection } from "../connection/mdc-connection.ts";
import { loadMdcs, type Mdc } from "../peers/mdc.ts";
import { withoutSecrets } from "../peers/secrets.ts";
import type { PollableTable } from "../peers/switches.ts";
import type { PollServices } from "./api-poll.ts";
import { AskedHoles } from "./holes.ts";
import { fillHoles, type MdcPollOptions, pollMdc } from "./mdc-poll.ts";
import { leaseRenewalMilliseconds, PollLeases } from "./poll-leases.ts";
import { RecentRows } from "./recent-rows.ts";
import { pauseAfterFailures } from "./retries.ts";

export interface PollerOptions extends Omit<MdcPollOptions, "services" | "asked"> {
  readonly db: Kysely<Database>;
  readonly sealer: Sealer;
  readonly connections: Connections;
  readonly services: Omit<PollServices, "retrying" | "recent" | "db">;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: HeadEndLog;
}

/** Polls under way in one process. */
const pollsAtOnce = 8;
const holesMilliseconds = 15 * 60_000;
/** How often it is looked for MDCs that other processes added or want polled. */
const lookMilliseconds = 2_000;
/** Polls end at their next page; what an MDC holds back longer than this is not waited for. */
const stopMilliseconds = 2_000;

/** A poll of one MDC. */
class PollUnderWay {
  /** Its settings changed, it is another process's, or gone: this poll ends at its next page. */
  superseded = false;
  /** Fires when nothing is waited for any more. */
  readonly abort = new AbortController();
  /** Of the settings it goes by; 0 until they are read. */
  revision = 0;
  done: Promise<void> = Promise.resolve();
}

export class Poller {
  readonly leases: PollLeases;
  readonly #options: PollerOptions;
  readonly #changed: Wakeup;
  readonly #underWay = new Map<string, PollUnderWay>();
  readonly #recent = new Map<string, Map<PollableTable, RecentRows>>();
  readonly #holesAt = new Map<string, number>();
  readonly #asked = new AskedHoles();
  readonly #loops: Loop[] = [];
  #stopped = false;

  constructor(options: PollerOptions) {
    this.#options = options;
    this.leases = new PollLeases(options.db, () => options.clock.now());
    this.#changed = new Wakeup(options.clock);
  }

  /** Everything a poll, or a replay, needs beside the MDC. */
  servicesFor(mdc: string, poll?: PollUnderWay): PollServices {
    const { db, services, clock, random } = this.#options;
    const tables = this.#recent.get(mdc) ?? new Map<PollableTable, RecentRows>();
    this.#recent.set(mdc, tables);
    return {
      ...services,
      db,
      retrying: {
        ...{ clock, random, stopped: () => this.#stopped || poll?.superseded === true },
        ...(poll && { signal: poll.abort.signal }),
      },
      recent: (table) => {
        const rows = tables.get(table) ?? new RecentRows();
        tables.set(table, rows);
        return rows;
      },
    };
  }

  start(): void {
    const { clock, logger } = this.#options;
    this.#stopped = false;
    this.#loops.push(
      new Loop("poll MDCs", () => this.#look(), this.#changed, logger),
      new Loop("keep MDCs", () => this.#keep(), new Wakeup(clock), logger),
    );
  }

  /** Resolves when every poll under way has ended: at its next page, or without waiting for an MDC that does not answer. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#loops.splice(0).map((loop) => loop.stop()));
    const abandon = setTimeout(() => {
      for (const { abort } of this.#underWay.values()) abort.abort();
      this.#options.connections.close();
    }, stopMilliseconds);
    await Promise.all([...this.#underWay.values()].map(({ done }) => done));
    clearTimeout(abandon);
    await this.leases.release();
  }

  /** Somebody wants an MDC polled, or changed one. */
  wake(): void {
    this.#changed.wake();
  }

  /** Its settings changed: a poll by the former ones ends, and another begins. */
  async settingsChanged(mdc: string): Promise<void> {
    const poll = this.#underWay.get(mdc);
    if (poll) poll.superseded = true;
    await this.leases.soon(mdc);
    this.wake();
  }

  /** It was deleted. */
  forget(mdc: string): void {
    const poll = this.#underWay.get(mdc);
    if (poll) poll.superseded = true;
    this.#recent.delete(mdc);
    this.#holesAt.delete(mdc);
    this.#options.connections.forget(mdc);
  }

  /** Begins the polls that are due. @returns milliseconds until it is looked again */
  async #look(): Promise<number> {
    const room = pollsAtOnce - this.#underWay.size;
    // Whichever ends first wakes us.
    if (room <= 0) return lookMilliseconds;
    for (const mdc of await this.leases.claim(room, [...this.#underWay.keys()])) this.#begin(mdc);
    if (this.#underWay.size >= pollsAtOnce) return lookMilliseconds;
    const next = await this.leases.nextIn([...this.#underWay.keys()]);
    return Math.min(lookMilliseconds, Math.max(next ?? lookMilliseconds, shortestPause));
  }

  /** Other processes change settings too, and take over when this one was not heard of for too long. */
  async #keep(): Promise<number> {
    const kept = await this.leases.renew();
    for (const [mdc, poll] of this.#underWay) {
      if (poll.revision !== 0 && kept.get(mdc) !== poll.revision) poll.superseded = true;
    }
    return leaseRenewalMilliseconds;
  }

  #begin(mdc: string): void {
    const { logger } = this.#options;
    const poll = new PollUnderWay();
    poll.done = this.#poll(mdc, poll)
      .catch((error: unknown) => logger.error({ err: error, mdc }, "a poll of an MDC failed; it is tried again"))
      .then(() => {
        this.#underWay.delete(mdc);
        this.#changed.wake();
      });
    this.#underWay.set(mdc, poll);
  }

  async #poll(id: string, poll: PollUnderWay): Promise<void> {
    const { clock, logger, connections, db, sealer, services } = this.#options;
    const begun = clock.now();
    let mdc: Mdc | undefined;
    try {
      // One whose secrets do not open keeps no other from being polled.
      [mdc] = await loadMdcs(db, sealer, [id]);
      if (mdc === undefined) return;
      poll.revision = mdc.revision;
      const options: MdcPollOptions = {
        ...this.#options,
        ...{ services: this.servicesFor(id, poll), asked: this.#asked },
      };
      await services.setAside.requireRoom(mdc);
      const connection = this.#whileWanted(connections.to(mdc), poll);
      const total = await pollMdc(connection, options);
      if (total.stored + total.setAside > 0) logger.info({ mdc: mdc.name, ...total }, "an MDC was polled");
      if (this.#isCutShort(poll)) return await this.leases.interrupted(id);
      await this.leases.succeeded(id, begun + mdc.pollMilliseconds);
      await this.#fillHoles(connection, options);
    } catch (error) {
      if (this.#isCutShort(poll)) return await this.leases.interrupted(id);
      await this.#failed(id, mdc, error);
    }
  }

  #isCutShort({ superseded }: PollUnderWay): boolean {
    return superseded || this.#stopped;
  }

  /** A poll that is to end asks nothing more, whatever it is looking for. */
  #whileWanted(connection: MdcConnection, poll: PollUnderWay): MdcConnection {
    const whileWanted = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
      if (this.#isCutShort(poll)) throw new MdcFailure("cut_off", "The poll was ended.", { sent: false });
      return await ask();
    };
    return {
      mdc: connection.mdc,
      ask: (question) => whileWanted(() => connection.ask(question)),
      read: (question, take) => whileWanted(() => connection.read(question, take)),
      close: () => connection.close(),
    };
  }

  async #failed(id: string, mdc: Mdc | undefined, error: unknown): Promise<void> {
    const { clock, random, logger } = this.#options;
    const failure = failureOf(error, mdc);
    const interval = mdc?.pollMilliseconds ?? usualPollMilliseconds;
    await this.leases.failed(id, failure, (failures) => clock.now() + pauseAfterFailures(interval, failures, random));
    if (failure.code === "internal") throw error;
    logger.warn({ mdc: mdc?.name, code: failure.code, reason: failure.message }, "an MDC could not be polled");
  }

  /** What it fails of is no failure of the poll, which brought what there was. */
  async #fillHoles(connection: MdcConnection, options: MdcPollOptions): Promise<void> {
    const { clock, logger } = this.#options;
    const { mdc } = connection;
    const now = clock.now();
    if (!mdc.fillsHoles || this.#stopped || now - (this.#holesAt.get(mdc.id) ?? 0) < holesMilliseconds) return;
    this.#holesAt.set(mdc.id, now);
    try {
      await fillHoles(connection, options);
    } catch (error) {
      if (options.services.retrying.stopped()) return;
      const { code, message } = failureOf(error, mdc);
      logger.warn({ mdc: mdc.name, code, reason: message }, "missing rows of an MDC could not be asked for");
    }
  }
}

/** The same without our credentials, which an error page of the MDC may show. */
function failureOf(error: unknown, mdc: Mdc | undefined): MdcFailure {
  const clean = (text: string) => (mdc ? withoutSecrets(mdc, text) : text);
  return error instanceof MdcFailure
    ? new MdcFailure(error.code, clean(error.message), { sent: error.sent })
    : new MdcFailure("internal", clean(`The platform could not take the rows: ${(error as Error).message}`), {
        cause: error,
      });
}

const usualPollMilliseconds = 60_000;
const shortestPause = 50;
