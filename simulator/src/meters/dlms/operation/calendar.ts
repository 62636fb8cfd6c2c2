/** Which tariff a calendar puts in force when (activity calendar, class 20, with its special days, class 11). */
import type { DayProfile, SeasonProfile, SpecialDay, WeekProfile } from "@anymeter/dlms-cosem";
import { weekdayOf } from "../../../calendar.ts";
import { dayOfDate, millisecondsOf, namesDay, partsOf } from "./local-days.ts";

export interface TariffCalendar {
  readonly name: string;
  readonly seasons: readonly SeasonProfile[];
  readonly weeks: readonly WeekProfile[];
  readonly days: readonly DayProfile[];
  readonly specialDays: readonly SpecialDay[];
}

/** From a time of the local day on a tariff is in force. */
export interface TariffAction {
  /** Milliseconds since local midnight. */
  readonly timeOfDay: number;
  readonly tariff: number;
}

/** The actions of a local day that switch to a tariff the meter has, in order. */
export function actionsOf(calendar: TariffCalendar, localDay: number, tariffs: number): readonly TariffAction[] {
  const id = dayIdOf(calendar, localDay);
  const schedule = calendar.days.find(({ dayId }) => dayId === id)?.daySchedule ?? [];
  return schedule
    .filter(({ scriptSelector }) => scriptSelector >= 1 && scriptSelector <= tariffs)
    .map(({ startTime, scriptSelector }) => ({ timeOfDay: millisecondsOf(startTime), tariff: scriptSelector }))
    .sort((one, other) => one.timeOfDay - other.timeOfDay);
}

/** The tariff in force at a time of a local day: that of the last action before it, be it days ago. */
export function tariffAt(calendar: TariffCalendar, localDay: number, timeOfDay: number, tariffs: number): number {
  const today = actionsOf(calendar, localDay, tariffs).findLast((action) => action.timeOfDay <= timeOfDay);
  if (today !== undefined) return today.tariff;
  for (let day = localDay - 1; day >= localDay - longestGapDays; day--) {
    const last = actionsOf(calendar, day, tariffs).at(-1);
    if (last !== undefined) return last.tariff;
  }
  return 1;
}

/** A special day before the day of the week of the season. */
function dayIdOf({ specialDays, seasons, weeks }: TariffCalendar, localDay: number): number | undefined {
  const special = specialDays.find(({ specialdayDate }) => namesDay(specialdayDate, localDay));
  if (special !== undefined) return special.dayId;
  const week = weeks.find(({ weekProfileName }) => weekProfileName === seasonOf(seasons, localDay)?.weekName);
  return week?.[weekdays[weekdayOf(localDay)]!];
}

/** The season that began last; before the first one of a year the last one of the year before goes on. */
function seasonOf(seasons: readonly SeasonProfile[], localDay: number): SeasonProfile | undefined {
  const { year } = partsOf(localDay);
  let latest: { readonly season: SeasonProfile; readonly began: number } | undefined;
  for (const season of seasons) {
    const { seasonStart } = season;
    let began = dayOfDate(seasonStart, year, "first");
    if (began > localDay && seasonStart.year === undefined) began = dayOfDate(seasonStart, year - 1, "first");
    if (began <= localDay && (latest === undefined || began > latest.began)) latest = { season, began };
  }
  return latest?.season;
}

const weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
/** A week and a day: a day without actions is one that goes on as the day before. */
const longestGapDays = 8;
