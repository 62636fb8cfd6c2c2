/**
 * One meter of the vendor, as a sequence of appointments: between two of them nothing changes but what flows, so energy is
 * counted span by span, under the tariff and the relay of the span. True times throughout; its own clock is wrong by
 * `clockError`, and what it keeps is stamped by that.
 */
import type { UdilRow, UdilVersion } from "@anymeter/udil";
import { dayMilliseconds, dayOf, minuteMilliseconds } from "../../calendar.ts";
import { pick, seedFor, smoothNoise, unit } from "../../random.ts";
import type { PhaseMeans } from "../../supply/supply-point.ts";
import { type LocalTime, midnightOf } from "../local-time.ts";
import { type EventCode, eventDescriptions, incidentCodes, programmingCode } from "./event-codes.ts";
import type { HouseholdLoad } from "./household-load.ts";
import { type LoadLimit, LoadLimiter } from "./load-limiter.ts";
import { nextSheddingAction, type SheddingSchedule } from "./load-shedding.ts";
import type { MeterParameters, ProgrammedAt } from "./parameters.ts";
import type { MeterPlan } from "./plan.ts";
import { Registers } from "./registers.ts";
import { Relay, type RelayMover } from "./relay.ts";
import { billingRow, eventRow, instantaneousRow, loadProfileRow, monthlyBillingRow } from "./rows.ts";
import { defaultSampling, nextCapture, type SampledTable, type Sampling, sampledTables } from "./sampling.ts";
import { factoryCalendar, nextTariffSwitch, type TariffCalendar, tariffAt } from "./tariff-calendar.ts";

/** Tables whose rows a meter keeps. */
export type KeptTable = SampledTable | "MBIL" | "EVNT";

export interface VendorMeterSettings {
  readonly plan: MeterPlan;
  readonly load: HouseholdLoad;
  readonly localTime: LocalTime;
  readonly version: UdilVersion;
  readonly sampling: Partial<Record<SampledTable, Sampling>>;
  /** Where its history begins. */
  readonly startsAt: number;
  /** Takes what the meter keeps, with the true time at which it did. */
  readonly keep: (meter: VendorMeter, table: KeptTable, values: UdilRow, capturedAt: number) => void;
}

export class VendorMeter {
  readonly plan: MeterPlan;
  readonly localTime: LocalTime;
  readonly relay = new Relay();
  readonly limiter = new LoadLimiter(this.relay);
  readonly registers: Registers;
  globalDeviceId: string;
  /** Whether the MDC may read it and serve it. */
  active = true;
  parameters: MeterParameters;
  readonly programmedAt: ProgrammedAt = {};
  lastSampling: { readonly table: SampledTable; readonly sampling: Sampling; readonly activation: number } | undefined;
  schedule: SheddingSchedule | undefined;
  calendar: TariffCalendar = factoryCalendar;
  calendarActivation: number | undefined;
  readonly #load: HouseholdLoad;
  readonly #version: UdilVersion;
  readonly #sampling: Record<SampledTable, Sampling>;
  readonly #pendingSampling: { table: SampledTable; sampling: Sampling; at: number }[] = [];
  readonly #keep: VendorMeterSettings["keep"];
  readonly #appointments: Appointment[];
  readonly #lastKept = new Map<KeptTable, number>();
  #pendingCalendar: { calendar: TariffCalendar; at: number } | undefined;
  #clockError: number;
  #tariff: number;
  #powered = true;
  #voltageEvent: 114 | 115 | undefined;
  #eventCounter: number;
  #at: number;

  constructor(settings: VendorMeterSettings) {
    const { plan, load, localTime, version, sampling, startsAt, keep } = settings;
    this.plan = plan;
    this.globalDeviceId = plan.globalDeviceId;
    this.#load = load;
    this.localTime = localTime;
    this.#version = version;
    this.#sampling = { ...defaultSampling, ...sampling };
    this.#keep = keep;
    this.#clockError = plan.clockError;
    this.#at = startsAt;
    this.#eventCounter = Math.floor(unit(plan.seed, 20) * 400);
    this.parameters = {
      mdiReset: { date: 1 + Math.floor(unit(plan.seed, 21) * 28), time: 0 },
      contactInterval: undefined,
      firstContact: 0,
      communicationMode: 1,
      bidirectional: plan.customer.includes("panels") || plan.customer.includes("heat pump"),
    };
    this.registers = this.#registersBefore(startsAt);
    this.#tariff = tariffAt(this.calendar, this.localOf(startsAt));
    this.#appointments = this.#makeAppointments();
  }

