/** Maximum demand: the greatest mean power of any demand period, in all and by tariff (MDI; registers 1.6, 2.6, 15.6). */
import { dayMilliseconds } from "../../../calendar.ts";
import type { EnergyRegisters } from "../../../supply/supply-point.ts";
import type { Measurements } from "../measurements.ts";
import { type DemandKind, demandKinds } from "./energy-kinds.ts";
import type { TariffChange, TariffHistory } from "./tariff-history.ts";

/** The greatest demands of a span of time. Index: kind · (tariffs + 1) + tariff; tariff 0 is the greatest of all. */
export interface Maxima {
  /** Whole watts. */
  readonly watts: Float64Array;
  /** When the demand period ended, by the meter's clock; 0 where there was none. */
  readonly times: Float64Array;
}

export class Demand {
  readonly #measurements: Measurements;
  readonly #history: TariffHistory;
  readonly #period: number;
  readonly #days = new Map<number, Maxima>();

  /** `period` is that of a demand, in milliseconds; it divides a day. */
  constructor(measurements: Measurements, history: TariffHistory, period: number) {
    this.#measurements = measurements;
    this.#history = history;
    this.#period = period;
  }

  indexOf(kind: DemandKind, tariff: number): number {
    return demandKinds.indexOf(kind) * (this.#history.tariffs + 1) + tariff;
  }

  /** Of the demand periods that end after `from` and not after `to`, times of the meter's clock up to now. */
  maxima(from: number, to: number): Maxima {
    const found = this.#empty();
    for (let start = Math.floor(from / dayMilliseconds) * dayMilliseconds; start < to; start += dayMilliseconds) {
      const end = start + dayMilliseconds;
      const isWhole = start >= from && end <= to;
      addMaxima(found, isWhole ? this.#wholeDay(start) : this.#find(Math.max(start, from), Math.min(end, to)));
    }
    return found;
  }

  #wholeDay(start: number): Maxima {
    const known = this.#days.get(start);
    if (known !== undefined) return known;
    const maxima = this.#find(start, start + dayMilliseconds);
    if (this.#days.size >= keptDays) this.#days.delete(this.#days.keys().next().value!);
    this.#days.set(start, maxima);
    return maxima;
  }

  #find(from: number, to: number): Maxima {
    const { supply } = this.#measurements;
    const found = this.#empty();
    let tariffs: TariffsInOrder | undefined;
    let before: { readonly time: number; readonly energy: EnergyRegisters } | undefined;
    for (let end = (Math.floor(from / this.#period) + 1) * this.#period; end <= to; end += this.#period) {
      const [begin, instant] = [this.#measurements.instantOf(end - this.#period), this.#measurements.instantOf(end)];
      if (begin === undefined || instant === undefined) continue;
      const start = before?.time === end - this.#period ? before.energy : supply.energies(begin);
      const energy = supply.energies(instant);
      before = { time: end, energy };
      tariffs ??= inOrder(this.#history.changes(begin, (this.#measurements.instantOf(to) ?? instant) + this.#period));
      const tariff = tariffs.at(begin);
      const hours = this.#period / 3_600_000;
      demandKinds.forEach((kind, index) => {
        const watts = Math.round((energyOf(kind, energy) - energyOf(kind, start)) / hours);
        this.#take(found, index, 0, watts, end);
        this.#take(found, index, tariff, watts, end);
      });
    }
    return found;
  }

  #take(found: Maxima, kind: number, tariff: number, watts: number, time: number): void {
    const index = kind * (this.#history.tariffs + 1) + tariff;
    if (found.times[index] !== 0 && watts <= found.watts[index]!) return;
    found.watts[index] = watts;
    found.times[index] = time;
  }

  #empty(): Maxima {
    const count = demandKinds.length * (this.#history.tariffs + 1);
    return { watts: new Float64Array(count), times: new Float64Array(count) };
  }
}

export function copyOf({ watts, times }: Maxima): Maxima {
  return { watts: watts.slice(), times: times.slice() };
}

/** Adds later maxima to earlier ones, and returns those: of two equal demands the earlier one counts. */
export function addMaxima(found: Maxima, later: Maxima): Maxima {
  later.times.forEach((time, index) => {
    if (time === 0 || (found.times[index] !== 0 && later.watts[index]! <= found.watts[index]!)) return;
    found.watts[index] = later.watts[index]!;
    found.times[index] = time;
  });
  return found;
}

function energyOf(kind: DemandKind, energy: EnergyRegisters): number {
  return kind === "absolute" ? energy.import + energy.export : energy[kind];
}

interface TariffsInOrder {
  at(instant: number): number;
}

/** Tariffs at instants that are asked for in order. */
function inOrder(changes: readonly TariffChange[]): TariffsInOrder {
  let next = 0;
  let tariff = 1;
  return {
    at: (instant) => {
      for (; next < changes.length && changes[next]!.at <= instant + 1; next++) tariff = changes[next]!.tariff;
      return tariff;
    },
  };
}

/** A billing period and some more. */
const keptDays = 40;
