/** The head-end: schedules, the queue, sessions and drivers put together, and the loops that keep them going. */
import { randomUUID } from "node:crypto";
import type { Registry } from "prom-client";
import type { RelationalStore } from "../stores/relational/relational-store.ts";
import { vacuum } from "../stores/relational/vacuum.ts";
import { type Clock, systemClock } from "./clock.ts";
import { Dispatcher, type MeterContact } from "./dispatcher.ts";
import type { Driver } from "./drivers/driver.ts";
import type { HeadEndLog } from "./log.ts";
import { Loop } from "./loop.ts";
import { headEndMetrics } from "./metrics.ts";
import type { Random } from "./queue/retry.ts";
import { RunQueue } from "./queue/run-queue.ts";
import { commandCounter } from "./runs/command-counter.ts";
import { CommandLevels } from "./runs/command-progress.ts";
import { RunLog } from "./runs/run-log.ts";
import { Scheduler } from "./schedule/scheduler.ts";
import type { ConnectedMeters, OpenLine } from "./session/contact-session.ts";
import { contactedDevices } from "./session/contacted-devices.ts";
import { connectTcp } from "./session/tcp-line.ts";
import { defaultSettings, type HeadEndSettings } from "./settings.ts";
import { Wakeup } from "./wakeup.ts";

export interface HeadEndOptions {
  readonly relational: RelationalStore;
  readonly drivers: readonly Driver[];
  /** IANA zone of meters without a config. */
  readonly defaultTimezone: string;
  readonly metrics: Registry;
  readonly logger: HeadEndLog;
  /** What differs from `defaultSettings`. */
  readonly settings?: Partial<HeadEndSettings>;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly openLine?: OpenLine;
  /** Meters that dialled in, see push/. */
  readonly connected?: ConnectedMeters | undefined;
  /** Told of every contact with a meter. */
  readonly contacted?: ((contact: MeterContact) => Promise<void>) | undefined;
}

export interface HeadEnd {
  readonly settings: HeadEndSettings;
  /** Takes up what a dead process left, and begins. */
  start(): Promise<void>;
  /** Begins nothing more, lets sessions end for a moment, cuts the others. Resolves when every outcome is stored. */
  stop(): Promise<void>;
  /** Looks at the queue now: a run was added. */
  wake(): void;
  /** Sessions under way in this process. */
  readonly openSessions: number;
}

export function createHeadEnd(options: HeadEndOptions): HeadEnd {
  const settings: HeadEndSettings = { ...defaultSettings, ...options.settings };
  const clock = options.clock ?? systemClock;
  const { relational, logger } = options;
  const metrics = headEndMetrics(options.metrics);
  const queue = new RunQueue(relational.db, randomUUID(), settings);
  const queueChanged = new Wakeup(clock);
  const log = new RunLog(
    relational.db,
    queue,
    settings,
    options.random ?? Math.random,
    () => queueChanged.wake(),
    commandCounter(options.metrics),
  );
  const scheduler = new Scheduler(relational.db, settings, clock);
  const dispatcher = new Dispatcher({
    queue,
    log,
    progress: new CommandLevels(relational.db, queue.owner),
    drivers: options.drivers,
    openLine: options.openLine ?? connectTcp,
    connected: options.connected,
    contacted: options.contacted,
    devices: (ids) => contactedDevices(relational.db, ids, options.defaultTimezone),
    settings,
    clock,
    metrics,
    logger,
  });
  const loops: Loop[] = [];

  /** @returns milliseconds until the schedules are looked at again */
  async function schedule(): Promise<number> {
    const { runs, nextAt } = await scheduler.run();
    metrics.scheduled(runs);
    if (runs > 0) queueChanged.wake();
    return nextAt - clock.now();
  }

  /** @returns milliseconds until the queue is looked at again */
  async function dispatch(): Promise<number> {
    const { begun, due } = await dispatcher.dispatch();
    if (begun > 0) return 0;
    if (due) return heldBackMilliseconds;
    const next = await queue.nextNotBefore();
    const wait = next === undefined ? settings.pollMilliseconds : next - clock.now();
    return Math.min(Math.max(wait, heldBackMilliseconds), settings.pollMilliseconds);
  }

  async function keepLeases(): Promise<number> {
    await dispatcher.renew();
    const recovered = await queue.recover(clock.now(), false);
    if (recovered > 0) {
      logger.warn({ runs: recovered }, "runs of a process that is gone are taken up again");
      queueChanged.wake();
    }
    return settings.leaseMilliseconds / 3;
  }

  async function purge(): Promise<number> {
    await log.purge(clock.now());
    await vacuum(relational, rewrittenTables);
    return purgeMilliseconds;
  }

  return {
    settings,
    get openSessions() {
      return dispatcher.open;
    },
    async start() {
      // An embedded store has one process: whoever held a lease before is gone.
      const recovered = await queue.recover(clock.now(), relational.engine === "pglite");
      if (recovered > 0) logger.info({ runs: recovered }, "runs that were under way are taken up again");
      const steps: [string, () => Promise<number>, Wakeup][] = [
        ["schedule", schedule, new Wakeup(clock)],
        ["dispatch", dispatch, queueChanged],
        ["leases", keepLeases, new Wakeup(clock)],
        ["purge", purge, new Wakeup(clock)],
      ];
      for (const [name, step, wakeup] of steps) loops.push(new Loop(name, step, wakeup, logger));
    },
    async stop() {
      const [scheduling, dispatching, keeping, purging] = loops.splice(0);
      await Promise.all([scheduling?.stop(), dispatching?.stop(), purging?.stop()]);
      // Leases are kept until the last session is over.
      await dispatcher.stop();
      await keeping?.stop();
    },
    wake: () => queueChanged.wake(),
  };
}

/** Pause before the queue is asked again for what ceilings held back. */
const heldBackMilliseconds = 50;
const purgeMilliseconds = 3_600_000;
/** Tables with rows that every session, or every period, writes anew. */
const rewrittenTables = [
  "amr_runs",
  "command_devices",
  "amr_networks",
  "amr_task_progress",
  "amr_device_profiles",
  "meter_device_statuses",
  "dlms_invocation_counters",
  "dlms_peer_counters",
  "unknown_pushers",
  "network_interfaces",
] as const;
