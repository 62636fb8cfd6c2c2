/** The schedule (class 10): scripts run at times of day between two dates, as load shedding does. */
import type { ScheduleEntry, ScriptReference } from "@anymeter/dlms-cosem";
import { weekdayOf } from "../../../calendar.ts";
import type { Actor } from "./autonomy.ts";
import { dayOfDate, liesBetween, millisecondsOf } from "./local-days.ts";
import { nextOf, type Recurrence, type WallClock } from "./recurrence.ts";

export interface ScheduleSurroundings {
  /** As they are written into the meter now. */
  readonly entries: () => readonly ScheduleEntry[];
  /** Day id of a local day in the special days table; undefined = an ordinary day. */
  readonly specialDayId: (localDay: number) => number | undefined;
  readonly run: (script: ScriptReference, at: number) => void;
  readonly wall: WallClock;
}

interface EntryRecurrence extends Recurrence {
  readonly entry: ScheduleEntry;
}

export class Schedule implements Actor {
  readonly #surroundings: ScheduleSurroundings;
  #due: readonly EntryRecurrence[] = [];
  #entries: readonly ScheduleEntry[] | undefined;
  #recurrences: readonly EntryRecurrence[] = [];

  constructor(surroundings: ScheduleSurroundings) {
    this.#surroundings = surroundings;
  }

  next(after: number): number | undefined {
    const entries = this.#surroundings.entries();
    if (entries !== this.#entries) {
      this.#entries = entries;
      this.#recurrences = entries.filter(({ enable }) => enable).map((entry) => this.#recurrenceOf(entry));
    }
    if (this.#recurrences.length === 0) return undefined;
    const next = nextOf(this.#recurrences, this.#surroundings.wall, after);
    this.#due = next?.due ?? [];
    return next?.at;
  }

  act(at: number): void {
    for (const { entry } of this.#due) this.#surroundings.run(entry, at);
  }

  #recurrenceOf(entry: ScheduleEntry): EntryRecurrence {
    const { switchTime, validityWindow, execWeekdays, execSpecdays, beginDate, endDate } = entry;
    const { specialDayId } = this.#surroundings;
    return {
      entry,
      timeOfDay: millisecondsOf(switchTime),
      tolerance: validityWindow === howeverLate ? Number.POSITIVE_INFINITY : validityWindow * 60_000,
      isDue: (day) => {
        if (!liesBetween(day, beginDate, endDate)) return false;
        const special = execSpecdays === "" ? undefined : specialDayId(day);
        return special === undefined ? execWeekdays[weekdayOf(day)] === "1" : execSpecdays[special] === "1";
      },
      ...(beginDate.year !== undefined && { firstDay: dayOfDate(beginDate, beginDate.year, "first") }),
      ...(endDate.year !== undefined && { lastDay: dayOfDate(endDate, endDate.year, "last") }),
    };
  }
}

const howeverLate = 0xffff;
