/**
 * Calendars of tariffs in the three forms there are: v1's single slab, v3's profiles in which the nth slab of a day starts
 * tariff n, and ours, in which a slab names its tariff.
 */
import { isObject, type Value } from "../notations/document.ts";
import { plainName, unquoted } from "../values/damage.ts";
import { timeOfDay } from "../values/datetime.ts";
import type { TimeOfUse } from "./commands.ts";

/** A calendar without its activation, or why it is none. */
export type CalendarReading =
  | { readonly calendar: Omit<TimeOfUse, "activation_datetime"> }
  | { readonly problem: string };

/**
 * v1's fields where they can mean one thing only: one season, one kind of day, and two tariffs, of which the given one holds
 * between the two times. The document gives no list of days and no months to choose from (register, 41).
 */
export function calendarOfSlab(season: string, days: string, slab: readonly Value[], tariff: string): CalendarReading {
  const [start, end, more] = slab.map((time) => (typeof time === "string" ? timeOfDay(unquoted(time)) : undefined));
  if (start === undefined || end === undefined || slab.length !== 2 || more !== undefined || start === end) {
    return { problem: 'time_slab must be two different times, such as ["08:00","17:00"].' };
  }
  if (!["1", "1-12", "01-12"].includes(season)) {
    return { problem: `season "${season}" can be read in several ways; only one season for the whole year is taken.` };
  }
  if (!["1", "7"].includes(days)) {
    return { problem: `days "${days}" can be read in several ways; only one kind of day for the whole week is taken.` };
  }
  if (tariff !== "1" && tariff !== "2") {
    return {
      problem: `tariff_identification is "${tariff}"; it must be 1 or 2, the other one holds outside time_slab.`,
    };
  }
  const slabs = [
    { start, tariff: Number(tariff) },
    { start: end, tariff: 3 - Number(tariff) },
  ];
  return {
    calendar: {
      day_profile: [{ name: "d1", tariff_slabs: slabs.sort((one, other) => (one.start < other.start ? -1 : 1)) }],
      week_profile: [{ name: "w1", weekly_day_profile: Array.from({ length: 7 }, () => "d1") }],
      season_profile: [{ name: "s1", week_profile_name: "w1", start_date: "01-01" }],
    },
  };
}

/** The same back; undefined: v1 cannot say it. */
export function slabOfCalendar(
  calendar: TimeOfUse,
): Record<"season" | "days" | "time_slab" | "tariff_identification", string> | undefined {
  const { day_profile: days, week_profile: weeks, season_profile: seasons, holiday_profile: holidays = [] } = calendar;
  const [day] = days;
  const [first, second, third] = day?.tariff_slabs ?? [];
  const single = days.length === 1 && weeks.length === 1 && seasons.length === 1 && holidays.length === 0;
  if (!single || first === undefined || second === undefined || third !== undefined) return undefined;
  const tariffs = [first.tariff, second.tariff];
  if (!tariffs.includes(1) || !tariffs.includes(2)) return undefined;
  return {
    season: "1",
    days: "1",
    time_slab: JSON.stringify([first.start.slice(0, 5), second.start.slice(0, 5)]),
    tariff_identification: String(first.tariff),
  };
}

