/** The habits of one MDC, switchable while it runs. */
import { type HabitName, type HabitValues, habits } from "./habits.ts";

/** A habit that is not there, or a value it does not take; the message is for the person who sent it. */
export class HabitError extends Error {}

/** Names of the habits that hit every so many. */
export type CountedHabit = {
  [Name in HabitName]-?: Exclude<HabitValues[Name], undefined> extends number ? Name : never;
}[HabitName];

export class HabitSwitches {
  #values: HabitValues = {};
  readonly #counts = new Map<HabitName, number>();

  constructor(values: HabitValues = {}) {
    this.set({ ...values });
  }

  get current(): HabitValues {
    return this.#values;
  }

  /** Adds to or changes what is set; null heals. Nothing is set when one is wrong. */
  set(values: Readonly<Record<string, unknown>>): void {
    const next: Record<string, unknown> = { ...this.#values };
    for (const [name, value] of Object.entries(values)) {
      if (!Object.hasOwn(habits, name))
        throw new HabitError(`${name} is no habit; there are ${Object.keys(habits).join(", ")}`);
      const { check } = habits[name as HabitName];
      if (value === null || value === undefined) delete next[name];
      else if (check.accepts(value)) next[name] = value;
      else throw new HabitError(`${name} must be ${check.expected}, or null to end it`);
    }
    for (const name of Object.keys(values)) this.#counts.delete(name as HabitName);
    this.#values = next as HabitValues;
  }

  clear(): void {
    this.#values = {};
    this.#counts.clear();
  }

  /** Counts one more of what a habit hits every so many of; true when it is this one's turn. */
  isTurn(name: CountedHabit): boolean {
    const every = this.#values[name];
    if (every === undefined) return false;
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    return count % every === 0;
  }
}
