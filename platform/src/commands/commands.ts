/** The commands room: one pipeline for every command, to our own meters or through a vendor's MDC. */
import type { FastifyPluginAsync } from "fastify";
import { sql } from "kysely";
import type { Registry } from "prom-client";
import { type Clock, systemClock } from "../head-end/clock.ts";
import type { HeadEndLog } from "../head-end/log.ts";
import { Loop } from "../head-end/loop.ts";
import { commandCounter } from "../head-end/runs/command-counter.ts";
import { Wakeup } from "../head-end/wakeup.ts";
import type { RegistryChanges } from "../registry/changes.ts";
import type { CommandName } from "../registry/commands/index.ts";
import type { RelationalStore } from "../stores/relational/relational-store.ts";
import { type Cancellation, cancelCommand, visibleTo } from "./cancellation.ts";
import { type ChangeListener, CommandChanges } from "./changes.ts";
import { type CommandPage, type CommandPageLimits, commandPages } from "./command-pages.ts";
import { type CommandDeviceRow, selectCommandRows } from "./command-rows.ts";
import { expireCommands } from "./expiry.ts";
import { untilMdcsDecided } from "./mdc-decisions.ts";
import {
  type CancelledDevice,
  commandLimits,
  type NewCommand,
  type Requester,
  type SubmittedCommand,
} from "./new-command.ts";
import {
  type PeerCommand,
  PeerCommands,
  type PeerStanding,
  type PeerUpdate,
  peerRenewalMilliseconds,
} from "./peers.ts";
import type { CreatedMeter } from "./platform-commands.ts";
import { recordRelayStates } from "./relay-states.ts";
import { forgetCommands, type Retention } from "./retention.ts";
import { commandRoutes } from "./routes.ts";
import { submitCommand } from "./submission.ts";

export interface CommandsOptions {
  readonly relational: RelationalStore;
  /** Woken after runs were added; absent in a process without a head-end. */
  readonly headEnd?: { wake(): void } | undefined;
  readonly clock?: Clock;
  /** Rows of a page without `limit`. */
  readonly pageSize: number;
  /** Commands that our own meters of a protocol can be asked for; undefined = none. */
  readonly commandsOf: (protocol: string) => ReadonlySet<CommandName> | undefined;
  /** Told of meters that a command registered. */
  readonly changes?: Pick<RegistryChanges, "tellDeviceNamed" | "tellChange"> | undefined;
  readonly logger: HeadEndLog;
  /** Where what becomes of commands is counted. */
  readonly metrics?: Registry | undefined;
  /** What differs from `defaultCommandSettings`. */
  readonly settings?: Partial<CommandSettings>;
}

export interface CommandSettings extends Retention {
  /** How often it is looked whether something expired. */
  readonly expiryMilliseconds: number;
  /** How often it is looked for what other parts of the platform changed. */
  readonly tellingMilliseconds: number;
  /** How long a vendor's MDC has to say whether it cancels, before whoever asked is told that it did not say yet. */
  readonly decisionMilliseconds: number;
  /** How often it is looked whether something is old enough to be forgotten. */
  readonly purgeMilliseconds: number;
}

export const defaultCommandSettings: CommandSettings = {
  expiryMilliseconds: 5_000,
  tellingMilliseconds: 500,
  decisionMilliseconds: 10_000,
  purgeMilliseconds: 3_600_000,
  // A year's bill is still disputed in the month after.
  retentionDays: 400,
  resultRetentionDays: 30,
};

