/** `update_time_of_use`: the passive half of the activity calendar (class 20), activated at its time; holidays in class 11. */
import { createHash } from "node:crypto";
import {
  activityCalendarValues,
  type CosemDateTime,
  type DayProfile,
  integer,
  longUnsigned,
  type SeasonProfile,
  type SpecialDay,
  scriptTableValues,
  specialDaysTableValues,
  type WeekProfile,
} from "@anymeter/dlms-cosem";
import type { CommandParameters } from "../../../../registry/commands/index.ts";
import type { CalendarHome } from "../../../../registry/protocols/dlms-commands.ts";
import { RunFailure } from "../../../causes.ts";
import { type Prepare, verified } from "./carry-out.ts";
import { dayOfYear, type MeterClock, sameDate, sameDateTime, sameTime, timeOfDay } from "./meter-clock.ts";
import { type MeterObject, type MeterObjects, objectName } from "./meter-objects.ts";
import { scriptTableClass } from "./relay-scripts.ts";

type Parameters = CommandParameters<"update_time_of_use">;

const prepare: Prepare<"update_time_of_use"> = async ({ objects, clock, parameters, home }) => {
  const calendar = { classId: 20, logicalName: home.object };
  const wanted = calendarOf(parameters, home);
  const active = halfOf(objects, calendar, 0);
  const passive = halfOf(objects, calendar, passiveOffset);
  await objects.value(calendar, 6, activityCalendarValues.calendarName);
  await assertTariffs(objects, parameters, home);
  const holidays = await prepareHolidays(objects, wanted.specialDays, home);
  const at = clock.instantOf(parameters.activation_datetime);
  const activation = clock.dateTimeAt(at);
  const atOnce = at <= clock.now();
  return {
    takesTime: atOnce,
    async differences() {
      const inForce = (await active.differences(wanted)).length === 0;
      const days = await holidays.differences();
      if (inForce) return days;
      if (atOnce) return [`The ${objectName(calendar)} shows another calendar in force.`, ...days];
      const shown = await objects.value(calendar, 10, activityCalendarValues.activatePassiveCalendarTime);
      return [
        ...(await passive.differences(wanted)),
        ...(sameDateTime(shown, activation) ? [] : [`The ${objectName(calendar)} shows another time of activation.`]),
        ...days,
      ];
    },
    async send() {
      await passive.write(wanted);
      await holidays.write();
      if (atOnce) await objects.invoke(calendar, 1, integer(0));
      else {
        const time = activityCalendarValues.activatePassiveCalendarTime.toData(activation);
        await objects.write(calendar, 10, time);
      }
    },
    account: async () => ({
      remarks: holidayRemarks(wanted.specialDays, clock, at),
      result: { calendar_name: wanted.name, in_force: (await active.differences(wanted)).length === 0 },
    }),
  };
};

export const changeTimeOfUse = verified("update_time_of_use", prepare);

interface Calendar {
  readonly name: string;
  readonly seasons: readonly SeasonProfile[];
  readonly weeks: readonly WeekProfile[];
  readonly days: readonly DayProfile[];
  readonly specialDays: readonly SpecialDay[];
}

