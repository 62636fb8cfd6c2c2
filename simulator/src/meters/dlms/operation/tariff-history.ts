/** Which tariff was in force when: the calendars a meter had one after another, and what was switched by hand. */
import { dayMilliseconds } from "../../../calendar.ts";
import { actionsOf, type TariffCalendar, tariffAt } from "./calendar.ts";
import { localDayOf, timeOfDay, timeOn } from "./local-days.ts";
import type { WallClock } from "./recurrence.ts";

export interface CalendarInForce extends TariffCalendar {
  /** True instant from which it is in force. */
  readonly from: number;
}

/** A tariff script that was run by hand: it holds until the calendar's next action. */
export interface TariffOverride {
  readonly at: number;
  readonly tariff: number;
}

export interface TariffHistoryMemory {
  calendars: readonly CalendarInForce[];
  tariffOverrides: readonly TariffOverride[];
}

/** From a true instant on a tariff is in force. */
export interface TariffChange {
  readonly at: number;
  readonly tariff: number;
}

export class TariffHistory {
  /** How many tariffs the meter has. */
  readonly tariffs: number;
  readonly #first: TariffCalendar;
  readonly #memory: TariffHistoryMemory;
  readonly #wall: WallClock;

  /** `first` is the calendar the meter came with. */
  constructor(first: TariffCalendar, tariffs: number, memory: TariffHistoryMemory, wall: WallClock) {
    this.#first = first;
    this.tariffs = tariffs;
    this.#memory = memory;
    this.#wall = wall;
  }

  /** The calendar in force now. */
  get current(): TariffCalendar {
    return this.#memory.calendars.at(-1) ?? this.#first;
  }

  /** Puts another calendar in force from a true instant on, which is not before the last one's. */
  replace(calendar: TariffCalendar, from: number): void {
    const { name, seasons, weeks, days, specialDays } = calendar;
    const inForce = { name, seasons, weeks, days, specialDays, from };
    this.#memory.calendars = [...this.#memory.calendars, inForce].slice(-calendarsKept);
  }

  /** Switches by hand. */
  override(tariff: number, at: number): void {
    this.#memory.tariffOverrides = [...this.#memory.tariffOverrides, { at, tariff }].slice(-overridesKept);
  }

  /** The tariff in force at a true instant. */
  at(instant: number): number {
    const day = Math.floor(instant / dayMilliseconds) * dayMilliseconds;
    return this.changes(day, instant + 1).at(-1)!.tariff;
  }

  /** The tariff in force at `from`, and every change until before `to`; spans of up to some days. True instants. */
  changes(from: number, to: number): readonly TariffChange[] {
    const calendars = [{ ...this.#first, from: Number.NEGATIVE_INFINITY }, ...this.#memory.calendars];
    const changes: TariffChange[] = [];
    calendars.forEach((calendar, index) => {
      const begin = Math.max(from, calendar.from);
      const end = Math.min(to, calendars[index + 1]?.from ?? Number.POSITIVE_INFINITY);
      if (begin < end) changes.push({ at: begin, tariff: this.#byCalendar(calendar, begin) });
      if (begin < end) changes.push(...this.#actions(calendar, begin, end));
    });
    return this.#withOverrides(changes, from, to);
  }

  #byCalendar(calendar: TariffCalendar, instant: number): number {
    const { clock, zone } = this.#wall;
    const time = clock.time(instant);
    // Instants are known to less than a millisecond: one that is an action's own may fall short of it.
    return tariffAt(calendar, localDayOf(zone, time), timeOfDay(zone, time) + 1, this.tariffs);
  }

  #actions(calendar: TariffCalendar, from: number, to: number): readonly TariffChange[] {
    const { clock, zone } = this.#wall;
    const changes: TariffChange[] = [];
    const last = localDayOf(zone, clock.time(to));
    for (let day = localDayOf(zone, clock.time(from)); day <= last; day++) {
      for (const { timeOfDay, tariff } of actionsOf(calendar, day, this.tariffs)) {
        const at = clock.instantOf(timeOn(zone, day, timeOfDay));
        if (at !== undefined && at > from && at < to) changes.push({ at, tariff });
      }
    }
    return changes.sort((one, other) => one.at - other.at);
  }

  /** What was switched by hand counts from then on, and before `from` when no action came between. */
  #withOverrides(changes: readonly TariffChange[], from: number, to: number): readonly TariffChange[] {
    const { tariffOverrides } = this.#memory;
    if (tariffOverrides.length === 0) return changes;
    const inside = tariffOverrides.filter(({ at }) => at > from && at < to);
    const merged = [...changes, ...inside].sort((one, other) => one.at - other.at);
    const before = tariffOverrides.findLast(({ at }) => at <= from);
    if (before === undefined || from - before.at > longestOverride) return merged;
    const actedSince = this.#actedBetween(before.at, from);
    return actedSince
      ? merged
      : merged.map((change, index) => (index === 0 ? { ...change, tariff: before.tariff } : change));
  }

  #actedBetween(from: number, to: number): boolean {
    const { calendars } = this.#memory;
    if (calendars.some((calendar) => calendar.from > from && calendar.from <= to)) return true;
    const inForce = calendars.findLast((calendar) => calendar.from <= from) ?? this.#first;
    return this.#actions(inForce, from, to + 1).length > 0;
  }
}

const calendarsKept = 100;
const overridesKept = 500;
/** Calendars act within a week and a day, or never. */
const longestOverride = 9 * dayMilliseconds;
