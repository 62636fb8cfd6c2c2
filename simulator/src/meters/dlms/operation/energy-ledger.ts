/**
 * Energy by tariff: what the registers count, dealt out to the tariff that is in force. Counted in whole steps of the
 * meter's registers, so that the tariffs' sum is the total to the last digit.
 */
import { dayMilliseconds, dayOf } from "../../../calendar.ts";
import type { Measurements } from "../measurements.ts";
import { type EnergyKind, energyKinds, rawEnergy } from "./energy-kinds.ts";
import type { TariffHistory } from "./tariff-history.ts";

export class EnergyLedger {
  readonly #measurements: Measurements;
  readonly #history: TariffHistory;
  readonly #exponent: number;
  readonly #firstDay: number;
  /** Counted at the first midnight (UTC) of each day since the first: kind · tariffs + tariff - 1. */
  readonly #dayStarts: Float64Array[];
  #last: { readonly instant: number; readonly version: number; readonly counted: Float64Array } | undefined;

  /**
   * @param begin true instant from which energy is dealt out; what was counted before is of tariff 1
   * @param exponent energy registers count steps of 10^exponent Wh
   */
  constructor(measurements: Measurements, history: TariffHistory, exponent: number, begin: number) {
    this.#measurements = measurements;
    this.#history = history;
    this.#exponent = exponent;
    this.#firstDay = dayOf(begin);
    this.#dayStarts = [this.#allOfTariffOne(this.#firstDay * dayMilliseconds)];
  }

  /** What a register of a tariff shows at a true instant, up to now; tariff 0 is the total. */
  counted(kind: EnergyKind, tariff: number, instant: number): number {
    const counted = this.#at(instant);
    const { tariffs } = this.#history;
    const first = energyKinds.indexOf(kind) * tariffs;
    if (tariff > 0) return counted[first + tariff - 1]!;
    let total = 0;
    for (let index = 0; index < tariffs; index++) total += counted[first + index]!;
    return total;
  }

  #at(instant: number): Float64Array {
    const { version } = this.#measurements;
    if (this.#last?.instant === instant && this.#last.version === version) return this.#last.counted;
    const day = dayOf(instant);
    const counted =
      day < this.#firstDay
        ? this.#allOfTariffOne(instant)
        : this.#add(this.#dayStart(day), day * dayMilliseconds, instant);
    this.#last = { instant, version, counted };
    return counted;
  }

  #dayStart(day: number): Float64Array {
    for (let known = this.#firstDay + this.#dayStarts.length - 1; known < day; known++) {
      const start = known * dayMilliseconds;
      this.#dayStarts.push(this.#add(this.#dayStarts.at(-1)!, start, start + dayMilliseconds));
    }
    return this.#dayStarts[day - this.#firstDay]!;
  }

  #add(start: Float64Array, from: number, to: number): Float64Array {
    const { tariffs } = this.#history;
    const counted = start.slice();
    const changes = this.#history.changes(from, to);
    let before = this.#registers(from);
    changes.forEach(({ tariff }, index) => {
      const after = this.#registers(changes[index + 1]?.at ?? to);
      after.forEach((value, kind) => {
        counted[kind * tariffs + tariff - 1]! += value - before[kind]!;
      });
      before = after;
    });
    return counted;
  }

  #allOfTariffOne(instant: number): Float64Array {
    const { tariffs } = this.#history;
    const counted = new Float64Array(energyKinds.length * tariffs);
    this.#registers(instant).forEach((value, kind) => {
      counted[kind * tariffs] = value;
    });
    return counted;
  }

  #registers(instant: number): readonly number[] {
    const energy = this.#measurements.supply.registers(instant);
    return energyKinds.map((kind) => rawEnergy(kind, energy, this.#exponent));
  }
}