/** Days are numbered in the order given. @throws RunFailure `command_refused` for names that mean nothing */
function calendarOf(parameters: Parameters, home: CalendarHome): Calendar {
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

/** The active half (attributes 2 to 5) or the passive one (6 to 9). */
function halfOf(objects: MeterObjects, calendar: MeterObject, offset: number) {
  const [name, seasons, weeks, days] = [2, 3, 4, 5].map((attribute) => attribute + offset) as [
    number,
    number,
    number,
    number,
  ];
  const values = activityCalendarValues;
  const which = offset === 0 ? "in force" : "that waits";
  return {
    /** Tables first: the name is what tells that they are whole. */
    async write(wanted: Calendar): Promise<void> {
      await objects.write(calendar, seasons, values.seasonProfile.toData(wanted.seasons));
      await objects.write(calendar, weeks, values.weekProfileTable.toData(wanted.weeks));
      await objects.write(calendar, days, values.dayProfileTable.toData(wanted.days));
      await objects.write(calendar, name, values.calendarName.toData(wanted.name));
    },
    async differences(wanted: Calendar): Promise<readonly string[]> {
      const shown = await objects.value(calendar, name, values.calendarName);
      if (shown !== wanted.name) {
        return [`The calendar ${which} is called "${printable(shown)}" instead of "${wanted.name}".`];
      }
      const same = [
        sameList(await objects.value(calendar, seasons, values.seasonProfile), wanted.seasons, sameSeason),
        sameList(await objects.value(calendar, weeks, values.weekProfileTable), wanted.weeks, sameWeek),
        sameList(await objects.value(calendar, days, values.dayProfileTable), wanted.days, sameDay),
      ];
      return ["seasons", "weeks", "days"].flatMap((table, index) =>
        same[index] ? [] : [`The calendar ${which} has other ${table}.`],
      );
    },
  };
}

/** A table that cannot be read is believed to have them. @throws RunFailure `command_refused` */
async function assertTariffs(objects: MeterObjects, { day_profile }: Parameters, home: CalendarHome): Promise<void> {
  const table = { classId: scriptTableClass, logicalName: home.tariffScripts };
  const scripts = await objects.valueIfThere(table, 2, scriptTableValues.scripts);
  if (!scripts || scripts.length === 0) return;
  const known = new Set(scripts.map(({ scriptIdentifier }) => scriptIdentifier));
  const unknown = day_profile.flatMap(({ tariff_slabs }) => tariff_slabs).find(({ tariff }) => !known.has(tariff));
  if (!unknown) return;
  throw new RunFailure(
    "command_refused",
    `The meter has no tariff ${unknown.tariff}: its ${objectName(table)} has the scripts ${[...known].join(", ")}.`,
  );
}

interface Holidays {
  differences(): Promise<readonly string[]>;
  write(): Promise<void>;
}

async function prepareHolidays(
  objects: MeterObjects,
  wanted: readonly SpecialDay[],
  { specialDays: home }: CalendarHome,
): Promise<Holidays> {
  const table = { classId: 11, logicalName: home.object };
  const read = () => objects.valueIfThere(table, 2, specialDaysTableValues.entries);
  const before = await read();
  if (before === undefined) {
    if (wanted.length === 0) return { differences: async () => [], write: async () => {} };
    throw new RunFailure("command_unsupported", `The meter has no ${objectName(table)} for holidays.`);
  }
  return {
    async differences() {
      const shown = (await read()) ?? [];
      if (sameDays(shown, wanted)) return [];
      const dates = shown.map(({ specialdayDate: { month, day } }) => `${day}-${month}`).join(", ");
      return [`The ${objectName(table)} shows other holidays: ${dates || "none"}.`];
    },
    async write() {
      if (home.written === "as a whole") {
        await objects.write(table, 2, specialDaysTableValues.entries.toData(wanted));
        return;
      }
      for (const { index } of before) await objects.invoke(table, 2, longUnsigned(index));
      for (const day of wanted) await objects.invoke(table, 1, specialDaysTableValues.insert.toData(day));
    },
  };
}

/** Special days have no passive half: they count at once, with the days of the calendar that is still in force. */
function holidayRemarks(days: readonly SpecialDay[], clock: MeterClock, activation: number): readonly string[] {
  const now = clock.localAt(clock.now());
  const then = clock.localAt(activation);
  const between = (year: number) =>
    days.filter(({ specialdayDate: { month, day } }) => {
      const date = Date.UTC(year, Number(month) - 1, Number(day));
      return date >= Date.UTC(now.year, now.month - 1, now.day) && date < Date.UTC(then.year, then.month - 1, then.day);
    });
  const early = [...new Set([now.year, then.year])].flatMap(between);
  if (early.length === 0) return [];
  const dates = early.map(({ specialdayDate: { month, day } }) => `${day}-${month}`).join(", ");
  return [`Holidays count at once: on ${dates} the calendar in force until then decides what they mean.`];
}

function sameList<Value>(
  shown: readonly Value[],
  wanted: readonly Value[],
  same: (one: Value, other: Value) => boolean,
): boolean {
  return shown.length === wanted.length && wanted.every((value) => shown.some((other) => same(other, value)));
}

function sameSeason(one: SeasonProfile, other: SeasonProfile): boolean {
  const start = ({ year, month, day }: CosemDateTime) => ({ year, month, day });
  return (
    one.seasonProfileName === other.seasonProfileName &&
    one.weekName === other.weekName &&
    sameDate(start(one.seasonStart) as CosemDateTime, start(other.seasonStart) as CosemDateTime)
  );
}

function sameWeek(one: WeekProfile, other: WeekProfile): boolean {
  return Object.entries(other).every(([field, value]) => one[field as keyof WeekProfile] === value);
}

function sameDay(one: DayProfile, other: DayProfile): boolean {
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

/** Meters number special days themselves. */
function sameDays(shown: readonly SpecialDay[], wanted: readonly SpecialDay[]): boolean {
  return sameList(
    shown,
    wanted,
    (one, other) => one.dayId === other.dayId && sameDate(one.specialdayDate, other.specialdayDate),
  );
}

function printable(name: string): string {
  return name.replace(/[^\x20-\x7e]/g, ".");
}

/** From an active attribute to its passive one. */
const passiveOffset = 4;
