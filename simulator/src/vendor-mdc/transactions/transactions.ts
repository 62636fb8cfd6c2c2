/** Carries out orders: one device after the other through the levels, each at its time, one order of a meter at a time. */
import { between, seedFor } from "../../random.ts";
import type { HabitSwitches } from "../habits/habit-switches.ts";
import { nextContact, obey } from "../meters/obey.ts";
import { type Order, ordersOfTheMdc } from "../meters/orders.ts";
import type { VendorMeter } from "../meters/vendor-meter.ts";
import type { LastOrder } from "../meters/visuals.ts";
import type { AnswerList } from "../server/answer.ts";
import {
  lastLevel,
  lastLevelToCancel,
  type StatusLevel,
  type Transaction,
  type TransactionDevice,
} from "./transaction.ts";

export interface TransactionSettings {
  readonly habits: HabitSwitches;
  /** 1 = as long as it takes in the field, 0 = at once. */
  readonly pace: number;
  /** What a read on demand finds. */
  readonly read: (meter: VendorMeter, order: Order, at: number) => AnswerList | undefined;
  /** Called for every change. */
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
  readonly #lastOrders = new Map<VendorMeter, LastOrder>();
  #waiting: { transaction: Transaction; resolve: () => void }[] = [];
  #drawn = 0;

  constructor(settings: TransactionSettings) {
    this.#settings = settings;
  }

  /** Whether something is under way. */
  get isBusy(): boolean {
    return this.#open.length > 0;
  }

  find(id: string): Transaction | undefined {
    return this.#transactions.get(id);
  }

  /** All that are remembered, oldest first. */
  all(): Iterable<Transaction> {
    return this.#transactions.values();
  }

  lastOrder(meter: VendorMeter): LastOrder | undefined {
    return this.#lastOrders.get(meter);
  }

  /** Takes an order. Devices without a meter or an order are refused, with their remark. */
  submit(settings: Omit<Transaction, "devices">, devices: readonly NewDevice[]): Transaction {
    const { receivedAt } = settings;
    const transaction: Transaction = {
      ...settings,
      devices: devices.map((device) => ({
        ...device,
        state: device.meter !== undefined && device.order !== undefined ? "open" : "refused",
        level: 0,
        reachedAt: [receivedAt],
        dueAt: receivedAt + this.#duration(device.order, 1),
      })),
    };
    this.#transactions.set(transaction.id, transaction);
    if (this.#transactions.size > mostTransactions) {
      this.#transactions.delete(this.#transactions.keys().next().value!);
    }
    for (const device of transaction.devices) {
      if (device.state === "open") {
        this.#open.push({ transaction, device });
        const queue = this.#busyWith.get(device.meter!);
        if (queue === undefined) this.#busyWith.set(device.meter!, [device]);
        else queue.push(device);
        this.#lastOrders.set(device.meter!, { name: transaction.service, at: receivedAt });
      }
      this.#settings.onChanged(transaction, device);
    }
    return transaction;
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
      if (moved) this.#open = this.#open.filter(({ device }) => device.state === "open");
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

  #isNext(device: TransactionDevice): boolean {
    return this.#busyWith.get(device.meter!)![0] === device;
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
    if (result !== undefined) device.result = result;
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
    const last = this.#lastOrders.get(meter);
    if (last !== undefined && last.at <= transaction.receivedAt) {
      const response = state === "succeeded" ? "executed" : `${state}: ${remark}`;
      this.#lastOrders.set(meter, { name: transaction.service, at: transaction.receivedAt, response, respondedAt: at });
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
const mostTransactions = 20_000;
