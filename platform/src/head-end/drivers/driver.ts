/**
 * What the head-end asks of a protocol. A driver knows nothing of queues, leases or ceilings: it gets a meter, the calls
 * to make and a way to open the line, and reports what came of each call.
 */
import type { CommandName, CommandParameters } from "../../registry/commands/index.ts";
import type { SettingsName } from "../../registry/protocols/index.ts";
import type { ExecutionType } from "../../registry/task-calls.ts";
import type { RunFailure } from "../causes.ts";
import type { ClockReport } from "../runs/run-report.ts";
import type { Line } from "../session/line.ts";

export interface Driver {
  /** Label in metrics and logs. */
  readonly name: string;
  readonly executionTypes: readonly ExecutionType[];
  /** Commands that meters of the protocol can be asked to carry out; absent = none. */
  readonly commands?: ReadonlySet<CommandName>;
  /**
   * Opens the line, makes the calls one after another, and says goodbye; the head-end closes the line afterwards.
   * A call that fails alone is reported by `call.fail` and the next one is made. What is thrown (a RunFailure, or
   * anything) ends the session and is the cause of every call that has no outcome yet.
   */
  contact(contact: Contact): Promise<void>;
}

/** One session with one meter. */
export interface Contact {
  readonly device: ContactedDevice;
  readonly calls: readonly PendingCall[];
  /** Opens the line, or opens it anew after the peer closed it. @throws RunFailure with the cause */
  connect(): Promise<Line>;
  /** Tells what the meter's clock showed. */
  clock(report: ClockReport): void;
  /** Bytes of a secret: what is sent with them in it is not shown in traces. */
  conceal(secret: Uint8Array): void;
}

/** A call to make, and where its outcome goes. Exactly one of `succeed` and `fail` is called, or neither. */
export interface PendingCall {
  readonly run: number;
  readonly name: string;
  readonly kwargs: Record<string, unknown>;
  /** The task's own delay, never negative: an offset read must reach back by so much more. */
  readonly runOffsetSeconds: number;
  /** The call carries out a command; its name is then that of the command. */
  readonly command?: CommandToCarryOut | undefined;
  /** Begins the call's account of time and bytes. */
  begin(): void;
  /** The meter's part is over: bytes from now on are the next call's, while what was read is still being stored. */
  answered(): void;
  succeed(outcome: CallOutcome): void;
  fail(failure: RunFailure, outcome?: CallOutcome): void;
  readonly done: boolean;
}

/** A command, and where its progress goes. The outcome of its call is the outcome of the command. */
export interface CommandToCarryOut<Name extends CommandName = CommandName> {
  readonly name: Name;
  readonly parameters: CommandParameters<Name>;
  /** An earlier attempt may have sent it and did not learn what came of it: look first whether the meter did it. */
  readonly sentBefore: boolean;
  /**
   * Tells that the meter is connected (3), then, before the first byte that changes anything, that the command goes out (4).
   * Resolves when that is durable: after a restart it is not sent again without a look.
   * @throws RunFailure `command_cancelled` when it was cancelled before the meter was reached
   */
  reached(level: 3 | 4): Promise<void>;
}

export interface CallOutcome {
  /** Rows or values the meter delivered. */
  readonly rowsRead?: number;
  /** Readings that are durable. */
  readonly readingsStored?: number;
  /** What was left out or corrected: sentences. */
  readonly notes?: readonly string[];
  /** Kept on the run as JSON. */
  readonly result?: unknown;
}

/** The meter as the registry describes it. */
export interface ContactedDevice {
  readonly id: string;
  /** Keys of the columnar store. */
  readonly number: number;
  readonly organization: string;
  readonly organizationNumber: number;
  readonly name: string;
  /** In use: others are not called. Absent = yes. */
  readonly active?: boolean;
  /** Whether its organization is; meters of others are not called. Absent = yes. */
  readonly organizationActive?: boolean;
  readonly type: string | null;
  /** Settings of the type, overridden by the device's own, by the name of their field: `mbus_settings`. */
  readonly settings: Readonly<Partial<Record<SettingsName, Readonly<Record<string, unknown>>>>>;
  /** IEC 62056-21 device address. */
  readonly iec62056Address: string | null;
  /** 16 hexadecimal digits. */
  readonly dlmsSystemTitle: string | null;
  /** Its name for clients of UDIL; a meter without one has no rows of UDIL's tables. */
  readonly globalDeviceId?: string | null;
  /** IANA zone of times that carry none. */
  readonly timezone: string;
  /** The series that may be stored for the meter, by name. */
  readonly series: ReadonlyMap<string, AllowedSeries>;
  readonly host: string | undefined;
  readonly port: number | undefined;
}

export interface AllowedSeries {
  readonly number: number;
  readonly name: string;
  /** As registered; where nothing is, whoever takes values in whatever unit the meter tells, and is told it. */
  readonly unit: string | TakesAnyUnit;
}

export type TakesAnyUnit = (unit: string | null) => void;