/** v3's four lists. */
export function calendarOfProfiles(lists: {
  readonly days: readonly Value[];
  readonly weeks: readonly Value[];
  readonly seasons: readonly Value[];
  readonly holidays: readonly Value[];
}): CalendarReading {
  try {
    const calendar = {
      day_profile: lists.days.map((value) => {
        const name = member(value, "day_profile", "name");
        const starts = texts(value, `day profile ${name}`, "tariff_slabs").map((time) => {
          const start = timeOfDay(time);
          if (start === undefined)
            throw new Problem(`tariff_slabs of day profile ${name} has "${time}", which is no time.`);
          return start;
        });
        starts.forEach((start, index) => {
          if (index > 0 && start <= starts[index - 1]!) {
            throw new Problem(
              `tariff_slabs of day profile ${name} must ascend: ${start} follows ${starts[index - 1]}.`,
            );
          }
        });
        return { name, tariff_slabs: starts.map((start, index) => ({ start, tariff: index + 1 })) };
      }),
      week_profile: lists.weeks.map((value) => {
        const name = member(value, "week_profile", "name");
        const days = texts(value, `week profile ${name}`, "weekly_day_profile");
        if (days.length !== 7) throw new Problem(`week profile ${name} has ${days.length} days; it must have 7.`);
        return { name, weekly_day_profile: days };
      }),
      season_profile: lists.seasons.map((value) => ({
        name: member(value, "season_profile", "name"),
        week_profile_name: member(value, "season_profile", "week_profile_name"),
        start_date: date(member(value, "season_profile", "start_date"), "start_date"),
      })),
      holiday_profile: lists.holidays.map((value) => ({
        name: member(value, "holiday_profile", "name"),
        date: date(member(value, "holiday_profile", "date"), "date"),
        day_profile_name: member(value, "holiday_profile", "day_profile_name"),
      })),
    };
    checkNames(calendar);
    const { holiday_profile, ...rest } = calendar;
    return { calendar: holiday_profile.length === 0 ? rest : calendar };
  } catch (error) {
    if (error instanceof Problem) return { problem: error.message };
    throw error;
  }
}

/** v3's lists as JSON text; undefined: the nth slab of a day does not start tariff n, which v3 cannot say. */
export function profilesOfCalendar(calendar: TimeOfUse): Record<string, string> | undefined {
  const { day_profile: days, week_profile, season_profile, holiday_profile = [] } = calendar;
  const ordered = days.every(({ tariff_slabs: slabs }) =>
    slabs.every(({ start, tariff }, index) => tariff === index + 1 && (index === 0 || start > slabs[index - 1]!.start)),
  );
  if (!ordered) return undefined;
  const day_profile = days.map(({ name, tariff_slabs }) => ({
    name,
    tariff_slabs: tariff_slabs.map(({ start }) => start.slice(0, 5)),
  }));
  const lists = { day_profile, week_profile, season_profile, holiday_profile };
  return Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, JSON.stringify(list)]));
}

class Problem extends Error {}

function checkNames({
  day_profile,
  week_profile,
  season_profile,
  holiday_profile = [],
}: Omit<TimeOfUse, "activation_datetime">): void {
  const days = new Set(day_profile.map(({ name }) => name));
  const weeks = new Set(week_profile.map(({ name }) => name));
  for (const { name, weekly_day_profile } of week_profile) {
    const unknown = weekly_day_profile.find((day) => !days.has(day));
    if (unknown !== undefined)
      throw new Problem(`week profile ${name} names the day profile ${unknown}, which is not there.`);
  }
  for (const { name, week_profile_name } of season_profile) {
    if (!weeks.has(week_profile_name)) {
      throw new Problem(`season profile ${name} names the week profile ${week_profile_name}, which is not there.`);
    }
  }
  for (const { name, day_profile_name } of holiday_profile) {
    if (!days.has(day_profile_name)) {
      throw new Problem(`holiday profile ${name} names the day profile ${day_profile_name}, which is not there.`);
    }
  }
}

function member(value: Value, list: string, name: string): string {
  const found = membersOf(value, list).get(name);
  if (typeof found === "string" && unquoted(found) !== "") return unquoted(found);
  throw new Problem(`an element of ${list} has no ${name}.`);
}

function texts(value: Value, list: string, name: string): string[] {
  const found = membersOf(value, list).get(name);
  if (!Array.isArray(found) || found.length === 0) throw new Problem(`${list} has no ${name}.`);
  return found.map((element) => (typeof element === "string" ? unquoted(element) : ""));
}

function membersOf(value: Value, list: string): Map<string, Value> {
  if (!isObject(value)) throw new Problem(`${list} must be a list of objects.`);
  return new Map(Object.entries(value).map(([name, member]) => [plainName(name), member]));
}

/** dd-MM */
function date(found: string, name: string): string {
  if (/^(0[1-9]|[12]\d|3[01])-(0[1-9]|1[0-2])$/.test(found)) return found;
  throw new Problem(`${name} is "${found}"; it must be a day and a month, such as 23-03.`);
}
