/**
 * One meter of the vendor, as a sequence of appointments: between two of them nothing changes but what flows, so energy is
 * counted span by span, under the tariff and the relay of the span. True times throughout; its own clock is wrong by
 * `clockError`, and what it keeps is stamped by that.
 */
import type { UdilRow, UdilVersion } from "@anymeter/udil";
import { minuteMilliseconds } from "../../calendar.ts";
import { seedFor, smoothNoise, unit } from "../../random.ts";
import type { PhaseMeans } from "../../supply/supply-point.ts";
import type { LocalTime } from "../local-time.ts";
import { type Appointment, appointmentsOf } from "./appointments.ts";
import { type EventCode, eventDescriptions, programmingCode } from "./event-codes.ts";
import type { HouseholdLoad } from "./household-load.ts";
import { freshLimiter, type LoadLimit, LoadLimiter } from "./load-limiter.ts";
import type { SheddingSchedule } from "./load-shedding.ts";
import type { MeterState } from "./meter-state.ts";
import type { MeterParameters } from "./parameters.ts";
import { pastOf } from "./past-billing.ts";
import type { MeterPlan } from "./plan.ts";
import { count } from "./registers.ts";
import { freshRelay, Relay, type RelayMover } from "./relay.ts";
import { billingRow, eventRow, instantaneousRow } from "./rows.ts";
import { defaultSampling, type SampledTable, type Sampling } from "./sampling.ts";
import { factoryCalendar, type TariffCalendar } from "./tariff-calendar.ts";
import { TariffPlan } from "./tariff-plan.ts";

/** Tables whose rows a meter keeps. */
export type KeptTable = SampledTable | "MBIL" | "EVNT";

export interface VendorMeterSettings {
  readonly plan: MeterPlan;
  readonly load: HouseholdLoad;
  readonly localTime: LocalTime;
  readonly version: UdilVersion;
  readonly sampling: Partial<Record<SampledTable, Sampling>>;
  readonly inService: boolean;
  /** Where its history begins when it remembers nothing. */
  readonly startsAt: number;
  /** Completes what the meter remembers by what a fresh one has; the object is the meter's to change. */
  readonly state: (fresh: MeterState) => MeterState;
  /** Takes what the meter keeps, with the true time at which it did. */
  readonly keep: (meter: VendorMeter, table: KeptTable, values: UdilRow, capturedAt: number) => void;
}

export class VendorMeter {
  readonly plan: MeterPlan;
  readonly version: UdilVersion;
  readonly localTime: LocalTime;
  readonly load: HouseholdLoad;
  readonly relay: Relay;
  readonly limiter: LoadLimiter;
  readonly tariffs: TariffPlan;
  /** Open to the meter's own appointments; others read it. */
  readonly state: MeterState;
  readonly #keep: VendorMeterSettings["keep"];
  readonly #appointments: readonly Appointment[];

  constructor(settings: VendorMeterSettings) {
    const { plan, load, localTime, version, sampling, startsAt, keep } = settings;
    this.plan = plan;
    this.load = load;
    this.localTime = localTime;
    this.version = version;
    this.#keep = keep;
    const resetDate = 1 + Math.floor(unit(plan.seed, 21) * 28);
    const past = pastOf(settings, resetDate, startsAt);
    const fresh: MeterState = {
      at: startsAt,
      globalDeviceId: plan.globalDeviceId,
      inService: settings.inService,
      active: true,
      clockError: plan.clockError,
      powered: true,
      eventCounter: Math.floor(unit(plan.seed, 20) * 400),
      registers: past.registers,
      relay: { ...freshRelay },
      limiter: { ...freshLimiter },
      tariff: { calendar: factoryCalendar },
      sampling: { current: { ...defaultSampling, ...sampling }, pending: [] },
      parameters: {
        mdiReset: { date: resetDate, time: 0 },
        contactInterval: undefined,
        firstContact: 0,
        communicationMode: 1,
        bidirectional: plan.customer.includes("panels") || plan.customer.includes("heat pump"),
      },
      programmedAt: {},
      keptUntil: {},
    };
    this.state = settings.state(fresh);
    this.relay = new Relay(this.state.relay);
    this.limiter = new LoadLimiter(this.relay, this.state.limiter);
    this.tariffs = new TariffPlan(this.state.tariff, this.localOf(this.state.at));
    this.#appointments = appointmentsOf(this).map((agreed) => ({ ...agreed, at: agreed.next(this.at) }));
    // A meter that remembers had them before.
    if (this.state.at === startsAt) for (const { row, at } of past.months) keep(this, "MBIL", row, at);
  }

  get msn(): string {
    return this.plan.msn;
  }
  get globalDeviceId(): string {
    return this.state.globalDeviceId;
  }
  /** Whether the MDC reads it. */
  get isRead(): boolean {
    return this.state.inService && this.state.active;
  }
  get registers(): MeterState["registers"] {
    return this.state.registers;
  }
  get parameters(): MeterParameters {
    return this.state.parameters;
  }
  /** True time up to which everything has happened. */
  get at(): number {
    return this.state.at;
  }
  get phases(): readonly [boolean, boolean, boolean] {
    return this.load.phases;
  }

