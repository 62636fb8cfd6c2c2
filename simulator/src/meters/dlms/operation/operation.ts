/**
 * What a meter does beside measuring: switches its load, keeps to a schedule and a limit, changes tariffs, ends billing
 * periods. Its parts know their own rules; here they are joined, and what is written into the meter reaches them.
 */
import type { CosemDateTime, ScriptReference, SpecialDay, ValueReference } from "@anymeter/dlms-cosem";
import { dayMilliseconds } from "../../../calendar.ts";
import { between, seedFor } from "../../../random.ts";
import type { EventName } from "../event-codes.ts";
import type { MeterMake } from "../makes.ts";
import type { Measurements } from "../measurements.ts";
import type { MeterMemory } from "../memory.ts";
import { instantOfDateTime } from "../profiles/selection.ts";
import type { MomentSource } from "../registers.ts";
import { type Actor, Autonomy } from "./autonomy.ts";
import { Billing } from "./billing.ts";
import type { TariffCalendar } from "./calendar.ts";
import { Demand } from "./demand.ts";
import { EndOfBilling } from "./end-of-billing.ts";
import { EnergyLedger } from "./energy-ledger.ts";
import { disconnectScript, endOfBillingScript, factoryBilling, factoryCalendar, reconnectScript } from "./factory.ts";
import { Limiter } from "./limiter.ts";
import { factoryMonitored, monitoredBy, registersLimit, standardLimit } from "./limiter-settings.ts";
import { LoadSwitch } from "./load-switch.ts";
import { namesDay } from "./local-days.ts";
import { scriptsOf } from "./meter-scripts.ts";
import { Once } from "./once.ts";
import type { WallClock } from "./recurrence.ts";
import { Schedule } from "./schedule.ts";
import type { Scripts } from "./scripts.ts";
import { TariffHistory } from "./tariff-history.ts";
import { writtenAttributes } from "./written-attributes.ts";
import { WrittenValues } from "./written-values.ts";

export interface OperationSettings {
  readonly make: MeterMake;
  readonly seed: number;
  readonly measurements: Measurements;
  readonly memory: MeterMemory;
  /** Notes an event at a time of the meter's clock. */
  readonly log: (event: EventName, time: number) => void;
}

export class Operation implements MomentSource {
  readonly seed: number;
  readonly measurements: Measurements;
  readonly written: WrittenValues;
  readonly tariffs: TariffHistory;
  readonly ledger: EnergyLedger;
  readonly billing: Billing;
  readonly scripts: Scripts;
  /** Undefined in a meter that cannot be disconnected. */
  readonly loadSwitch: LoadSwitch | undefined;
  readonly #settings: OperationSettings;
  readonly #wall: WallClock;
  readonly #limiter: Limiter | undefined;
  readonly #autonomy: Autonomy;

