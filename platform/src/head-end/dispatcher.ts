/**
 * Takes runs out of the queue as ceilings allow, makes a session of each claim, and records what came of it. Nothing waits
 * in this process: what cannot begin stays in the store's queue, so the process holds at most `maxSessions` claims.
 */
import { checkCall, type ExecutionType, executionTypeOf, typeOfCall } from "../registry/task-calls.ts";
import { asRunFailure, RunFailure } from "./causes.ts";
import type { Clock } from "./clock.ts";
import type { ContactedDevice, Driver } from "./drivers/driver.ts";
import type { HeadEndLog } from "./log.ts";
import type { HeadEndMetrics } from "./metrics.ts";
import type { Room } from "./queue/ceilings.ts";
import type { Claim, ClaimedRun, RunQueue } from "./queue/run-queue.ts";
import type { CommandProgress } from "./runs/command-progress.ts";
import type { RunLog } from "./runs/run-log.ts";
import type { RunReport } from "./runs/run-report.ts";
import {
  type ConnectedMeters,
  type ContactOutcome,
  contactMeter,
  dialsIn,
  type OpenLine,
} from "./session/contact-session.ts";
import type { HeadEndSettings } from "./settings.ts";

export interface DispatcherOptions {
  readonly queue: RunQueue;
  readonly log: RunLog;
  readonly progress: CommandProgress;
  readonly drivers: readonly Driver[];
  readonly openLine: OpenLine;
  readonly connected?: ConnectedMeters | undefined;
  /** Told of every contact before its runs are over; what it throws keeps nothing from going on. */
  readonly contacted?: ((contact: MeterContact) => Promise<void>) | undefined;
  /** Reads the devices of claims, all at once. */
  readonly devices: (ids: readonly string[]) => Promise<ReadonlyMap<string, ContactedDevice>>;
  readonly settings: HeadEndSettings;
  readonly clock: Clock;
  readonly metrics: HeadEndMetrics;
  readonly logger: HeadEndLog;
}

/** A session that is over, with the meter it was with. */
export interface MeterContact extends Pick<ContactOutcome, "reports" | "contact"> {
  readonly device: ContactedDevice;
  /** Milliseconds UTC. */
  readonly endedAt: number;
}

interface OpenSession {
  /** Resolves when the outcome is stored. */
  readonly over: Promise<void>;
  /** Ends the session at once; its runs are not reported. */
  readonly cut: AbortController;
}