  get msn(): string {
    return this.plan.msn;
  }
  get tariff(): number {
    return this.#tariff;
  }
  get powered(): boolean {
    return this.#powered;
  }
  get sampling(): Readonly<Record<SampledTable, Sampling>> {
    return this.#sampling;
  }
  get clockError(): number {
    return this.#clockError;
  }
  /** True time up to which everything has happened. */
  get at(): number {
    return this.#at;
  }
  get phases(): readonly [boolean, boolean, boolean] {
    return this.#load.phases;
  }

  /** What its clock shows at a true instant. */
  clockAt(instant: number): number {
    return instant + this.#clockError;
  }

  /** The same as local milliseconds. */
  localOf(instant: number): number {
    return this.localTime.of(this.clockAt(instant));
  }

  /** The true instant at which its clock shows a local time. */
  instantOf(local: number): number {
    return this.localTime.toInstant(local) - this.#clockError;
  }

  /** When something happens to it next. */
  get nextAt(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { at } of this.#appointments) if (at < next) next = at;
    return next;
  }

  /** Lets time pass until a true instant: counts, keeps rows, switches. */
  advance(to: number): void {
    while (this.#at < to) {
      const next = Math.min(to, this.nextAt);
      this.#count(next);
      // All that is due, before one of them makes the others look for their next time.
      for (const appointment of this.#appointments.filter(({ at }) => at <= next)) {
        appointment.happen(next);
        appointment.at = appointment.next(next);
      }
    }
  }

  /** What flows through it. */
  measure(): PhaseMeans {
    const flowing = this.#load.now(this.#at);
    if (this.relay.closed) return flowing;
    return { ...flowing, amperes: nothing, watts: nothing, vars: nothing };
  }

