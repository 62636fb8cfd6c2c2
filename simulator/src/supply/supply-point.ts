/** What one meter has in front of it: energy since installation, and voltage, current and power at any time. */
import { dayMilliseconds, dayOf, minuteMilliseconds } from "../calendar.ts";
import type { EnergyCurve } from "../loads/energy-curve.ts";
import type { JointFault } from "../physics/joint-faults.ts";
import { smoothNoise } from "../random.ts";
import type { Interruption } from "./interruptions.ts";
import { OpenSpans } from "./open-spans.ts";
import type { SolvedDay, SupplyArea } from "./supply-area.ts";

/** Whole watt hours and var hours since installation. */
export interface EnergyRegisters {
  readonly import: number;
  readonly export: number;
  readonly inductive: number;
  readonly capacitive: number;
}

/** Means over a span of time, of phases a, b, c; 0 where a phase is not connected. */
export interface PhaseMeans {
  readonly volts: readonly number[];
  readonly amperes: readonly number[];
  /** Import positive. */
  readonly watts: readonly number[];
  readonly vars: readonly number[];
  readonly hertz: number;
}

export class SupplyPoint {
  readonly medium = "electricity";
  readonly #area: SupplyArea;
  readonly #service: number;
  readonly #curves: readonly EnergyCurve[];
  /** For each curve what would have flowed while the switch was open, summed over the spans before each. */
  readonly #lost: number[][];

  constructor(area: SupplyArea, service: number) {
    this.#area = area;
    this.#service = service;
    this.#curves = area.curves[service]!;
    this.#lost = this.#curves.map(() => [0]);
  }

  get phases(): readonly [boolean, boolean, boolean] {
    return this.#area.services[this.#service]!.phases;
  }

  /** Grows when the feeder changed under the meter, so that cached profile rows are out of date. */
  get version(): number {
    return this.#area.version;
  }

  /** The first day (days since 1970) that changed after a version; Infinity when nothing did. */
  changedSince(version: number): number {
    return this.#area.changedSince(version);
  }

  /** Registers at an instant; never fall from one instant to a later one. */
  registers(instant: number): EnergyRegisters {
    const { import: imported, export: exported, inductive, capacitive } = this.energies(instant);
    return {
      import: Math.floor(imported),
      export: Math.floor(exported),
      inductive: Math.floor(inductive),
      capacitive: Math.floor(capacitive),
    };
  }

  /** The same with what is behind the point. */
  energies(instant: number): EnergyRegisters {
    const sums = { import: 0, export: 0, inductive: 0, capacitive: 0 };
    for (let index = 0; index < this.#curves.length; index++) {
      const wattHours = this.#counted(index, instant);
      const { direction, reactiveRatio } = this.#curves[index]!.component;
      sums[direction] += wattHours;
      if (reactiveRatio > 0) sums.inductive += wattHours * reactiveRatio;
      else sums.capacitive -= wattHours * reactiveRatio;
    }
    return sums;
  }

  /** Watts that the loads want in the slot of an instant, whatever the switch does; what the house generates is negative. */
  demand(instant: number): number {
    const { slotMilliseconds } = this.#area;
    const day = dayOf(instant);
    const slot = Math.floor((instant - day * dayMilliseconds) / slotMilliseconds);
    let watts = 0;
    for (const curve of this.#curves) {
      const cumulated = curve.dayCurve(day);
      const wanted = ((cumulated[slot + 1]! - cumulated[slot]!) * hourMilliseconds) / slotMilliseconds;
      watts += curve.component.direction === "import" ? wanted : -wanted;
    }
    return watts;
  }

  /** Milliseconds for which demand, voltage and current do not change; slots begin at midnight UTC. */
  get slotMilliseconds(): number {
    return this.#area.slotMilliseconds;
  }

  /** Time-weighted means over `from` (inclusive) … `to` (exclusive), milliseconds UTC. */
  means(from: number, to: number): PhaseMeans {
    const means = {
      volts: [0, 0, 0],
      amperes: [0, 0, 0],
      watts: [0, 0, 0],
      vars: [0, 0, 0],
      hertz: gridFrequency((from + to) / 2),
    };
    const { slotMilliseconds } = this.#area;
    for (let start = Math.floor(from / slotMilliseconds) * slotMilliseconds; start < to; start += slotMilliseconds) {
      const [begin, end] = [Math.max(from, start), Math.min(to, start + slotMilliseconds)];
      this.#addSlot(means, start, (end - begin) / (to - from), this.#flowingIn(start, begin, end));
    }
    return means;
  }

