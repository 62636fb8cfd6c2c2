/** What is asked for, by whom, and what the answer is. */
import type { CommandName } from "../registry/commands/index.ts";
import type { Scope } from "../registry/scope.ts";
import type { CommandDeviceRow } from "./command-rows.ts";

/** Who asks. */
export type Requester = {
  /** What may be asked of: one organization, or, for staff, all. */
  readonly scope: Scope;
  /** Username, or the name of a client of UDIL. */
  readonly name: string;
} & (
  | { readonly origin: "api" }
  /** `client` is the client's uuid: its transactions are its own whatever it is called. */
  | { readonly origin: "udil"; readonly client: string }
);

export interface NewCommand {
  readonly command: CommandName;
  /** As registry/commands declares them. */
  readonly parameters: object;
  /** Left out for `device_creation`, whose parameters name its devices. */
  readonly devices?: readonly NamedDevice[] | DeviceFilter | undefined;
  /** Needed only where the devices do not tell it: of staff, for a filter or when no device is known. */
  readonly organization?: string | undefined;
  /** The same key with the same request gives the first answer again; with another one it is refused. */
  readonly idempotencyKey?: string | undefined;
  /** Milliseconds UTC. Without both, 7 days from now. */
  readonly expiresAt?: number | undefined;
  readonly expiresInSeconds?: number | undefined;
  /** 0 ahead of everything, 1 (without it) as runs on demand, 2 with the schedule. */
  readonly priority?: CommandPriority | undefined;
  /** Checks everything, tells what would become of it, and keeps nothing. */
  readonly dryRun?: boolean | undefined;
  /** Why nothing of it can be done, in a sentence: it is kept, and refused for every device. */
  readonly problem?: string | undefined;
  /** What else tells the request from others that come to the same command; the idempotency key is of both. */
  readonly asked?: string | undefined;
}

export const commandPriorities = [0, 1, 2] as const;
export type CommandPriority = (typeof commandPriorities)[number];

/** A meter by exactly one of its names. */
export type NamedDevice = { readonly id: string } | { readonly globalDeviceId: string };

/** Meters that meet every given condition; `all` alone means every meter. */
export interface DeviceFilter {
  readonly search?: string | undefined;
  readonly type?: string | undefined;
  readonly task_group?: string | undefined;
  readonly mdc?: string | undefined;
  readonly all?: true | undefined;
}

export interface SubmittedCommand {
  /** Undefined after a dry run. */
  readonly id: string | undefined;
  readonly command: CommandName;
  readonly organization: string;
  readonly priority: CommandPriority;
  /** Milliseconds UTC. */
  readonly createdAt: number;
  readonly expiresAt: number;
  /** It was asked for before with the same key. */
  readonly repeated: boolean;
  /** In the order of the request, each once. */
  readonly devices: readonly SubmittedDevice[];
}

export interface SubmittedDevice {
  /** Undefined after a dry run. */
  readonly commandDevice: number | undefined;
  /** Undefined when no such meter is known. */
  readonly meterDevice: string | undefined;
  /** As asked for, or the meter's. */
  readonly globalDeviceId: string | undefined;
  readonly msn: string | undefined;
  /** False = refused, and `remark` says why. */
  readonly accepted: boolean;
  /** Nothing is left to be done. */
  readonly carriedOut: boolean;
  readonly cause: string | undefined;
  readonly remark: string | undefined;
}

/** One of the devices a cancellation was asked for. */
export interface CancelledDevice {
  /** Undefined when the command was not asked of it. */
  readonly row: CommandDeviceRow | undefined;
  readonly globalDeviceId: string | undefined;
  readonly msn: string | undefined;
  readonly cancelled: boolean;
  /** Why not. */
  readonly remark: string | undefined;
}

export const commandLimits = {
  /** Devices of one command. */
  devices: 100_000,
  /** Rows written with one statement. */
  rowsPerStatement: 5_000,
  /** Commands that may wait for one meter. */
  waitingPerDevice: 100,
  idempotencyKeyCharacters: 200,
  /** Characters kept of an id that was asked for; a meter's has 50 at most. */
  globalDeviceIdCharacters: 200,
  defaultLifetimeMilliseconds: 7 * 86_400_000,
  longestLifetimeMilliseconds: 90 * 86_400_000,
  /** Idempotency keys asked for at once. */
  keysPerQuestion: 10_000,
  reasonCharacters: 200,
} as const;