export interface Commands {
  /**
   * Resolves when the command is durable.
   * @throws PlatformError `invalid` naming the field, `idempotency_conflict` when the key was used for something else
   */
  submit(request: NewCommand, requester: Requester): Promise<SubmittedCommand>;
  /**
   * Takes a command back where no meter was reached yet. Where a vendor's MDC may have it the MDC decides: what it did not say
   * within some seconds is not cancelled yet, and the MDC is asked until it says so. @throws PlatformError `not_found`
   */
  cancel(which: Cancellation, requester: Requester, reason: string): Promise<CancelledDevice[]>;
  /** Rows of commands the requester may see, in the order of the requests; keys that nobody gave have none. */
  statusRows(which: StatusQuestion, requester: Requester): Promise<CommandDeviceRow[]>;
  /** The same, page by page: an answer may be longer than what is held in memory. */
  statusPages(which: StatusKeys, requester: Requester, limits: CommandPageLimits): AsyncGenerator<CommandPage>;
  /** Takes up commands for meters behind vendors' MDCs, grouped by command and MDC. @param limit rows at most */
  takeForPeers(limit: number): Promise<PeerCommand[]>;
  /** Stores what became of them. @returns for each update whether the command was taken back meanwhile */
  report(updates: readonly PeerUpdate[]): Promise<PeerStanding[]>;
  /** Told of every change of a row, at least once, also of what other processes changed; begins with `start`. */
  onChanged(listener: ChangeListener): void;
  readonly routes: FastifyPluginAsync;
  /** Begins to end what expired, to keep leases and to tell changes. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface StatusKeys {
  readonly idempotencyKeys: readonly string[];
}

export type StatusQuestion = StatusKeys | { readonly command: string };

export function createCommands(options: CommandsOptions): Commands {
  const { relational, headEnd, clock = systemClock, pageSize, commandsOf, changes: registry, logger } = options;
  const { db } = relational;
  const settings = { ...defaultCommandSettings, ...options.settings };
  const now = () => clock.now();
  const count = commandCounter(options.metrics);
  const peers = new PeerCommands(db, now, count);
  const changes = new CommandChanges(db, (error) => logger.error({ err: error }, "changes of commands were not told"));
  changes.listen((rows) => recordRelayStates(db, rows));
  const changed = new Wakeup(clock);
  const loops: Loop[] = [];
  const services = {
    ...{ db, now, commandsOf },
    created: async (meters: readonly CreatedMeter[]) => {
      for (const meter of meters) {
        await registry?.tellDeviceNamed(meter);
        await registry?.tellChange({ resource: "meter-devices", id: meter.id, action: "created" });
      }
    },
  };

  const commands: Commands = {
    async submit(request, requester) {
      const submitted = await submitCommand(services, request, requester);
      if (submitted.id !== undefined && !submitted.repeated) {
        for (const { accepted, carriedOut } of submitted.devices) {
          count(submitted.command, accepted ? "accepted" : "refused");
          if (carriedOut) count(submitted.command, "succeeded");
        }
        headEnd?.wake();
        changed.wake();
      }
      return submitted;
    },
    async cancel(which, requester, reason) {
      const untilDecided = async (rows: readonly number[]) => {
        // Whoever carries commands to MDCs learns of it by the change.
        changed.wake();
        await untilMdcsDecided(db, clock, rows, settings.decisionMilliseconds);
      };
      const devices = await cancelCommand({ db, now, count, untilDecided }, which, requester, reason);
      changed.wake();
      return devices;
    },
    async statusRows(which, requester) {
      const byKey = "idempotencyKeys" in which;
      const asked = byKey
        ? sql`k.idempotency_key = any(${which.idempotencyKeys.slice(0, commandLimits.keysPerQuestion)}::text[])`
        : sql`k.id = ${which.command}::uuid`;
      return await selectCommandRows(db, sql`${asked} and ${visibleTo(requester, byKey)}`, {
        order: sql`k.created_at, k.id, c.position`,
      });
    },
    async *statusPages({ idempotencyKeys }, requester, limits) {
      for (let first = 0; first < idempotencyKeys.length; first += commandLimits.keysPerQuestion) {
        const keys = idempotencyKeys.slice(first, first + commandLimits.keysPerQuestion);
        const condition = sql`k.idempotency_key = any(${keys}::text[]) and ${visibleTo(requester, true)}`;
        yield* commandPages(db, condition, limits);
      }
    },
    takeForPeers: (limit) => peers.take(limit),
    async report(updates) {
      const standings = await peers.report(updates);
      changed.wake();
      return standings;
    },
    onChanged: (listener) => changes.listen(listener),
    get routes() {
      return commandRoutes({ relational, pageSize, commands });
    },
    async start() {
      if (relational.engine === "pglite") await peers.recover();
      const steps: [string, () => Promise<number>, Wakeup][] = [
        [
          "expire commands",
          async () => ((await expireCommands(db, now(), count)) > 0 ? 0 : settings.expiryMilliseconds),
          new Wakeup(clock),
        ],
        [
          "lease commands",
          async () => {
            await peers.renew();
            return peerRenewalMilliseconds;
          },
          new Wakeup(clock),
        ],
        [
          "tell changes of commands",
          async () => {
            await changes.tell();
            return settings.tellingMilliseconds;
          },
          changed,
        ],
        [
          "forget commands",
          async () => {
            await forgetCommands(db, now(), settings);
            return settings.purgeMilliseconds;
          },
          new Wakeup(clock),
        ],
      ];
      for (const [name, step, wakeup] of steps) loops.push(new Loop(name, step, wakeup, logger));
    },
    async stop() {
      await Promise.all(loops.splice(0).map((loop) => loop.stop()));
    },
  };
  return commands;
}
