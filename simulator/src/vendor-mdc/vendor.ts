/** A vendor's meters and tables, and how time passes in them; nothing here listens or waits. */
import type { UdilTableId, UdilVersion } from "@anymeter/udil";
import { dayMilliseconds } from "../calendar.ts";
import { unit } from "../random.ts";
import { SupplyArea } from "../supply/supply-area.ts";
import type { Clock } from "./clock.ts";
import { Collector } from "./collection/collector.ts";
import type { KeptRow } from "./collection/kept-row.ts";
import type { LoadProfileEnergy } from "./collection/row-texts.ts";
import type { HabitSwitches } from "./habits/habit-switches.ts";
import { LocalTime } from "./local-time.ts";
import { restoredRows, restoredTransactions } from "./memory/restored.ts";
import type { VendorMemory } from "./memory/vendor-memory.ts";
import { HouseholdLoad } from "./meters/household-load.ts";
import { planVendor } from "./meters/plan.ts";
import type { SampledTable, Sampling } from "./meters/sampling.ts";
import { VendorMeter } from "./meters/vendor-meter.ts";
import { visualsRow } from "./meters/visuals.ts";
import { readOnDemand } from "./on-demand.ts";
import type { Transaction, TransactionDevice } from "./transactions/transaction.ts";
import { Transactions } from "./transactions/transactions.ts";

export interface VendorSettings {
  readonly seed: number;
  readonly meters: number;
  readonly stock: number;
  readonly version: UdilVersion;
  readonly clock: Clock;
  readonly habits: HabitSwitches;
  readonly historyDays: number;
  readonly intervals: Partial<Record<SampledTable, number>>;
  readonly loadProfileEnergy: LoadProfileEnergy;
  readonly offsetMinutes: number;
  readonly pace: number;
  readonly readDelay: readonly [number, number];
  readonly memory: VendorMemory;
  readonly onStored: (rows: readonly KeptRow[]) => void;
  readonly onTransaction: (transaction: Transaction, device: TransactionDevice) => void;
}

export class Vendor {
  readonly collector: Collector;
  readonly transactions: Transactions;
  readonly localTime: LocalTime;
  /** All that were ever made, by serial number. */
  readonly made: ReadonlyMap<string, VendorMeter>;
  readonly #clock: Clock;
  readonly #memory: VendorMemory;
  readonly #devices: Map<string, VendorMeter>;
  #at: number;
  #forgottenAt: number;

  constructor(settings: VendorSettings) {
    const { version, clock, habits, historyDays, loadProfileEnergy, offsetMinutes, pace, readDelay } = settings;
    const { memory, onStored, onTransaction } = settings;
    this.#clock = clock;
    this.#memory = memory;
    const openedAt = memory.isFresh ? Number.NEGATIVE_INFINITY : clock.now();
    this.localTime = new LocalTime(offsetMinutes);
    const keptDays = Math.max(leastKeptDays, historyDays + 1);
    this.collector = new Collector({
      ...{ version, localTime: this.localTime, loadProfileEnergy, habits, readDelay, keptDays, openedAt, onStored },
      counters: memory.mdc,
      onChanged: (row) => memory.noteRow(row),
    });
    this.transactions = new Transactions({
      ...{ habits, pace },
      onSubmitted: (transaction) => memory.noteTransaction(transaction),
      onChanged: (transaction, device) => {
        memory.noteDevice(transaction, device);
        onTransaction(transaction, device);
      },
      read: (meter, order, at) =>
        readOnDemand({
          ...{ meter, order, at, collector: this.collector, visuals: (of: VendorMeter) => this.visuals(of) },
          mdcTime: at + (habits.current.mdcClockError ?? 0),
        }),
    });
    const startsAt = clock.now() - historyDays * dayMilliseconds;
    const meters = this.#makeMeters(settings, startsAt);
    this.made = new Map(meters.map((meter) => [meter.msn, meter]));
    const inService = meters.filter(({ state }) => state.inService);
    this.#devices = new Map(inService.map((meter) => [meter.globalDeviceId, meter]));
    this.#at = meters.reduce((earliest, { at }) => Math.min(earliest, at), memory.isFresh ? startsAt : openedAt);
    this.#forgottenAt = this.#at;
    memory.begin(
      () => ({ meters, rows: this.collector.rows(), transactions: this.transactions.all() }),
      (rows, transactions) => {
        const kept = restoredRows(rows, this.made);
        this.collector.restore(kept);
        this.collector.forget(clock.now());
        const names = (table: UdilTableId) => this.collector.form(table).names;
        this.transactions.restore(restoredTransactions(transactions, this.made, kept, names), openedAt);
      },
    );
  }

