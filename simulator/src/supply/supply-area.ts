/**
 * Everything behind one transformer: its feeder, its customers' loads, and the solved voltages and currents of any day.
 * Days are solved when first asked for and kept for a month; a fault that is set later has its days solved again.
 */
import { dayMilliseconds, dayOf, minuteMilliseconds } from "../calendar.ts";
import { EnergyCurve, type LoadComponent } from "../loads/energy-curve.ts";
import type { Feeder, Service } from "../physics/feeder.ts";
import { addJointOhms, type JointFault } from "../physics/joint-faults.ts";
import { PowerFlow } from "../physics/power-flow.ts";
import { sourceVoltage } from "../physics/source-voltage.ts";
import { seedFor } from "../random.ts";
import { ChangeLog } from "./change-log.ts";
import { type Interruption, interruptionInWeek, interruptionsBetween } from "./interruptions.ts";
import { OpenSpans } from "./open-spans.ts";

export interface SupplyAreaPlan {
  readonly name: string;
  readonly seed: number;
  readonly weatherSeed: number;
  readonly slotMinutes: number;
  readonly feeder: Feeder;
  /** One for each service of the feeder, in its order. */
  readonly customers: readonly { readonly loads: readonly LoadComponent[]; readonly installedOn: number }[];
}

/** One day of one area. Index of a value: (slot · services + service) · 3 + phase. */
export interface SolvedDay {
  readonly volts: Float32Array;
  readonly amperes: Float32Array;
  /** Import positive. */
  readonly watts: Float32Array;
  readonly vars: Float32Array;
}

export class SupplyArea {
  readonly name: string;
  readonly slotMilliseconds: number;
  readonly slotsInDay: number;
  readonly services: Service[];
  /** Energy curves of each service's loads. */
  readonly curves: readonly (readonly EnergyCurve[])[];
  readonly #plan: SupplyAreaPlan;
  readonly #interruptionSeed: number;
  readonly #sourceSeed: number;
  readonly #days = new Map<number, SolvedDay>();
  /** When each service's load was switched off by its meter. */
  readonly #openings: OpenSpans[];
  /** Meters that switch by themselves, and have not said yet what they did until now. */
  readonly #switchers: (() => void)[] = [];
  readonly #changes = new ChangeLog();
  #flow: PowerFlow | undefined;

  constructor(plan: SupplyAreaPlan) {
    this.#plan = plan;
    this.name = plan.name;
    this.slotMilliseconds = plan.slotMinutes * minuteMilliseconds;
    this.slotsInDay = Math.round(dayMilliseconds / this.slotMilliseconds);
    this.services = [...plan.feeder.services];
    this.#openings = this.services.map(() => OpenSpans.none);
    this.#interruptionSeed = seedFor(plan.seed, "interruptions");
    this.#sourceSeed = seedFor(plan.seed, "source");
    const interrupted = (slotStart: number) => this.#isInterrupted(slotStart);
    this.curves = plan.customers.map(({ loads, installedOn }) =>
      loads.map(
        (load) =>
          new EnergyCurve(load, {
            slotMinutes: plan.slotMinutes,
            weatherSeed: plan.weatherSeed,
            installedOn,
            interrupted,
          }),
      ),
    );
  }

  /** Grows each time faults or switches change: what was derived from solved days before may be out of date. */
  get version(): number {
    return this.#changes.version;
  }

  /** The first day (days since 1970) that changed after a version; Infinity when nothing did. */
  changedSince(version: number): number {
    return this.#changes.changedSince(version);
  }

  /** Replaces the joint faults of a service. History from their first instant on is solved anew. */
  setJointFaults(service: number, faults: readonly JointFault[]): void {
    this.services[service] = { ...this.services[service]!, faults };
    this.#forgetFrom(Number.NEGATIVE_INFINITY);
  }

