/** Which tariff is in force: seasons, weeks and days as `update_time_of_use` writes them. Times are local milliseconds. */
import type { TimeOfUse } from "@anymeter/udil";
import { dayMilliseconds, dayOf, weekdayOf } from "../../calendar.ts";
import { timeOfDay } from "../local-time.ts";

export type TariffCalendar = Omit<TimeOfUse, "activation_datetime">;

/** As meters leave the works: dear from 17:00, cheap from 21:00 and over midnight. */
export const factoryCalendar: TariffCalendar = {
  day_profile: [
    {
      name: "D1",
      tariff_slabs: [
        { start: "17:00", tariff: 1 },
        { start: "21:00", tariff: 2 },
      ],
    },
  ],
  week_profile: [{ name: "W1", weekly_day_profile: Array.from({ length: 7 }, () => "D1") }],
  season_profile: [{ name: "S1", week_profile_name: "W1", start_date: "01-01" }],
};

/** The first thing wrong with a calendar a meter is asked to keep, or undefined. */
export function calendarProblem(calendar: TariffCalendar): string | undefined {
  const days = new Set(calendar.day_profile.map(({ name }) => name));
  const weeks = new Set(calendar.week_profile.map(({ name }) => name));
  for (const { name, tariff_slabs } of calendar.day_profile) {
    const starts = tariff_slabs.map(({ start }) => timeOfDay(start));
    if (starts.length === 0) return `day profile ${name} has no slab`;
    if (starts.some((start, index) => index > 0 && start <= starts[index - 1]!))
      return `the slabs of day profile ${name} do not ascend`;
    const beyond = tariff_slabs.find(({ tariff }) => tariff < 1 || tariff > mostTariffs);
    if (beyond) return `day profile ${name} names tariff ${beyond.tariff}; the meter has ${mostTariffs}`;
  }
  for (const { name, weekly_day_profile } of calendar.week_profile) {
    const unknown = weekly_day_profile.find((day) => !days.has(day));
    if (unknown !== undefined) return `week profile ${name} names day profile ${unknown}, which is not there`;
    if (weekly_day_profile.length !== 7) return `week profile ${name} has ${weekly_day_profile.length} days, not 7`;
  }
  if (calendar.season_profile.length === 0) return "there is no season profile";
  for (const { name, week_profile_name } of calendar.season_profile)
    if (!weeks.has(week_profile_name)) return `season profile ${name} names week profile ${week_profile_name}`;
  for (const { name, day_profile_name } of calendar.holiday_profile ?? [])
    if (!days.has(day_profile_name)) return `holiday ${name} names day profile ${day_profile_name}`;
  return undefined;
}

/** Number of the tariff in force. What holds before a day's first slab is its last one, over midnight. */
export function tariffAt(calendar: TariffCalendar, local: number): number {
  const slabs = slabsOf(calendar, dayOf(local));
  const time = local - dayOf(local) * dayMilliseconds;
  return (slabs.findLast(({ start }) => timeOfDay(start) <= time) ?? slabs.at(-1)!).tariff;
}

/** When the next slab begins, after a local time. */
export function nextTariffSwitch(calendar: TariffCalendar, local: number): number {
  const day = dayOf(local);
  const time = local - day * dayMilliseconds;
  const next = slabsOf(calendar, day).find(({ start }) => timeOfDay(start) > time);
  // Midnight always is one: another day profile may hold.
  return day * dayMilliseconds + (next ? timeOfDay(next.start) : dayMilliseconds);
}

function slabsOf(calendar: TariffCalendar, day: number): TariffCalendar["day_profile"][number]["tariff_slabs"] {
  const date = new Date(day * dayMilliseconds);
  const monthAndDay = (date.getUTCMonth() + 1) * 100 + date.getUTCDate();
  const holiday = calendar.holiday_profile?.find((entry) => monthAndDayOf(entry.date) === monthAndDay);
  const profile = holiday?.day_profile_name ?? weekOf(calendar, monthAndDay)[weekdayOf(day)];
  return calendar.day_profile.find(({ name }) => name === profile)!.tariff_slabs;
}

function weekOf(calendar: TariffCalendar, monthAndDay: number): readonly string[] {
  const seasons = calendar.season_profile.toSorted(
    (one, other) => monthAndDayOf(one.start_date) - monthAndDayOf(other.start_date),
  );
  const season = seasons.findLast(({ start_date }) => monthAndDayOf(start_date) <= monthAndDay) ?? seasons.at(-1)!;
  return calendar.week_profile.find(({ name }) => name === season.week_profile_name)!.weekly_day_profile;
}

/** 704 of "04-07". */
function monthAndDayOf(text: string): number {
  const [day = 0, month = 0] = text.split("-").map(Number);
  return month * 100 + day;
}

/** UDIL has columns for so many. */
export const mostTariffs = 4;
