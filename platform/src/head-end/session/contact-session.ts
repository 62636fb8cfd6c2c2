/**
 * One contact with one meter: opens the line, lets the driver talk, keeps account of time and bytes per call, and closes,
 * whatever happens.
 */
import { asRunFailure, RunFailure } from "../causes.ts";
import type { Clock } from "../clock.ts";
import type {
  CallOutcome,
  CommandToCarryOut,
  Contact,
  ContactedDevice,
  Driver,
  PendingCall,
} from "../drivers/driver.ts";
import type { ClaimedCommand } from "../queue/command-claims.ts";
import type { ClaimedRun } from "../queue/run-queue.ts";
import type { CommandProgress, ReachedLevel } from "../runs/command-progress.ts";
import type { ClockReport, ContactReport, RunReport } from "../runs/run-report.ts";
import type { SessionSettings } from "../settings.ts";
import type { Line, LineCounter } from "./line.ts";
import { ProtocolTrace } from "./protocol-trace.ts";

/** What a line lives within. */
export interface LineOptions {
  readonly settings: SessionSettings;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly counter: LineCounter;
  readonly trace?: ProtocolTrace | undefined;
}

/** How lines are opened; tests hand in lines without sockets. */
export type OpenLine = (
  options: LineOptions & { readonly target: { readonly host: string; readonly port: number } },
) => Promise<Line>;

/** Meters that opened a connection themselves. */
export interface ConnectedMeters {
  /** A line over the meter's connection; undefined when it has none, or another session uses it. */
  lineTo(device: string, options: LineOptions): Line | undefined;
}

export interface ContactOptions {
  readonly device: ContactedDevice;
  readonly runs: readonly ClaimedRun[];
  readonly driver: Driver;
  /** Told how far commands got; absent where none are made. */
  readonly progress?: CommandProgress;
  readonly openLine: OpenLine;
  /** Asked before a meter is called. */
  readonly connected?: ConnectedMeters | undefined;
  readonly settings: SessionSettings;
  readonly traceBytes: number;
  readonly clock: Clock;
  /** Aborted when the head-end stops. */
  readonly signal: AbortSignal;
}

/** The outcome of a session. Runs without a report were not begun. */
export interface ContactOutcome {
  readonly reports: readonly RunReport[];
  readonly contact: ContactReport;
  readonly trace?: readonly string[] | undefined;
  /** What ended the session early. */
  readonly failure?: RunFailure | undefined;
}

/** Never rejects: every failure is in the outcome. */
export async function contactMeter(options: ContactOptions): Promise<ContactOutcome> {
  const { device, clock, settings } = options;
  const startedAt = clock.now();
  const counter: LineCounter = { sent: 0, received: 0 };
  const trace = options.traceBytes > 0 ? new ProtocolTrace(options.traceBytes) : undefined;
  const deadline = new AbortController();
  const cancelDeadline = clock.after(settings.totalMilliseconds, () =>
    deadline.abort(new RunFailure("deadline_exceeded", `The limit is ${settings.totalMilliseconds / 1000} s.`)),
  );
  const signal = AbortSignal.any([options.signal, deadline.signal]);
  const calls = options.runs.map((run) => new CallAccount(run, clock, counter, options.progress));
  const told: Promise<void>[] = [];
  let line: Line | undefined;
  let clockReport: ClockReport | undefined;
  const contact: Contact = {
    device,
    calls,
    connect: async () => {
      line?.close();
      signal.throwIfAborted();
      // Nobody waits for it: it is for those who look on. Whether the command still stands shows at level 3.
      for (const { command } of calls) told.push(command?.reached(2).catch(() => {}) ?? Promise.resolve());
      const within: LineOptions = { settings, clock, signal, counter, trace };
      line = options.connected?.lineTo(device.id, within);
      line ??= await options.openLine({ ...within, target: targetOf(device) });
      return line;
    },
    clock: (report) => {
      clockReport = report;
    },
    conceal: (secret) => trace?.conceal(secret),
  };
  let failure: RunFailure | undefined;
  try {
    await options.driver.contact(contact);
  } catch (error) {
    failure = asRunFailure(error);
  } finally {
    cancelDeadline();
    line?.close();
    await Promise.all(told);
  }
  // What a stopped head-end did not finish goes back to the queue and does not count against the meter.
  const stopped = failure?.code === "stopped";
  for (const call of calls)
    if (!call.done && !stopped) call.fail(failure ?? new RunFailure("internal_error", "The call was not made."));
  const reports = calls.flatMap((call) => call.report ?? []);
  // A command that was cancelled on the way is no failure of the meter's.
  const failures = reports.flatMap(({ failure }) =>
    failure && failure.code !== "command_cancelled" ? failure.code : [],
  );
  const succeeded = failures.length < reports.length;
  return {
    reports,
    contact: {
      device: device.id,
      at: startedAt,
      answered: counter.received > 0,
      succeeded,
      cause: failures[0],
      clock: clockReport,
    },
    trace: trace?.lines(),
    failure,
  };
}

