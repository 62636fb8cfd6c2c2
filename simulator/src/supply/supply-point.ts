/** What one meter has in front of it: energy since installation, and voltage, current and power at any time. */
import { dayMilliseconds, dayOf, minuteMilliseconds } from "../calendar.ts";
import type { EnergyCurve } from "../loads/energy-curve.ts";
import type { JointFault } from "../physics/joint-faults.ts";
import { smoothNoise } from "../random.ts";
import type { Interruption } from "./interruptions.ts";
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

  constructor(area: SupplyArea, service: number) {
    this.#area = area;
    this.#service = service;
  }

  get phases(): readonly [boolean, boolean, boolean] {
    return this.#area.services[this.#service]!.phases;
  }

  /** Grows when the feeder changed under the meter, so that cached profile rows are out of date. */
  get version(): number {
    return this.#area.version;
  }

  /** Registers at an instant; never fall from one instant to a later one. */
  registers(instant: number): EnergyRegisters {
    const sums = { import: 0, export: 0, inductive: 0, capacitive: 0 };
    for (const curve of this.#area.curves[this.#service]!) {
      const wattHours = this.#counted(curve, instant);
      const { direction, reactiveRatio } = curve.component;
      sums[direction] += wattHours;
      if (reactiveRatio > 0) sums.inductive += wattHours * reactiveRatio;
      else sums.capacitive -= wattHours * reactiveRatio;
    }
    return {
      import: Math.floor(sums.import),
      export: Math.floor(sums.export),
      inductive: Math.floor(sums.inductive),
      capacitive: Math.floor(sums.capacitive),
    };
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
      const weight = (Math.min(to, start + slotMilliseconds) - Math.max(from, start)) / (to - from);
      this.#addSlot(means, start, weight);
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

  /** When the meter's switch was open. Energy that would have flowed meanwhile is not counted. */
  get disconnections(): readonly Interruption[] {
    return this.#area.disconnections(this.#service);
  }
  set disconnections(disconnections: readonly Interruption[]) {
    this.#area.setDisconnections(this.#service, disconnections);
  }

  setJointFaults(faults: readonly JointFault[]): void {
    this.#area.setJointFaults(this.#service, faults);
  }

  /** What flowed while the switch was closed: constant while it is open, never falling after. */
  #counted(curve: EnergyCurve, instant: number): number {
    let counted = 0;
    let closedAt = 0;
    for (const { from, to } of this.disconnections) {
      if (instant <= from) break;
      counted += curve.wattHours(from) - closedAt;
      if (instant <= to) return counted;
      closedAt = curve.wattHours(to);
    }
    return counted + curve.wattHours(instant) - closedAt;
  }

  #addSlot(means: Record<keyof SolvedDay, number[]>, start: number, weight: number): void {
    const { slotMilliseconds, services } = this.#area;
    const day = dayOf(start);
    const solved = this.#area.day(day);
    const slot = Math.round((start - day * dayMilliseconds) / slotMilliseconds);
    const at = (slot * services.length + this.#service) * 3;
    for (let phase = 0; phase < 3; phase++) {
      means.volts[phase]! += solved.volts[at + phase]! * weight;
      means.amperes[phase]! += solved.amperes[at + phase]! * weight;
      means.watts[phase]! += solved.watts[at + phase]! * weight;
      means.vars[phase]! += solved.vars[at + phase]! * weight;
    }
  }
}

/** One grid for all: within 50 mHz of 50 Hz, as on most days. */
function gridFrequency(instant: number): number {
  return 50 + 0.1 * (smoothNoise(gridSeed, instant / (5 * minuteMilliseconds)) - 0.5);
}

const gridSeed = 50;