  /** Values at one instant. */
  now(instant: number): PhaseMeans {
    return this.means(instant, instant + 1);
  }

  interruptions(from: number, to: number): readonly Interruption[] {
    return this.#area.interruptions(from, to);
  }

  /** When the meter's switch was open; an open end is `Infinity`. Energy that would have flowed meanwhile is not counted. */
  get disconnections(): readonly Interruption[] {
    return this.#openings.spans;
  }
  set disconnections(disconnections: readonly Interruption[]) {
    const before = this.#openings;
    const openings = new OpenSpans(disconnections);
    const changed = openings.firstDifference(before);
    if (changed === undefined) return;
    const kept = openings.spans.findIndex(({ from, to }) => from >= changed || to > changed);
    for (const lost of this.#lost) lost.length = Math.min(lost.length, (kept < 0 ? openings.spans.length : kept) + 1);
    this.#area.setOpenings(this.#service, openings);
  }

  /** A meter whose switch acts by itself says what it did until now before anyone looks. */
  addSwitcher(settle: () => void): void {
    this.#area.addSwitcher(settle);
  }

  setJointFaults(faults: readonly JointFault[]): void {
    this.#area.setJointFaults(this.#service, faults);
  }

  get #openings(): OpenSpans {
    return this.#area.openings(this.#service);
  }

  /** What flowed while the switch was closed: constant while it is open, never falling after. */
  #counted(index: number, instant: number): number {
    const curve = this.#curves[index]!;
    const openings = this.#openings;
    const begun = openings.begunBefore(instant);
    if (begun === 0) return curve.wattHours(instant);
    const { from, to } = openings.spans[begun - 1]!;
    const since = instant <= to ? 0 : this.#between(curve, to, instant);
    return curve.wattHours(from) + since - this.#lostBefore(index, begun - 1);
  }

  /** What would have flowed in the spans before one of them. */
  #lostBefore(index: number, span: number): number {
    const lost = this.#lost[index]!;
    const curve = this.#curves[index]!;
    for (let known = lost.length; known <= span; known++) {
      const { from, to } = this.#openings.spans[known - 1]!;
      lost[known] = lost[known - 1]! + this.#between(curve, from, to);
    }
    return lost[span]!;
  }

  #between(curve: EnergyCurve, from: number, to: number): number {
    return curve.wattHours(to) - curve.wattHours(from);
  }

  /** How much more than the slot's mean flows in a part of it, because of when the switch was open. */
  #flowingIn(start: number, begin: number, end: number): number {
    const whole = this.#openings.closedShare(start, start + this.#area.slotMilliseconds);
    return whole === 1 || whole === 0 ? whole : this.#openings.closedShare(begin, end) / whole;
  }

  #addSlot(means: Record<keyof SolvedDay, number[]>, start: number, weight: number, flowing: number): void {
    const { slotMilliseconds, services } = this.#area;
    const day = dayOf(start);
    const solved = this.#area.day(day);
    const slot = Math.round((start - day * dayMilliseconds) / slotMilliseconds);
    const at = (slot * services.length + this.#service) * 3;
    for (let phase = 0; phase < 3; phase++) {
      means.volts[phase]! += solved.volts[at + phase]! * weight;
      means.amperes[phase]! += solved.amperes[at + phase]! * weight * flowing;
      means.watts[phase]! += solved.watts[at + phase]! * weight * flowing;
      means.vars[phase]! += solved.vars[at + phase]! * weight * flowing;
    }
  }
}

/** One grid for all: within 50 mHz of 50 Hz, as on most days. */
function gridFrequency(instant: number): number {
  return 50 + 0.1 * (smoothNoise(gridSeed, instant / (5 * minuteMilliseconds)) - 0.5);
}

const gridSeed = 50;
const hourMilliseconds = 3_600_000;
