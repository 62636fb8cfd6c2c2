/** Transactions that MDCs have taken and not ended: when each is asked for next. */
import type { PeerCommand } from "../../../commands/peers.ts";

export interface TrackedDevice {
  readonly commandDevice: number;
  level: number;
  /** When its level was seen to rise, milliseconds UTC. */
  risenAt: number;
  /** The MDC said that it has it, or showed it. */
  accepted: boolean;
  /** Since when the MDC does not show it when it is asked for nothing else. */
  missingSince: number | undefined;
}

export interface Tracked {
  readonly mdc: string;
  readonly reference: string;
  readonly command: PeerCommand;
  /** By global device id. */
  readonly devices: Map<string, TrackedDevice>;
  readonly since: number;
  nextAt: number;
  /** Not shown among others: some MDCs answer for the first id of a set alone. */
  alone: boolean;
}

export interface DeviceToTrack {
  readonly globalDeviceId: string;
  readonly commandDevice: number;
  readonly accepted: boolean;
}

/** Seconds of age until which a transaction is asked for every so many seconds. */
const paces = [
  { until: 60, every: 3 },
  { until: 600, every: 10 },
  { until: 7_200, every: 60 },
  { until: Number.POSITIVE_INFINITY, every: 300 },
] as const;

/** The meter has it, and nothing more is heard. */
export const stuckMilliseconds = 15 * 60_000;

export class TrackedTransactions {
  readonly #now: () => number;
  readonly #transactions = new Map<string, Tracked>();

  constructor(now: () => number) {
    this.#now = now;
  }

  add(mdc: string, reference: string, command: PeerCommand, devices: readonly DeviceToTrack[]): void {
    if (devices.length === 0) return;
    const now = this.#now();
    const tracked = this.#transactions.get(reference) ?? {
      ...{ mdc, reference, command, devices: new Map(), since: now, alone: false },
      nextAt: now + firstMilliseconds,
    };
    for (const { globalDeviceId, commandDevice, accepted } of devices) {
      if (tracked.devices.has(globalDeviceId)) continue;
      tracked.devices.set(globalDeviceId, { commandDevice, level: 0, risenAt: now, accepted, missingSince: undefined });
    }
    this.#transactions.set(reference, tracked);
  }

  due(): Tracked[] {
    const now = this.#now();
    return [...this.#transactions.values()].filter(({ nextAt }) => nextAt <= now);
  }

  nextIn(): number | undefined {
    if (this.#transactions.size === 0) return undefined;
    let next = Number.POSITIVE_INFINITY;
    for (const { nextAt } of this.#transactions.values()) next = Math.min(next, nextAt);
    return next - this.#now();
  }

  /** They are asked for again, the later the older they are; those that expired here are asked for no more. */
  asked(transactions: readonly Tracked[]): void {
    const now = this.#now();
    for (const tracked of transactions) {
      const age = (now - tracked.since) / 1000;
      tracked.nextAt = now + paces.find(({ until }) => age < until)!.every * 1000;
      if (now > tracked.command.expiresAt + afterExpiry) this.#transactions.delete(tracked.reference);
    }
  }

  /** From now on these are asked for one by one, for the first time at once. */
  askAlone(transactions: readonly Tracked[]): void {
    for (const tracked of transactions) {
      tracked.alone = true;
      tracked.nextAt = this.#now();
    }
  }

  device(reference: string, globalDeviceId: string): { transaction: Tracked; device: TrackedDevice } | undefined {
    const transaction = this.#transactions.get(reference);
    const device = transaction?.devices.get(globalDeviceId);
    return transaction && device && { transaction, device };
  }

  /** The MDC shows it at a level; a lower one than before tells nothing. */
  shown(device: TrackedDevice, level: number): void {
    device.accepted = true;
    device.missingSince = undefined;
    if (level <= device.level) return;
    device.level = level;
    device.risenAt = this.#now();
  }

  /** The MDC does not show it. @returns for how long that has been so, milliseconds */
  missing(device: TrackedDevice): number {
    device.missingSince ??= this.#now();
    return this.#now() - device.missingSince;
  }

  isStuck(device: TrackedDevice, level: number): boolean {
    return level <= device.level && this.#now() - device.risenAt > stuckMilliseconds;
  }

  done(transaction: Tracked, globalDeviceId: string): void {
    transaction.devices.delete(globalDeviceId);
    if (transaction.devices.size === 0) this.#transactions.delete(transaction.reference);
  }
}

const firstMilliseconds = 1_000;
/** A command that expired here may still be told as carried out. */
const afterExpiry = 3_600_000;
