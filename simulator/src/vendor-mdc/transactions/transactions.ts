/** Carries out orders: one device after the other through the levels, each at its time, one order of a meter at a time. */
import { between, seedFor } from "../../random.ts";
import type { HabitSwitches } from "../habits/habit-switches.ts";
import { nextContact, obey } from "../meters/obey.ts";
import { type Order, ordersOfTheMdc } from "../meters/orders.ts";
import type { VendorMeter } from "../meters/vendor-meter.ts";
import {
  lastLevel,
  lastLevelToCancel,
  type ReadResult,
  type StatusLevel,
  type Transaction,
  type TransactionDevice,
} from "./transaction.ts";

export interface TransactionSettings {
  readonly habits: HabitSwitches;
  /** 1 = as long as it takes in the field, 0 = at once. */
  readonly pace: number;
  /** What a read on demand finds. */
  readonly read: (meter: VendorMeter, order: Order, at: number) => ReadResult | undefined;
  /** Called for every new one, before its devices, and for every change of a device. */
  readonly onSubmitted: (transaction: Transaction) => void;
  readonly onChanged: (transaction: Transaction, device: TransactionDevice) => void;
}

/** What is known of a device when its order comes. */
export type NewDevice = Pick<TransactionDevice, "globalDeviceId" | "msn" | "meter" | "order" | "remark">;

export class Transactions {
  readonly #settings: TransactionSettings;
  readonly #transactions = new Map<string, Transaction>();
  #open: { transaction: Transaction; device: TransactionDevice }[] = [];
  /** Until when a meter is occupied by what it was ordered before. */
  readonly #busyWith = new Map<VendorMeter, TransactionDevice[]>();
  #waiting: { transaction: Transaction; resolve: () => void }[] = [];
  /** Of all transactions. */
  #weight = 0;
  #drawn = 0;

  constructor(settings: TransactionSettings) {
    this.#settings = settings;
  }

  /** Whether something is under way. */
  get isBusy(): boolean {
    return this.#open.length > 0;
  }

  /** Whether orders for so many devices more are too many. */
  isFull(more: number): boolean {
    return this.#open.length + more > mostOpen;
  }

  find(id: string): Transaction | undefined {
    return this.#transactions.get(id);
  }

  /** All that are remembered, oldest first. */
  all(): Iterable<Transaction> {
    return this.#transactions.values();
  }

  /** Takes an order. Devices without a meter or an order are refused, with their remark. */
  submit(settings: Omit<Transaction, "devices">, devices: readonly NewDevice[]): Transaction {
    const { receivedAt } = settings;
    const transaction: Transaction = {
      ...settings,
      devices: devices.map((device, place) => ({
        ...device,
        place,
        state: device.meter !== undefined && device.order !== undefined ? "open" : "refused",
        level: 0,
        reachedAt: [receivedAt],
        dueAt: receivedAt + this.#duration(device.order, 1),
      })),
    };
    this.#take(transaction);
    this.#settings.onSubmitted(transaction);
    for (const device of transaction.devices) {
      if (device.state === "open") device.meter!.state.lastOrder = { name: transaction.service, at: receivedAt };
      this.#settings.onChanged(transaction, device);
    }
    return transaction;
  }

  /** Takes transactions as they were when it ended, oldest first. What is open goes on, no earlier than `openedAt`. */
  restore(transactions: readonly Transaction[], openedAt: number): void {
    for (const transaction of transactions) {
      for (const device of transaction.devices) {
        if (device.state !== "open") continue;
        device.dueAt = Math.max(device.dueAt, openedAt);
        if (device.meter !== undefined) continue;
        device.state = "failed";
        device.remark = "the MDC does not have the meter any more";
      }
      this.#take(transaction);
    }
  }

  /** Lets what is due until now happen. */
  advance(now: number): void {
    let moved = true;
    while (moved) {
      moved = false;
      for (const { transaction, device } of this.#open) {
        while (device.state === "open" && device.dueAt <= now && this.#isNext(device)) {
          this.#step(transaction, device);
          moved = true;
        }
      }
      // Those that ended let others of their meters begin.
      this.#open = this.#open.filter(({ device }) => device.state === "open");
    }
    const ended = this.#waiting.filter(({ transaction }) => hasEnded(transaction));
    if (ended.length === 0) return;
    this.#waiting = this.#waiting.filter(({ transaction }) => !hasEnded(transaction));
    for (const { resolve } of ended) resolve();
  }

  /** Cancels one device's part while that is possible; otherwise says why it is not. */
  cancel(transaction: Transaction, device: TransactionDevice, now: number): string | undefined {
    if (device.state === "cancelled") return "it has been cancelled before";
    if (device.state === "refused") return "it was never accepted";
    if (device.level > lastLevelToCancel) return `its status level is ${device.level}`;
    this.#cancel(transaction, device, now, "cancelled by the MDM");
    return undefined;
  }

