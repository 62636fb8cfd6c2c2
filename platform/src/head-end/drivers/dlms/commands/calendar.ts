/** The calendar that a change of tariffs means, and when two are the same. */
import { createHash } from "node:crypto";
import type { CosemDateTime, DayProfile, SeasonProfile, SpecialDay, WeekProfile } from "@anymeter/dlms-cosem";
import type { CommandParameters } from "../../../../registry/commands/index.ts";
import type { CalendarHome } from "../../../../registry/protocols/dlms-commands.ts";
import { RunFailure } from "../../../causes.ts";
import { dayOfYear, sameDate, sameTime, timeOfDay } from "./meter-clock.ts";

export interface Calendar {
  readonly name: string;
  readonly seasons: readonly SeasonProfile[];
  readonly weeks: readonly WeekProfile[];
  readonly days: readonly DayProfile[];
  readonly specialDays: readonly SpecialDay[];
}

/** Days are numbered in the order given. @throws RunFailure `command_refused` for names that mean nothing */
export function calendarOf(parameters: CommandParameters<"update_time_of_use">, home: CalendarHome): Calendar {
  const { day_profile, week_profile, season_profile, holiday_profile = [] } = parameters;
  if (home.mostWeeks !== undefined && week_profile.length > home.mostWeeks) {
    throw new RunFailure("command_refused", `The meter's calendar has room for ${home.mostWeeks} weeks.`);
  }
  const ids = new Map(day_profile.map(({ name }, index) => [name, index + 1]));
  const dayId = (name: string) => found(ids.get(name), `No day profile is called "${name}".`);
  const weekNames = new Set(week_profile.map(({ name }) => name));
  return {
    name: createHash("sha256").update(JSON.stringify(parameters)).digest("hex").slice(0, 8),
    seasons: season_profile.map(({ name, week_profile_name, start_date }) => ({
      seasonProfileName: name,
      seasonStart: { ...dayOfYear(start_date), hour: 0, minute: 0, second: 0, hundredths: 0 },
      weekName: found(
        weekNames.has(week_profile_name) ? week_profile_name : undefined,
        `No week profile is called "${week_profile_name}".`,
      ),
    })),
    weeks: week_profile.map(({ name, weekly_day_profile: days }) => ({
      weekProfileName: name,
      monday: dayId(days[0]!),
      tuesday: dayId(days[1]!),
      wednesday: dayId(days[2]!),
      thursday: dayId(days[3]!),
      friday: dayId(days[4]!),
      saturday: dayId(days[5]!),
      sunday: dayId(days[6]!),
    })),
    days: day_profile.map(({ name, tariff_slabs }) => ({
      dayId: dayId(name),
      daySchedule: tariff_slabs.map(({ start, tariff }) => ({
        startTime: timeOfDay(start),
        scriptLogicalName: home.tariffScripts,
        scriptSelector: tariff,
      })),
    })),
    specialDays: holiday_profile.map(({ date, day_profile_name }, index) => ({
      index: index + 1,
      specialdayDate: dayOfYear(date),
      dayId: dayId(day_profile_name),
    })),
  };
}

function found<Value>(value: Value | undefined, otherwise: string): Value {
  if (value === undefined) throw new RunFailure("command_refused", otherwise);
  return value;
}

/** The same values, in whatever order the meter keeps them. */
export function sameList<Value>(
  shown: readonly Value[],
  wanted: readonly Value[],
  same: (one: Value, other: Value) => boolean,
): boolean {
  return shown.length === wanted.length && wanted.every((value) => shown.some((other) => same(other, value)));
}

export function sameSeason(one: SeasonProfile, other: SeasonProfile): boolean {
  const start = ({ year, month, day }: CosemDateTime) => ({ year, month, day });
  return (
    one.seasonProfileName === other.seasonProfileName &&
    one.weekName === other.weekName &&
    sameDate(start(one.seasonStart) as CosemDateTime, start(other.seasonStart) as CosemDateTime)
  );
}

export function sameWeek(one: WeekProfile, other: WeekProfile): boolean {
  return Object.entries(other).every(([field, value]) => one[field as keyof WeekProfile] === value);
}

export function sameDay(one: DayProfile, other: DayProfile): boolean {
  return (
    one.dayId === other.dayId &&
    sameList(
      one.daySchedule,
      other.daySchedule,
      (action, wanted) =>
        sameTime(action.startTime, wanted.startTime) && action.scriptSelector === wanted.scriptSelector,
    )
  );
}
