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
import { loadMdcs, type Mdc } from "../peers/mdc.ts";
import type { PollableTable } from "../peers/switches.ts";
import type { PollServices } from "./api-poll.ts";
import { fillHoles, type MdcPollOptions, pollMdc } from "./mdc-poll.ts";
import { leaseRenewalMilliseconds, PollLeases } from "./poll-leases.ts";
import { RecentRows } from "./recent-rows.ts";
import { pauseAfterFailures } from "./retries.ts";

export interface PollerOptions extends Omit<MdcPollOptions, "services"> {
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

export class Poller {
  readonly leases: PollLeases;
  readonly #options: PollerOptions;
  readonly #changed: Wakeup;
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #recent = new Map<string, Map<PollableTable, RecentRows>>();
  readonly #holesAt = new Map<string, number>();
  readonly #loops: Loop[] = [];
  #stopped = false;

  constructor(options: PollerOptions) {
    this.#options = options;
    this.leases = new PollLeases(options.db, () => options.clock.now());
    this.#changed = new Wakeup(options.clock);
  }

  /** Everything a poll, or a replay, needs beside the MDC. */
  servicesFor(mdc: string): PollServices {
    const { db, services, clock, random } = this.#options;
    const tables = this.#recent.get(mdc) ?? new Map<PollableTable, RecentRows>();
    this.#recent.set(mdc, tables);
    return {
      ...services,
      db,
      retrying: { clock, random, stopped: () => this.#stopped },
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
    const renew = async () => {
      await this.leases.renew();
      return leaseRenewalMilliseconds;
    };
    this.#loops.push(
      new Loop("poll MDCs", () => this.#look(), this.#changed, logger),
      new Loop("keep MDCs", renew, new Wakeup(clock), logger),
    );
  }

  /** Resolves when every poll under way has ended: at its next page. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#loops.splice(0).map((loop) => loop.stop()));
    await Promise.all(this.#underWay.values());
    await this.leases.release();
  }

  /** Somebody wants an MDC polled, or changed one. */
  wake(): void {
    this.#changed.wake();
  }

  /** Begins the polls that are due. @returns milliseconds until it is looked again */
  async #look(): Promise<number> {
    const room = pollsAtOnce - this.#underWay.size;
    if (room > 0) {
      const claimed = await this.leases.claim(room, [...this.#underWay.keys()]);
      const { db, sealer } = this.#options;
      for (const mdc of claimed.length > 0 ? await loadMdcs(db, sealer, claimed) : []) this.#begin(mdc);
    }
    const next = await this.leases.nextIn([...this.#underWay.keys()]);
    return Math.min(lookMilliseconds, Math.max(next ?? lookMilliseconds, shortestPause));
  }

  #begin(mdc: Mdc): void {
    const poll = this.#poll(mdc)
      .catch((error: unknown) => {
        this.#options.logger.error({ err: error, mdc: mdc.name }, "a poll of an MDC failed; it is tried again");
      })
      .then(() => {
        this.#underWay.delete(mdc.id);
        this.#changed.wake();
      });
    this.#underWay.set(mdc.id, poll);
  }

  async #poll(mdc: Mdc): Promise<void> {
    const { clock, random, logger, connections } = this.#options;
    const begun = clock.now();
    const options: MdcPollOptions = { ...this.#options, services: this.servicesFor(mdc.id) };
    const connection = connections.to(mdc);
    try {
      await this.#options.services.setAside.requireRoom(mdc);
      const total = await pollMdc(connection, options);
      await this.#fillHoles(mdc, options);
      await this.leases.succeeded(mdc.id, begun + mdc.pollMilliseconds);
      if (total.stored + total.setAside > 0) logger.info({ mdc: mdc.name, ...total }, "an MDC was polled");
    } catch (error) {
      const failure =
        error instanceof MdcFailure
          ? error
          : new MdcFailure("internal", `The platform could not take the rows: ${(error as Error).message}`, {
              cause: error,
            });
      const next = (failures: number) => clock.now() + pauseAfterFailures(mdc.pollMilliseconds, failures, random);
      await this.leases.failed(mdc.id, failure, next);
      if (failure.code === "internal") throw error;
      logger.warn({ mdc: mdc.name, code: failure.code, reason: failure.message }, "an MDC could not be polled");
    }
  }

  async #fillHoles(mdc: Mdc, options: MdcPollOptions): Promise<void> {
    const { clock, connections } = this.#options;
    const now = clock.now();
    if (!mdc.fillsHoles || this.#stopped || now - (this.#holesAt.get(mdc.id) ?? 0) < holesMilliseconds) return;
    this.#holesAt.set(mdc.id, now);
    await fillHoles(connections.to(mdc), options);
  }
}

const shortestPause = 50;