  /** Those in service, by their global_device_id. */
  get devices(): ReadonlyMap<string, VendorMeter> {
    return this.#devices;
  }

  /** A meter has come into service, or has a new id. */
  create(meter: VendorMeter): void {
    for (const [id, known] of this.#devices) if (known === meter) this.#devices.delete(id);
    this.#devices.set(meter.globalDeviceId, meter);
  }

  /** METER_VISUALS of a meter as it is now. */
  visuals(meter: VendorMeter): string[] {
    meter.advance(Math.max(meter.at, this.#clock.now()));
    this.#memory.noteMeter(meter);
    const row = visualsRow(meter, this.collector.lastContact(meter));
    return this.collector.form("VISL").texts(row);
  }

  /** Lets everything happen that is due. */
  advance(): void {
    const now = this.#clock.now();
    // In slices, so that orders reach meters in the order of time, and a long jump does not hold all of its rows at once.
    while (this.#at < now) {
      this.#at = Math.min(now, this.#at + sliceMilliseconds);
      this.transactions.advance(this.#at);
      for (const meter of this.made.values()) if (meter.nextAt <= this.#at) meter.advance(this.#at);
      this.collector.collect(this.#at);
      this.#memory.commit();
    }
    this.transactions.advance(now);
    this.#memory.commit();
    if (now - this.#forgottenAt < dayMilliseconds) return;
    this.#forgottenAt = now;
    this.collector.forget(now);
  }

  #makeMeters(settings: VendorSettings, startsAt: number): VendorMeter[] {
    const { seed, meters, stock, habits, offsetMinutes, version, intervals, memory } = settings;
    const plan = planVendor(seed, meters + stock);
    const areas = plan.areas.map((area) => new SupplyArea(area));
    const { wrongClocks } = habits.current;
    return plan.meters.map((meterPlan, index) => {
      const isWrong = wrongClocks !== undefined && (index + 1) % wrongClocks === 0;
      return new VendorMeter({
        plan: isWrong ? { ...meterPlan, clockError: wrongClockError(meterPlan.seed) } : meterPlan,
        ...{ localTime: this.localTime, version, startsAt, sampling: samplingOf(intervals), inService: index < meters },
        load: new HouseholdLoad(areas[meterPlan.area]!, meterPlan.service, offsetMinutes),
        state: (fresh) => memory.stateOf(meterPlan.msn, fresh),
        keep: (meter, table, values, capturedAt) => {
          memory.noteMeter(meter);
          this.collector.keep(meter, table, values, capturedAt);
        },
      });
    });
  }
}

function samplingOf(intervals: VendorSettings["intervals"]): Partial<Record<SampledTable, Sampling>> {
  const entries = Object.entries(intervals) as [SampledTable, number][];
  return Object.fromEntries(entries.map(([table, interval]) => [table, { interval, initialMinute: 0 }]));
}

/** An hour fast, or years behind since the battery was empty. */
function wrongClockError(seed: number): number {
  return unit(seed, 9) < 0.7 ? 3_600_000 : -3_700 * dayMilliseconds;
}

const sliceMilliseconds = 3_600_000;
const leastKeptDays = 40;