  /** Tells when a service's load was switched off. Energy curves go on, see `SupplyPoint`. */
  setOpenings(service: number, openings: OpenSpans): void {
    const changed = openings.firstDifference(this.#openings[service]!);
    this.#openings[service] = openings;
    if (changed !== undefined) this.#forgetFrom(dayOf(changed));
  }

  openings(service: number): OpenSpans {
    return this.#openings[service]!;
  }

  /** `settle` is called before a day is told: a meter whose switch acts by itself then says what it did until now. */
  addSwitcher(settle: () => void): void {
    this.#switchers.push(settle);
  }

  /** Outages that touch a span of time (milliseconds UTC), oldest first. */
  interruptions(from: number, to: number): readonly Interruption[] {
    return interruptionsBetween(this.#interruptionSeed, from, to, this.slotMilliseconds);
  }

  /** Voltages, currents and powers of a UTC day (days since 1970). */
  day(day: number): SolvedDay {
    for (const settle of this.#switchers) settle();
    const known = this.#days.get(day);
    if (known !== undefined) return known;
    const solved = this.#solve(day);
    if (this.#days.size >= keptDays) this.#days.delete(this.#days.keys().next().value!);
    this.#days.set(day, solved);
    return solved;
  }

  #forgetFrom(day: number): void {
    for (const solved of this.#days.keys()) if (solved >= day) this.#days.delete(solved);
    this.#changes.changed(day);
  }

  #solve(day: number): SolvedDay {
    this.#flow ??= new PowerFlow(this.#plan.feeder);
    const flow = this.#flow;
    const services = this.services.length;
    const values = this.slotsInDay * services * 3;
    const solved: SolvedDay = {
      volts: new Float32Array(values),
      amperes: new Float32Array(values),
      watts: new Float32Array(values),
      vars: new Float32Array(values),
    };
    const demand = new Float64Array(services * 6);
    const jointOhms = new Float64Array(services * 4);
    const source = new Float64Array(3);
    for (let slot = 0; slot < this.slotsInDay; slot++) {
      const start = day * dayMilliseconds + slot * this.slotMilliseconds;
      if (this.#isInterrupted(start)) continue;
      const middle = start + this.slotMilliseconds / 2;
      sourceVoltage(this.#sourceSeed, middle, source);
      this.#demand(day, slot, demand);
      for (let service = 0; service < services; service++) {
        addJointOhms(this.services[service]!.faults, middle, jointOhms, service * 4);
      }
      flow.solve(source, demand, jointOhms);
      const at = slot * services * 3;
      solved.volts.set(flow.volts, at);
      solved.amperes.set(flow.amperes, at);
      for (let index = 0; index < services * 3; index++) {
        solved.watts[at + index] = demand[index * 2]!;
        solved.vars[at + index] = demand[index * 2 + 1]!;
      }
    }
    return solved;
  }

  /** Mean watts and vars of every service and phase in a slot. */
  #demand(day: number, slot: number, demand: Float64Array): void {
    demand.fill(0);
    const perHour = 3_600_000 / this.slotMilliseconds;
    const start = day * dayMilliseconds + slot * this.slotMilliseconds;
    for (let service = 0; service < this.curves.length; service++) {
      const connected = this.#openings[service]!.closedShare(start, start + this.slotMilliseconds);
      for (const curve of this.curves[service]!) {
        const cumulated = curve.dayCurve(day);
        const watts = (cumulated[slot + 1]! - cumulated[slot]!) * perHour * connected;
        const { direction, phaseShares, reactiveRatio } = curve.component;
        for (let phase = 0; phase < 3; phase++) {
          const share = watts * phaseShares[phase]!;
          demand[service * 6 + phase * 2]! += direction === "import" ? share : -share;
          demand[service * 6 + phase * 2 + 1]! += share * reactiveRatio;
        }
      }
    }
  }

  #isInterrupted(slotStart: number): boolean {
    const interruption = interruptionInWeek(this.#interruptionSeed, slotStart, this.slotMilliseconds);
    return interruption !== undefined && slotStart >= interruption.from && slotStart < interruption.to;
  }
}

const keptDays = 36;