/** Whether the operator says that the meter connects to us (`dials_in` of its DLMS settings). */
export function dialsIn(device: ContactedDevice): boolean {
  return device.settings.dlms_settings?.dials_in === true;
}

/** @throws RunFailure when the device cannot be called */
function targetOf(device: ContactedDevice): { host: string; port: number } {
  if (device.host === undefined && dialsIn(device)) throw new RunFailure("not_connected");
  if (device.host === undefined || device.port === undefined) {
    throw new RunFailure("no_address", device.host === undefined ? "The address is missing." : "The port is missing.");
  }
  return { host: device.host, port: device.port };
}

/** Keeps account of one call. Time and bytes between two calls belong to the one that begins next. */
class CallAccount implements PendingCall {
  readonly run: number;
  readonly name: string;
  readonly kwargs: Record<string, unknown>;
  readonly runOffsetSeconds: number;
  readonly command: CommandAccount | undefined;
  readonly #clock: Clock;
  readonly #counter: LineCounter & { accounted?: LineCounter };
  #begunAt: number;
  #bytes: LineCounter | undefined;
  report: RunReport | undefined;

  constructor(run: ClaimedRun, clock: Clock, counter: LineCounter, progress?: CommandProgress) {
    this.run = run.id;
    this.name = run.call;
    this.kwargs = { ...(run.command?.parameters ?? run.kwargs) };
    this.runOffsetSeconds = run.runOffsetSeconds;
    this.command = run.command && progress && new CommandAccount(run.id, run.command, clock, progress);
    this.#clock = clock;
    this.#counter = counter;
    this.#begunAt = clock.now();
  }

  get done(): boolean {
    return this.report !== undefined;
  }

  begin(): void {
    // The first call carries the association: nobody else can.
    if (this.#counter.accounted) this.#begunAt = this.#clock.now();
  }

  answered(): void {
    this.#bytes ??= this.#account();
  }

  succeed(outcome: CallOutcome): void {
    this.#end(undefined, outcome);
  }

  fail(failure: RunFailure, outcome: CallOutcome = {}): void {
    this.#end(failure, outcome);
  }

  #end(failure: RunFailure | undefined, outcome: CallOutcome): void {
    if (this.report) return;
    const finishedAt = this.#clock.now();
    const bytes = this.#bytes ?? this.#account();
    this.report = {
      run: this.run,
      ...(failure && { failure: { code: failure.code, detail: failure.detail } }),
      finishedAt,
      durationMilliseconds: finishedAt - this.#begunAt,
      bytesSent: bytes.sent,
      bytesReceived: bytes.received,
      rowsRead: outcome.rowsRead ?? 0,
      readingsStored: outcome.readingsStored ?? 0,
      notes: outcome.notes ?? [],
      result: outcome.result,
    };
  }

  /** Bytes that no call has accounted for yet. */
  #account(): LineCounter {
    const { sent, received, accounted = { sent: 0, received: 0 } } = this.#counter;
    this.#counter.accounted = { sent, received };
    return { sent: sent - accounted.sent, received: received - accounted.received };
  }
}

/** The command of a call. Each level is told once. */
class CommandAccount implements CommandToCarryOut {
  readonly name: ClaimedCommand["name"];
  readonly parameters: ClaimedCommand["parameters"];
  readonly sentBefore: boolean;
  readonly #run: number;
  readonly #row: number;
  readonly #clock: Clock;
  readonly #progress: CommandProgress;
  readonly #told = new Map<number, Promise<void>>();

  constructor(run: number, command: ClaimedCommand, clock: Clock, progress: CommandProgress) {
    this.name = command.name;
    this.parameters = command.parameters;
    this.sentBefore = command.sentBefore;
    this.#run = run;
    this.#row = command.row;
    this.#clock = clock;
    this.#progress = progress;
  }

  reached(level: ReachedLevel["level"]): Promise<void> {
    const before = this.#told.get(level);
    if (before) return before;
    const telling = this.#progress.reached({ row: this.#row, run: this.#run, level, at: this.#clock.now() });
    this.#told.set(level, telling);
    return telling;
  }
}
