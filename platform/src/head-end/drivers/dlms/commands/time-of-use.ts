/** `update_time_of_use`: the passive half of the activity calendar (class 20), activated at its time; holidays in class 11. */

import {
  activityCalendarValues,
  type CosemDate,
  type DayProfile,
  integer,
  scriptTableValues,
  specialDaysTableValues,
} from "@anymeter/dlms-cosem";
import type { CommandParameters } from "../../../../registry/commands/index.ts";
import type { CalendarHome } from "../../../../registry/protocols/dlms-commands.ts";
import { RunFailure } from "../../../causes.ts";
import { type Calendar, calendarOf, sameDay, sameList, sameSeason, sameWeek } from "./calendar.ts";
import { type Prepare, verified } from "./carry-out.ts";
import { isRefusal } from "./failures.ts";
import { holidayRemarks, prepareHolidays } from "./holidays.ts";
import { clockDrift, clockRemarks, sameDateTime } from "./meter-clock.ts";
import { type MeterObject, type MeterObjects, objectName } from "./meter-objects.ts";
import { scriptTableClass } from "./relay-scripts.ts";
import { instantField, printable, type ShowSetting, timeText } from "./shown-settings.ts";

type Parameters = CommandParameters<"update_time_of_use">;

const prepare: Prepare<"update_time_of_use"> = async ({ context, objects, clock, parameters, home }) => {
  const calendar = { classId: 20, logicalName: home.object };
  const wanted = calendarOf(parameters, home);
  const active = halfOf(objects, calendar, 0);
  const passive = halfOf(objects, calendar, passiveOffset);
  await objects.value(calendar, 6, activityCalendarValues.calendarName);
  await assertTariffs(objects, parameters, home);
  const holidays = await prepareHolidays(objects, wanted.specialDays, home);
  const at = clock.instantOf(parameters.activation_datetime);
  const activation = clock.dateTimeAt(at);
  // A meter whose clock is fast has passed the time already, and may wait for it for ever.
  const fast = Math.max(0, (await clockDrift(objects, context)) ?? 0);
  const atOnce = at <= clock.now() + fast * 1000;
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
      await calmPending(objects, calendar);
      await passive.write(wanted);
      await holidays.write();
      if (atOnce) await objects.invoke(calendar, 1, integer(0));
      else {
        const time = activityCalendarValues.activatePassiveCalendarTime.toData(activation);
        await objects.write(calendar, 10, time);
      }
    },
    account: async () => ({
      remarks: [
        ...holidayRemarks(holidays.before, wanted.specialDays, clock, at),
        ...(await clockRemarks(objects, context)),
      ],
      result: { calendar_name: wanted.name, in_force: (await active.differences(wanted)).length === 0 },
    }),
  };
};

export const changeTimeOfUse = verified("update_time_of_use", prepare);

/** A calendar that waits for its time must not be put in force half overwritten: its time is taken away, where the meter lets it. */
async function calmPending(objects: MeterObjects, calendar: MeterObject): Promise<void> {
  const codec = activityCalendarValues.activatePassiveCalendarTime;
  const pending = await objects.valueIfThere(calendar, 10, codec);
  if (pending === undefined || pending.year === undefined) return;
  try {
    await objects.write(calendar, 10, codec.toData({}));
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
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
      const shown = await objects.values<Omit<Calendar, "specialDays">>(calendar, {
        name: [name, values.calendarName],
        seasons: [seasons, values.seasonProfile],
        weeks: [weeks, values.weekProfileTable],
        days: [days, values.dayProfileTable],
      });
      if (shown.name !== wanted.name) {
        return [`The calendar ${which} is called "${printable(shown.name)}" instead of "${wanted.name}".`];
      }
      const same = [
        sameList(shown.seasons, wanted.seasons, sameSeason),
        sameList(shown.weeks, wanted.weeks, sameWeek),
        sameList(shown.days, wanted.days, sameDay),
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

/** From an active attribute to its passive one. */
const passiveOffset = 4;

/** `tiou`: the calendar in force, and when the other one takes its place. */
export const showTimeOfUse: ShowSetting = async ({ context, objects, homes: { update_time_of_use: home } }) => {
  if (home.by !== "activity calendar") return undefined;
  const calendar = { classId: 20, logicalName: home.object };
  const values = activityCalendarValues;
  const seasons = await objects.valueIfThere(calendar, 3, values.seasonProfile);
  const weeks = await objects.valueIfThere(calendar, 4, values.weekProfileTable);
  const days = await objects.valueIfThere(calendar, 5, values.dayProfileTable);
  if (!seasons || !weeks || !days) return undefined;
  const specialDays = await objects.valueIfThere(
    { classId: 11, logicalName: home.specialDays.object },
    2,
    specialDaysTableValues.entries,
  );
  const activation = await objects.valueIfThere(calendar, 10, values.activatePassiveCalendarTime);
  return {
    tiou_day_profile: JSON.stringify(days.map(dayOf)),
    tiou_week_profile: JSON.stringify(
      weeks.map(({ weekProfileName, monday, tuesday, wednesday, thursday, friday, saturday, sunday }) => ({
        name: printable(weekProfileName),
        weekly_day_profile: [monday, tuesday, wednesday, thursday, friday, saturday, sunday].map(String),
      })),
    ),
    tiou_season_profile: JSON.stringify(
      seasons.map(({ seasonProfileName, weekName, seasonStart }) => ({
        name: printable(seasonProfileName),
        week_profile_name: printable(weekName),
        start_date: dateText(seasonStart),
      })),
    ),
    ...(specialDays && {
      tiou_holiday_profile: JSON.stringify(
        specialDays.map(({ index, specialdayDate, dayId }) => ({
          name: String(index),
          date: dateText(specialdayDate),
          day_profile_name: String(dayId),
        })),
      ),
    }),
    ...instantField("tiou_activation_datetime", activation, context),
  };
};

/** UDIL's nth time of a day begins tariff n; a day that is none of the kind says the tariff with each time. */
function dayOf({ dayId, daySchedule }: DayProfile) {
  const inOrder = daySchedule.every(({ scriptSelector }, index) => scriptSelector === index + 1);
  return {
    name: String(dayId),
    tariff_slabs: daySchedule.map(({ startTime, scriptSelector }) =>
      inOrder ? timeText(startTime, false) : { start: timeText(startTime, false), tariff: scriptSelector },
    ),
  };
}

/** "14-08" */
function dateText({ month, day }: CosemDate): string {
  return [day, month].map((part) => String(part ?? "*").padStart(2, "0")).join("-");
}