  constructor(settings: OperationSettings) {
    const { make, seed, measurements, memory } = settings;
    const begin = commissionedAt(seed);
    this.#settings = settings;
    this.seed = seed;
    this.measurements = measurements;
    this.#wall = { clock: measurements.clock, zone: make.clock.value.zone };
    this.written = new WrittenValues(memory);
    this.tariffs = new TariffHistory(factoryCalendar, make.tariffs, memory, this.#wall);
    this.ledger = new EnergyLedger(measurements, this.tariffs, make.resolutions.energy, begin);
    const demandPeriod = Math.max(measurements.supply.slotMilliseconds, shortestDemandPeriod);
    const demand = new Demand(measurements, this.tariffs, demandPeriod);
    this.billing = new Billing(memory, measurements, demand, begin);
    this.loadSwitch = this.#makeSwitch();
    this.#limiter = this.loadSwitch && this.#makeLimiter(this.loadSwitch);
    this.scripts = scriptsOf(this, make);
    this.#autonomy = new Autonomy(this.#actors(), memory, begin);
    measurements.supply.addSwitcher(() => this.settle());
  }

  /** Does what was to be done until now. */
  settle(): void {
    this.#autonomy.settle(this.#now);
  }

  /** Runs what sets the clock: what it is set past is done then, and not before. */
  settingClock(set: () => void): void {
    this.settle();
    set();
    this.#autonomy.clockSet();
    this.settle();
  }

  /** Something was written that decides what is done when: from now on it counts. */
  changed(): void {
    this.#limiter?.watch(this.#now);
    this.#autonomy.changed();
  }

  /** Runs a script for a client. @returns whether the meter has it */
  runScript(reference: ScriptReference): boolean {
    const known = this.scripts.run(reference, this.#now, "remote");
    this.#autonomy.changed();
    return known;
  }

  /** Opens or closes the switch for a client, or for somebody at the button. @returns whether they may */
  operateSwitch(action: "open" | "close", by: "remote" | "manual"): boolean {
    const allowed = this.loadSwitch?.[action](this.#now, by) ?? false;
    this.#autonomy.changed();
    return allowed;
  }

  /** The calendar that was written takes the place of the one in force, at a true instant. */
  activateCalendar(at: number = this.#now): void {
    this.tariffs.replace({ ...this.passiveCalendar, specialDays: this.specialDays }, at);
    this.log("tariff-activated", at);
    this.#autonomy.changed();
  }

  /** The calendar the meter came with takes its place again. */
  restoreCalendar(at: number): void {
    this.tariffs.replace({ ...factoryCalendar, specialDays: [] }, at);
    this.written.clear(writtenAttributes.activation);
    this.log("tariff-cancelled", at);
    this.#autonomy.changed();
  }

  /** What was written to be activated, completed by what is in force. */
  get passiveCalendar(): Omit<TariffCalendar, "specialDays"> {
    const { name, seasons, weeks, days } = this.tariffs.current;
    return {
      name: this.written.read(writtenAttributes.passiveName, name),
      seasons: this.written.read(writtenAttributes.passiveSeasons, seasons),
      weeks: this.written.read(writtenAttributes.passiveWeeks, weeks),
      days: this.written.read(writtenAttributes.passiveDays, days),
    };
  }

  /** Special days count from when they are written. */
  get specialDays(): readonly SpecialDay[] {
    return this.tariffs.current.specialDays;
  }
  set specialDays(specialDays: readonly SpecialDay[]) {
    this.tariffs.replace({ ...this.tariffs.current, specialDays }, this.#now);
    this.#autonomy.changed();
  }

  /** Ends the billing period. */
  endBilling(at: number, event: EventName): void {
    this.billing.close(at);
    this.log(event, at);
  }

  /** Notes an event at a true instant. */
  log(event: EventName, at: number = this.#now): void {
    this.#settings.log(event, this.measurements.clock.time(at));
  }

  /** When the meter's clock first shows a date-time: a true instant; undefined when it never does. */
  readonly instantOf = (time: CosemDateTime): number | undefined => {
    const shown = instantOfDateTime(time, this.#wall.zone);
    return shown === undefined ? undefined : this.measurements.instantOf(shown);
  };

  /** Whether the meter's clock has passed a date-time; false for one that names no instant. */
  hasPassed(time: CosemDateTime): boolean {
    const shown = instantOfDateTime(time, this.#wall.zone);
    return shown !== undefined && shown <= this.measurements.clockTime();
  }

  get #now(): number {
    return this.measurements.now();
  }

  #makeSwitch(): LoadSwitch | undefined {
    const { make, memory } = this.#settings;
    const { measurements } = this;
    if (make.disconnector === undefined) return undefined;
    return new LoadSwitch(make.disconnector.value, {
      memory,
      supply: measurements.supply,
      log: (event, at) => this.log(event, at),
      switched: (_, at, by) => this.#limiter?.watch(at, by === "local" ? "limiter" : "others"),
    });
  }

  #makeLimiter(loadSwitch: LoadSwitch): Limiter {
    const { make, memory } = this.#settings;
    const { measurements } = this;
    const monitored = () => this.written.read<ValueReference>(writtenAttributes.monitoredValue, factoryMonitored);
    const byRegisters = make.objects === "tpi-34g";
    return new Limiter({
      memory,
      supply: measurements.supply,
      settings: () =>
        byRegisters
          ? registersLimit(this.written, (instant) => this.tariffs.at(instant))
          : standardLimit(this.written, this.instantOf),
      monitored: (demand) => (byRegisters ? Math.abs(demand) : monitoredBy(monitored())!(demand)),
      isClosed: () => loadSwitch.isClosed,
      run: (action, at) => void this.scripts.run(action === "over" ? disconnectScript : reconnectScript, at, "local"),
      log: (event, at) => this.log(event, at),
    });
  }

  #actors(): readonly Actor[] {
    const { measurements } = this;
    const wall = this.#wall;
    const run = (script: ScriptReference, at: number) => void this.scripts.run(script, at, "remote");
    return [
      new EndOfBilling({
        times: () => this.written.read(writtenAttributes.executionTimes, factoryBilling),
        script: () => this.written.read(writtenAttributes.executedScript, endOfBillingScript),
        ...{ run, wall },
      }),
      new Once(
        measurements.clock,
        () => instantOfDateTime(this.written.read<CosemDateTime>(writtenAttributes.activation, {}), wall.zone),
        (at) => this.activateCalendar(at),
      ),
      new Schedule({
        entries: () => this.written.read(writtenAttributes.scheduleEntries, noEntries),
        specialDayId: (day) => this.specialDays.find(({ specialdayDate }) => namesDay(specialdayDate, day))?.dayId,
        ...{ run, wall },
      }),
      ...(this.#limiter === undefined ? [] : [this.#limiter]),
    ];
  }
}

/** Meters were installed years ago; tariffs and billing periods are theirs since their firmware of 2025. */
function commissionedAt(seed: number): number {
  return Math.floor(between(seedFor(seed, "commissioned"), 0, firstCommissioned, lastCommissioned)) * dayMilliseconds;
}

/** 2025-01-01 and 2026-01-01, in days since 1970. */
const firstCommissioned = 20_089;
const lastCommissioned = 20_454;
const shortestDemandPeriod = 900_000;
const noEntries: readonly [] = [];