export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #drivers: ReadonlyMap<string, Driver>;
  readonly #stopping = new AbortController();
  readonly #open = new Map<Claim, OpenSession>();
  #failingOpen = 0;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#drivers = new Map(options.drivers.flatMap((driver) => driver.executionTypes.map((type) => [type, driver])));
  }

  /** Sessions under way. */
  get open(): number {
    return this.#open.size;
  }

  /** Begins what may begin now. @returns how many sessions began, and whether anything was due */
  async dispatch(): Promise<{ begun: number; due: boolean }> {
    const { queue, clock, devices } = this.#options;
    const { claims, due } = await queue.claim(clock.now(), this.#room());
    if (claims.length === 0) return { begun: 0, due };
    let known: ReadonlyMap<string, ContactedDevice>;
    try {
      known = await devices(claims.map(({ device }) => device));
    } catch (error) {
      // The claims go back as if never begun; the store that did not answer is reported by the caller.
      for (const claim of claims) await this.#options.log.finish({ claim, reports: [] });
      throw error;
    }
    for (const claim of claims) this.#begin(claim, known.get(claim.device));
    return { begun: claims.length, due };
  }

  /**
   * Keeps the leases of the sessions under way. A session whose lease ran out, because this process stood still for
   * longer, is cut: somebody else may be calling the same meter by now.
   */
  async renew(): Promise<void> {
    const sessions = [...this.#open];
    const held = await this.#options.queue.renew(sessions.map(([claim]) => claim));
    for (const [claim, { cut }] of sessions) {
      if (!claim.runs.some(({ id }) => held.has(id))) cut.abort(new RunFailure("stopped"));
    }
  }

  /** Lets sessions end for `shutdownMilliseconds`, then cuts them; their runs go back to the queue. */
  async stop(): Promise<void> {
    const ended = Promise.all([...this.#open.values()].map(({ over }) => over));
    const cancel = this.#options.clock.after(this.#options.settings.session.shutdownMilliseconds, () =>
      this.#stopping.abort(new RunFailure("stopped")),
    );
    await ended;
    cancel();
  }

  #room(): Room {
    const { maxSessions, failingShare } = this.#options.settings;
    const sessions = Math.max(0, maxSessions - this.#open.size);
    const failing = Math.max(1, Math.floor(maxSessions * failingShare)) - this.#failingOpen;
    return { sessions, failing: Math.max(0, Math.min(sessions, failing)) };
  }

  #begin(claim: Claim, device: ContactedDevice | undefined): void {
    if (claim.failing) this.#failingOpen++;
    const cut = new AbortController();
    const over = this.#contact(claim, device, AbortSignal.any([this.#stopping.signal, cut.signal]))
      .catch((error: unknown) => {
        // The outcome could not be written: the lease runs out, and the runs are taken up again.
        this.#options.logger.error(
          { err: error, device: claim.device },
          "the outcome of a session could not be stored",
        );
      })
      .finally(() => {
        if (claim.failing) this.#failingOpen--;
        this.#open.delete(claim);
      });
    this.#open.set(claim, { over, cut });
  }

  async #contact(claim: Claim, device: ContactedDevice | undefined, signal: AbortSignal): Promise<void> {
    const { log, progress, metrics, clock, settings, openLine, logger } = this.#options;
    const sorted = this.#sort(claim, device);
    for (const { failure } of sorted.refused) metrics.refused(failure!.code);
    if (!sorted.driver || !device) {
      await log.finish({ claim, reports: sorted.refused });
      return;
    }
    metrics.sessionBegan();
    const begunAt = clock.now();
    const outcome = await contactMeter({
      device,
      runs: sorted.runs,
      driver: sorted.driver,
      progress,
      openLine,
      connected: this.#options.connected,
      settings: settings.session,
      traceBytes: settings.traceBytes,
      clock,
      signal,
    });
    metrics.sessionEnded(sorted.driver.name, outcome, (clock.now() - begunAt) / 1000);
    if (outcome.failure && outcome.failure.code !== "stopped") {
      const fields = {
        device: device.name,
        cause: outcome.failure.code,
        trace: outcome.trace,
        err: outcome.failure.cause,
      };
      logger[outcome.failure.code === "internal_error" ? "error" : "debug"](fields, outcome.failure.message);
    }
    const stopped = outcome.failure?.code === "stopped";
    // Runs do not wait for the contact to be written down: while that takes long their lease would run out.
    await Promise.all([
      !stopped && this.#tell({ device, ...outcome, endedAt: clock.now() }),
      log.finish({
        claim,
        reports: [...sorted.refused, ...outcome.reports],
        ...(!stopped && { contact: outcome.contact }),
      }),
    ]);
  }

  async #tell(contact: MeterContact): Promise<void> {
    const { contacted, logger } = this.#options;
    await contacted?.(contact).catch((error) => {
      logger.warn({ err: error, device: contact.device.name }, "a contact was not written down");
    });
  }

  /** Parts the claim's runs: those that cannot be made, and those of the first run's driver. Others wait their turn. */
  #sort(claim: Claim, device: ContactedDevice | undefined) {
    const refused: RunReport[] = [];
    const runs: ClaimedRun[] = [];
    let driver: Driver | undefined;
    for (const run of claim.runs) {
      const found = this.#driverOf(run);
      const failure = this.#refusal(claim, run, found, device);
      if (failure) refused.push(refusedReport(run, failure, this.#options.clock.now()));
      else {
        driver ??= found;
        if (found === driver) runs.push(run);
      }
    }
    return { refused, runs, driver };
  }

  #driverOf({ executionType, call }: ClaimedRun): Driver | undefined {
    const type = executionTypeOf(executionType);
    return type && this.#drivers.get(typeOfCall(type, call));
  }

  #refusal(
    claim: Claim,
    run: ClaimedRun,
    driver: Driver | undefined,
    device: ContactedDevice | undefined,
  ): RunFailure | undefined {
    if (!driver) return new RunFailure("no_driver", `The execution type is ${run.executionType}.`);
    if (run.origin === "command") {
      const problem = commandProblem(run, driver);
      if (problem) return problem;
    } else {
      const problem = problemOf(run);
      if (problem) return problem;
    }
    if (!device) return new RunFailure("internal_error", "The meter is gone or belongs to nobody.");
    if (device.organizationActive === false) return new RunFailure("organization_inactive");
    if (device.active === false) return new RunFailure("meter_inactive");
    if (claim.interface === null) return new RunFailure("no_network_interface");
    // A meter that dials in needs no address; whether it is connected shows when its line is opened.
    if (device.host === undefined && dialsIn(device)) return undefined;
    if (device.host === undefined) return new RunFailure("no_address", "The address is missing.");
    if (device.port === undefined) return new RunFailure("no_address", "The port is missing.");
    // The contract takes greater ones, and 0.
    if (device.port < 1 || device.port > greatestPort)
      return new RunFailure("no_address", `The port ${device.port} is not from 1 to ${greatestPort}.`);
    return undefined;
  }
}

const greatestPort = 65_535;

/** Whether the parameters are right was checked when it was asked for. */
function commandProblem({ command, executionType }: ClaimedRun, driver: Driver): RunFailure | undefined {
  if (!command) return new RunFailure("command_cancelled");
  if (command.expired) {
    if (!command.sentBefore) return new RunFailure("command_expired");
    return new RunFailure("command_not_verified", "It expired before anybody learned what came of it.");
  }
  if (command.overtaken) return new RunFailure("command_overtaken");
  if (driver.commands?.has(command.name)) return undefined;
  return new RunFailure("command_unsupported", `Meters of ${executionType} have no ${command.name}.`);
}

function problemOf(run: ClaimedRun): RunFailure | undefined {
  try {
    const problem = checkCall(knownType(run.executionType), run.call, run.kwargs);
    return problem && new RunFailure("invalid_call", `${problem.field}: ${problem.messages.join(" ")}`);
  } catch (error) {
    return asRunFailure(error);
  }
}

function knownType(name: string): ExecutionType {
  const type = executionTypeOf(name);
  if (type !== undefined) return type;
  throw new RunFailure("no_driver", `The execution type is ${name}.`);
}

function refusedReport(run: ClaimedRun, failure: RunFailure, now: number): RunReport {
  return {
    run: run.id,
    failure: { code: failure.code, detail: failure.detail },
    finishedAt: now,
    durationMilliseconds: 0,
    bytesSent: 0,
    bytesReceived: 0,
    rowsRead: 0,
    readingsStored: 0,
    notes: [],
  };
}