  /** What its clock shows at a true instant. */
  clockAt(instant: number): number {
    return instant + this.state.clockError;
  }

  /** The same as local milliseconds. */
  localOf(instant: number): number {
    return this.localTime.of(this.clockAt(instant));
  }

  /** The true instant at which its clock shows a local time. */
  instantOf(local: number): number {
    return this.localTime.toInstant(local) - this.state.clockError;
  }

  /** When something happens to it next. */
  get nextAt(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { at } of this.#appointments) if (at < next) next = at;
    return next;
  }

  /** Lets time pass until a true instant: counts, keeps rows, switches. */
  advance(to: number): void {
    while (this.at < to) {
      const next = Math.min(to, this.nextAt);
      this.#count(next);
      // All that is due, before one of them makes the others look for their next time.
      const due = this.#appointments.filter(({ at }) => at <= next);
      for (const appointment of due) {
        appointment.happen(next);
        appointment.at = appointment.next(next);
      }
      if (due.some(({ disturbs }) => disturbs)) this.#reconsider();
    }
  }

  /** What flows through it. */
  measure(): PhaseMeans {
    const flowing = this.load.now(this.at);
    if (this.relay.closed) return flowing;
    return { ...flowing, amperes: nothing, watts: nothing, vars: nothing };
  }

  /** dBm; a modem in a cellar. */
  signalStrength(): number {
    return -62 - Math.round(38 * smoothNoise(seedFor(this.plan.seed, "signal"), this.at / (90 * minuteMilliseconds)));
  }

  instantaneous(): UdilRow {
    return instantaneousRow(this, this.clockAt(this.at));
  }

  /** Keeps a row of instantaneous values besides those of its sampling, unless it has one of this second. */
  keepInstantaneous(): void {
    this.keepRow("INST", this.instantaneous());
  }

  /** Registers as they stand. */
  billing(): UdilRow {
    return billingRow(this, this.clockAt(this.at));
  }

  moveRelay(closed: boolean, by: RelayMover): void {
    if (this.relay.move(closed, by, this.at)) this.logEvent(closed ? 202 : 203);
    this.limiter.lookAgain(this.at);
    this.#reconsider();
  }

  /** Sets the clock. */
  setClock(time: number): void {
    this.state.clockError = time - this.at;
    this.logEvent(201);
    this.#reconsider();
  }

  /** undefined = no limit. */
  setLimit(limit: LoadLimit | undefined): void {
    this.limiter.setLimit(limit, this.at);
    this.#logProgramming(limit === undefined ? 324 : 303, limit && Object.values(limit).join(", "));
  }

  /** undefined = none. */
  setSchedule(schedule: SheddingSchedule | undefined): void {
    this.state.schedule = schedule;
    const slabs = schedule?.slabs.map(({ action_time, relay_operate }) => `${action_time} ${relay_operate}`);
    this.#logProgramming(schedule === undefined ? 325 : 304, slabs?.join(", "));
  }

  /** `activation`: from when on, by true time; undefined = the calendar from the works, at once. */
  setCalendar(calendar: TariffCalendar, activation: number | undefined): void {
    this.tariffs.set(calendar, activation, this.at);
    this.#logProgramming(activation === undefined ? 326 : 306);
  }

  setSampling(table: SampledTable, sampling: Sampling, activation: number): void {
    const set = { table, sampling, at: Math.max(activation, this.at) };
    this.state.sampling.last = { ...set, at: activation };
    this.state.sampling.pending.push(set);
    this.#logProgramming(331, `${table} ${sampling.interval}`);
  }

  setParameters(parameters: Partial<MeterParameters>, code: EventCode, words?: string): void {
    this.state.parameters = { ...this.parameters, ...parameters };
    this.#logProgramming(code, words);
  }

  /** Notes an event at the meter's clock. `words` say more than the code does. */
  logEvent(code: EventCode, words?: string): void {
    this.#log(code, code, words);
  }

  /** Keeps a row of now. */
  keepRow(table: KeptTable, values: UdilRow): void {
    const second = Math.floor(this.clockAt(this.at) / 1000);
    // A clock that was set back runs through times a second time: the meter has rows of them already.
    if (second <= (this.state.keptUntil[table] ?? Number.NEGATIVE_INFINITY)) return;
    this.state.keptUntil[table] = second;
    this.#keep(this, table, values, this.at);
  }

  #log(code: EventCode, describedAs: EventCode, words: string | undefined): void {
    this.state.eventCounter++;
    const description = eventDescriptions[describedAs] + (words === undefined ? "" : `: ${words}`);
    const row = eventRow(this, this.clockAt(this.at), code, this.state.eventCounter, description);
    this.#keep(this, "EVNT", row, this.at);
  }

  #logProgramming(code: EventCode, words?: string): void {
    this.#log(programmingCode(this.version, code), code, words);
    this.#reconsider();
  }

  /** What was agreed may be at other times now. */
  #reconsider(): void {
    for (const appointment of this.#appointments) appointment.at = appointment.next(this.at);
  }

  #count(until: number): void {
    if (this.relay.closed && until > this.at) {
      count(this.registers, this.tariffs.tariff, this.load.energy(this.at), this.load.energy(until));
    }
    this.state.at = until;
  }
}

const nothing: readonly number[] = [0, 0, 0];