  /** Resolves when every device's part has come to its end. */
  ended(transaction: Transaction): Promise<void> {
    if (hasEnded(transaction)) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ transaction, resolve }));
  }

  #take(transaction: Transaction): void {
    this.#transactions.set(transaction.id, transaction);
    this.#weight += weightOf(transaction);
    for (const device of transaction.devices) {
      if (device.state !== "open") continue;
      this.#open.push({ transaction, device });
      const queue = this.#busyWith.get(device.meter!);
      if (queue === undefined) this.#busyWith.set(device.meter!, [device]);
      else queue.push(device);
    }
    this.#forget();
  }

  /** The oldest of those that have come to their end give way. */
  #forget(): void {
    for (const [id, transaction] of this.#transactions) {
      if (this.#weight <= mostWeight || this.#transactions.size === 1) return;
      if (!hasEnded(transaction)) continue;
      this.#transactions.delete(id);
      this.#weight -= weightOf(transaction);
    }
  }

  /** What the MDC does alone waits for nothing that is under way with the meter. */
  #isNext(device: TransactionDevice): boolean {
    return ordersOfTheMdc.has(device.order!.name) || this.#busyWith.get(device.meter!)![0] === device;
  }

  #step(transaction: Transaction, device: TransactionDevice): void {
    const at = device.dueAt;
    const { meter, order } = device as { meter: VendorMeter; order: Order };
    const mdcAlone = ordersOfTheMdc.has(order.name);
    meter.advance(at);
    if (at > transaction.receivedAt + expiry) {
      return this.#cancel(transaction, device, at, "expired: the meter was not reached in seven days");
    }
    if (!meter.state.active && !mdcAlone && device.level < lastLevelToCancel) {
      return this.#cancel(transaction, device, at, "the meter has been made inactive");
    }
    const next = (device.level + 1) as StatusLevel;
    if (next === 3 && !meter.state.powered && !mdcAlone) {
      device.dueAt = at + retryInterval;
      return;
    }
    if (next === lastLevel && !mdcAlone && this.#settings.habits.isTurn("failedCommands")) {
      return this.#end(transaction, device, at, "failed", "the meter did not confirm");
    }
    if (next === lastLevel) this.#execute(device, meter, order, at);
    if (next === 4 && this.#settings.habits.current.earlyResponseData) this.#read(device, meter, order, at);
    device.level = next;
    device.reachedAt[next] = at;
    if (next === lastLevel) return this.#end(transaction, device, at, "succeeded", "");
    const soon = at + this.#duration(order, (next + 1) as StatusLevel);
    device.dueAt = next === 2 && !mdcAlone ? nextContact(meter, soon) : soon;
    this.#settings.onChanged(transaction, device);
  }

  #execute(device: TransactionDevice, meter: VendorMeter, order: Order, at: number): void {
    obey(meter, order, at + (this.#settings.habits.current.mdcClockError ?? 0));
    if (device.result === undefined) this.#read(device, meter, order, at);
  }

  #read(device: TransactionDevice, meter: VendorMeter, order: Order, at: number): void {
    const result = this.#settings.read(meter, order, at);
    if (result === undefined) return;
    this.#weight += result.records.length - (device.result?.records.length ?? 0);
    device.result = result;
  }

  #cancel(transaction: Transaction, device: TransactionDevice, at: number, reason: string): void {
    device.cancelledAt = at;
    this.#end(transaction, device, at, "cancelled", reason);
  }

  #end(
    transaction: Transaction,
    device: TransactionDevice,
    at: number,
    state: "succeeded" | "failed" | "cancelled",
    remark: string,
  ): void {
    device.state = state;
    device.remark = remark;
    const meter = device.meter!;
    const queue = this.#busyWith.get(meter)!;
    queue.splice(queue.indexOf(device), 1);
    if (queue.length === 0) this.#busyWith.delete(meter);
    // Whoever waited behind it begins no earlier than now.
    for (const next of queue) next.dueAt = Math.max(next.dueAt, at);
    const last = meter.state.lastOrder;
    if (last !== undefined && last.at <= transaction.receivedAt) {
      const response = state === "succeeded" ? "executed" : `${state}: ${remark}`;
      meter.state.lastOrder = { name: transaction.service, at: transaction.receivedAt, response, respondedAt: at };
    }
    this.#settings.onChanged(transaction, device);
  }

  /** Milliseconds until a level is reached from the one before. */
  #duration(order: Order | undefined, level: StatusLevel): number {
    if (order === undefined || ordersOfTheMdc.has(order.name)) return 0;
    const { pace, habits } = this.#settings;
    const [least, most] = durations[level];
    const usual = Math.round(between(seedFor(durationSeed, this.#drawn++), 0, least, most) * pace);
    const isRead = order.name === "on_demand_read" || order.name === "on_demand_parameter_read";
    return usual + (isRead && level === lastLevel ? (habits.current.onDemandDelay ?? 0) : 0);
  }
}

/** How much there is to remember: devices, and rows that were read. */
function weightOf({ devices }: Transaction): number {
  return devices.reduce((sum, { result }) => sum + 1 + (result?.records.length ?? 0), 0);
}

function hasEnded({ devices }: Transaction): boolean {
  return devices.every(({ state }) => state !== "open");
}

/** Milliseconds from the level before, least and most: queue, modem, association, exchange. */
const durations: Readonly<Record<StatusLevel, readonly [number, number]>> = {
  0: [0, 0],
  1: [200, 900],
  2: [300, 1_200],
  3: [800, 3_500],
  4: [200, 600],
  5: [400, 1_800],
};
const durationSeed = 4;
/** A meter without supply is tried again so often. */
const retryInterval = 60_000;
const expiry = 7 * 86_400_000;
/** Of devices and rows that were read, for all transactions together. */
const mostWeight = 50_000;
/** Of devices whose order is under way. */
const mostOpen = 100_000;