  /** dBm; a modem in a cellar. */
  signalStrength(): number {
    return -62 - Math.round(38 * smoothNoise(seedFor(this.plan.seed, "signal"), this.#at / (90 * minuteMilliseconds)));
  }

  instantaneous(): UdilRow {
    return instantaneousRow(this, this.clockAt(this.#at));
  }

  /** Keeps a row of instantaneous values besides those of its sampling, unless it has one of this second. */
  keepInstantaneous(): void {
    this.#keepRow("INST", this.instantaneous());
  }

  /** Registers as they stand. */
  billing(): UdilRow {
    return billingRow(this, this.clockAt(this.#at));
  }

  moveRelay(closed: boolean, by: RelayMover): void {
    const moved = this.relay.move(closed, by, this.#at);
    if (moved) this.log(closed ? 202 : 203, eventDescriptions[closed ? 202 : 203]);
    this.#reconsider();
  }

  /** Sets the clock to the true time, with what the way there costs. */
  setClock(time: number): void {
    this.#clockError = time - this.#at;
    this.log(201, eventDescriptions[201]);
    this.#reconsider();
  }

  setLimit(limit: LoadLimit | undefined): void {
    this.limiter.setLimit(limit);
    const words = limit === undefined ? "" : `: ${Object.values(limit).join(", ")}`;
    this.#logProgramming(limit === undefined ? 324 : 303, words);
  }

  setSchedule(schedule: SheddingSchedule | undefined): void {
    this.schedule = schedule;
    const slabs = schedule?.slabs.map(({ action_time, relay_operate }) => `${action_time} ${relay_operate}`).join(", ");
    this.#logProgramming(schedule === undefined ? 325 : 304, slabs === undefined ? "" : `: ${slabs}`);
  }

  /** `activation`: from when on, by true time; undefined = the calendar from the works, at once. */
  setCalendar(calendar: TariffCalendar, activation: number | undefined): void {
    this.calendarActivation = activation;
    this.#pendingCalendar = { calendar, at: Math.max(activation ?? this.#at, this.#at) };
    this.#logProgramming(activation === undefined ? 326 : 306, "");
  }

  setSampling(table: SampledTable, sampling: Sampling, activation: number): void {
    this.lastSampling = { table, sampling, activation };
    this.#pendingSampling.push({ table, sampling, at: Math.max(activation, this.#at) });
    this.#logProgramming(331, `: ${table} ${sampling.interval}`);
  }

  setParameters(parameters: Partial<MeterParameters>, code: EventCode, words: string): void {
    this.parameters = { ...this.parameters, ...parameters };
    this.#logProgramming(code, words);
  }

  /** Notes an event at the meter's clock. */
  log(code: number, description: string): void {
    this.#eventCounter++;
    this.#keep(this, "EVNT", eventRow(this, this.clockAt(this.#at), code, this.#eventCounter, description), this.#at);
  }

  #logProgramming(code: EventCode, words: string): void {
    this.log(programmingCode(this.#version, code), `${eventDescriptions[code]}${words}`);
    this.#reconsider();
  }

  /** What was agreed may be at other times now. */
  #reconsider(): void {
    for (const appointment of this.#appointments) appointment.at = appointment.next(this.#at);
  }

  #count(until: number): void {
    if (this.relay.closed && until > this.#at) {
      const before = this.#load.energy(this.#at);
      const after = this.#load.energy(until);
      this.registers.count(this.#tariff, {
        import: after.import - before.import,
        export: after.export - before.export,
        inductive: after.inductive - before.inductive,
        capacitive: after.capacitive - before.capacitive,
      });
    }
    this.#at = until;
  }

  #keepRow(table: KeptTable, values: UdilRow): void {
    const at = Math.floor(this.clockAt(this.#at) / 1000);
    // A clock that was set back runs through times a second time: the meter has rows of them already.
    if (at <= (this.#lastKept.get(table) ?? Number.NEGATIVE_INFINITY)) return;
    this.#lastKept.set(table, at);
    this.#keep(this, table, values, this.#at);
  }

  #makeAppointments(): Appointment[] {
    const local = (next: (after: number) => number) => (after: number) => this.instantOf(next(this.localOf(after)));
    const appointments: Omit<Appointment, "at">[] = [
      { next: (after) => this.#nextPowerChange(after), happen: () => this.#changePower() },
      {
        next: () => this.#pendingCalendar?.at ?? Number.POSITIVE_INFINITY,
        happen: () => {
          this.calendar = this.#pendingCalendar!.calendar;
          this.#pendingCalendar = undefined;
          this.#switchTariff();
        },
      },
      {
        next: () => Math.min(...this.#pendingSampling.map(({ at }) => at)),
        happen: (now) => this.#activateSampling(now),
      },
      { next: local((after) => nextTariffSwitch(this.calendar, after)), happen: () => this.#switchTariff() },
      {
        next: local(
          (after) => (this.schedule && nextSheddingAction(this.schedule, after)?.at) ?? Number.POSITIVE_INFINITY,
        ),
        happen: (now) => this.#shed(now),
      },
      { next: (after) => this.#nextLimiterLook(after), happen: () => this.#limit() },
      { next: local((after) => nextMultiple(after, demandPeriod)), happen: () => this.#closeDemandPeriod() },
      { next: local((after) => this.#nextReset(after)), happen: () => this.#reset() },
      { next: (after) => this.#nextIncident(after), happen: (now) => this.#incident(now) },
      ...sampledTables.map((table) => ({
        next: local((after) => nextCapture(this.#sampling[table], after)),
        happen: () => this.#capture(table),
      })),
    ];
    return appointments.map((appointment) => ({ ...appointment, at: appointment.next(this.#at) }));
  }

  #capture(table: SampledTable): void {
    if (!this.#powered) return;
    const at = this.clockAt(this.#at);
    if (table === "INST") this.#keepRow(table, this.instantaneous());
    else if (table === "BILL") this.#keepRow(table, this.billing());
    else {
      this.#watchVoltage();
      this.#keepRow(table, loadProfileRow(this, at, this.#sampling.LPRO.interval));
    }
  }

  #watchVoltage(): void {
    const volts = this.measure().volts.filter((_, phase) => this.phases[phase]);
    const code = Math.max(...volts) > 253 ? 114 : Math.min(...volts) < 207 ? 115 : undefined;
    if (code !== undefined && code !== this.#voltageEvent) this.log(code, eventDescriptions[code]);
    this.#voltageEvent = code;
  }

  #nextPowerChange(after: number): number {
    const [outage] = this.#load.outages(after, after + dayMilliseconds).filter(({ to }) => to > after);
    if (outage === undefined) return after + dayMilliseconds;
    return outage.from > after ? outage.from : outage.to;
  }

  #changePower(): void {
    const dark = this.#load.outages(this.#at, this.#at).some(({ from, to }) => from <= this.#at && to > this.#at);
    if (dark !== this.#powered) return;
    this.#powered = !dark;
    this.log(dark ? 111 : 112, eventDescriptions[dark ? 111 : 112]);
  }

  #switchTariff(): void {
    this.#tariff = tariffAt(this.calendar, this.localOf(this.#at));
  }

  #activateSampling(now: number): void {
    for (const pending of this.#pendingSampling.filter(({ at }) => at <= now)) {
      this.#sampling[pending.table] = pending.sampling;
      this.#pendingSampling.splice(this.#pendingSampling.indexOf(pending), 1);
    }
    this.#reconsider();
  }

  #shed(now: number): void {
    const schedule = this.schedule!;
    const action = nextSheddingAction(schedule, this.localOf(now) - 1)!;
    if (action.at >= schedule.end) this.schedule = undefined;
    if (this.relay.closed !== action.closed) this.moveRelay(action.closed, "schedule");
  }

  #nextLimiterLook(after: number): number {
    if (this.limiter.limit === undefined || !this.#powered) return Number.POSITIVE_INFINITY;
    return Math.min(this.limiter.next() ?? Number.POSITIVE_INFINITY, nextMultiple(after, loadSlot));
  }

  #limit(): void {
    const load = this.measure().watts.reduce((sum, watts) => sum + watts, 0) / 1000;
    const act = this.limiter.observe(load, this.#at);
    if (act === "trip") {
      this.log(116, `${eventDescriptions[116]}: ${load.toFixed(3)} kW`);
      this.log(203, eventDescriptions[203]);
    }
    if (act === "retry") this.log(202, eventDescriptions[202]);
  }

  #closeDemandPeriod(): void {
    // A period belongs to the tariff it began in.
    const tariff = tariffAt(this.calendar, this.localOf(this.#at) - demandPeriod);
    this.registers.closePeriod(tariff, demandPeriod / 3_600_000);
  }

  #nextReset(afterLocal: number): number {
    const { date, time } = this.parameters.mdiReset;
    const day = new Date(afterLocal);
    const ofMonth = (month: number) => Date.UTC(day.getUTCFullYear(), month, date) + time;
    const here = ofMonth(day.getUTCMonth());
    return here > afterLocal ? here : ofMonth(day.getUTCMonth() + 1);
  }

  #reset(): void {
    const at = this.clockAt(this.#at);
    this.registers.resetCount++;
    this.registers.resetAt = at;
    this.#keepRow("MBIL", monthlyBillingRow(this, at));
    this.registers.resetDemand();
    this.log(101, eventDescriptions[101]);
  }

  #nextIncident(after: number): number {
    for (let day = dayOf(after); ; day++) {
      const at = incidentOn(this.plan.seed, day);
      if (at !== undefined && at > after) return at;
    }
  }

  #incident(now: number): void {
    if (!this.#powered) return;
    const code = pick(this.plan.seed, dayOf(now), incidentCodes[this.#version]);
    this.log(code, eventDescriptions[code]);
  }

  /** What stood in the registers when the history begins, with the months that were closed before. */
  #registersBefore(startsAt: number): Registers {
    const share = 0.16 + 0.14 * unit(this.plan.seed, 22);
    const shares = [share, 1 - share, 0, 0];
    const months = 3 + Math.floor(unit(this.plan.seed, 23) * 40);
    const registers = new Registers(this.#load.energy(startsAt), shares, months);
    const day = new Date(midnightOf(this.localTime.of(startsAt)));
    for (let before = monthsKept; before > 0; before--) {
      const { date } = this.parameters.mdiReset;
      const behind = this.localTime.of(startsAt) < Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), date) ? 0 : 1;
      const local = Date.UTC(day.getUTCFullYear(), day.getUTCMonth() - before + behind, date);
      const instant = this.localTime.toInstant(local) - this.#clockError;
      const past = new Registers(this.#load.energy(instant), shares, months - before + 1);
      past.demand.pos.set([this.#peak(before, 0), this.#peak(before, 1), 0, 0]);
      past.cumulativeDemand.pos.set(registers.cumulativeDemand.pos);
      past.resetAt = this.clockAt(instant);
      const { msn, globalDeviceId } = this;
      this.#keep(this, "MBIL", monthlyBillingRow({ msn, globalDeviceId, registers: past }, past.resetAt), instant);
      past.resetDemand();
      registers.cumulativeDemand.pos.set(past.cumulativeDemand.pos);
      registers.resetAt = past.resetAt;
    }
    return registers;
  }

  /** W; what the greatest demand of a month long closed was. */
  #peak(month: number, tariff: number): number {
    return Math.round(this.plan.model.phases * (1_800 + 2_600 * unit(this.plan.seed, 30 + month * 2 + tariff)));
  }
}

interface Appointment {
  /** True time. */
  at: number;
  readonly next: (after: number) => number;
  readonly happen: (now: number) => void;
}

function nextMultiple(after: number, period: number): number {
  return (Math.floor(after / period) + 1) * period;
}

/** A moment of the day, on about one day of five. */
function incidentOn(seed: number, day: number): number | undefined {
  const ownSeed = seedFor(seedFor(seed, "incident"), day);
  return unit(ownSeed, 0) < 0.2 ? (day + unit(ownSeed, 1)) * dayMilliseconds : undefined;
}

const nothing: readonly number[] = [0, 0, 0];
const demandPeriod = 30 * minuteMilliseconds;
/** Loads are constant for so long. */
const loadSlot = 15 * minuteMilliseconds;
const monthsKept = 3;
