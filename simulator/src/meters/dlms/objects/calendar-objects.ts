/** Tariffs by time: activity calendar (class 20), special days (class 11), and the tariff in force. */
import {
  activityCalendarValues,
  type CosemDateTime,
  type SpecialDay,
  specialDaysTableValues,
  unsigned,
} from "@anymeter/dlms-cosem";
import { calendarName } from "../operation/written-attributes.ts";
import { tariffInForceName } from "../profiles/columns.ts";
import { attribute, type CosemObject, results } from "./object-model.ts";
import type { Programming } from "./programming.ts";
import { readValue, writtenAttributesOf } from "./written-attribute.ts";

export const specialDaysName = "0.0.11.0.0.255";

export interface CalendarLimits {
  readonly weeks: number;
  /** Special days are inserted and deleted one by one, or the table is written. */
  readonly specialDays: "one by one" | "as a whole";
}

/** `tariff` is the one in force now. */
export function calendarObjects(
  { operation, programmed }: Programming,
  limits: CalendarLimits,
  tariff: () => number,
): readonly CosemObject[] {
  const { written, tariffs } = operation;
  const { calendarName: name, seasonProfile, weekProfileTable, dayProfileTable } = activityCalendarValues;
  const passive = writtenAttributesOf(written, 20, calendarName);
  const changed = () => programmed("tariff-programmed");
  return [
    {
      classId: 20,
      version: 0,
      logicalName: calendarName,
      audience: "management",
      attributes: [
        attribute(2, () => name.toData(tariffs.current.name)),
        attribute(3, () => seasonProfile.toData(tariffs.current.seasons)),
        attribute(4, () => weekProfileTable.toData(tariffs.current.weeks)),
        attribute(5, () => dayProfileTable.toData(tariffs.current.days)),
        passive({ number: 6, codec: name, factory: "", changed }),
        passive({ number: 7, codec: seasonProfile, factory: [], accepts: (all) => all.length <= mostSeasons, changed }),
        passive({
          number: 8,
          codec: weekProfileTable,
          factory: [],
          accepts: (all) => all.length <= limits.weeks,
          changed,
        }),
        passive({ number: 9, codec: dayProfileTable, factory: [], accepts: (all) => all.length <= mostDays, changed }),
        passive({
          number: 10,
          codec: activityCalendarValues.activatePassiveCalendarTime,
          factory: {},
          changed: (time) => {
            changed();
            activateWhatIsPast(time);
          },
        }),
      ],
      methods: [
        {
          number: 1,
          invoke: () => {
            operation.activateCalendar();
            programmed("tariff-programmed");
            return { result: results.success };
          },
        },
      ],
    },
    specialDaysObject({ operation, programmed }, limits),
    {
      classId: 1,
      version: 0,
      logicalName: tariffInForceName,
      audience: "management",
      attributes: [attribute(2, () => unsigned(tariff()))],
    },
  ];

  /** A time that has passed will not come: the calendar is put in force at once. */
  function activateWhatIsPast(time: CosemDateTime): void {
    if (operation.hasPassed(time)) operation.activateCalendar();
  }
}

function specialDaysObject({ operation, programmed }: Programming, { specialDays }: CalendarLimits): CosemObject {
  const { entries, insert, delete: remove } = specialDaysTableValues;
  const replace = (days: readonly SpecialDay[]) => {
    operation.specialDays = days;
    programmed("tariff-programmed");
  };
  return {
    classId: 11,
    version: 0,
    logicalName: specialDaysName,
    audience: "management",
    attributes: [
      {
        number: 2,
        read: () => ({ data: entries.toData(operation.specialDays) }),
        ...(specialDays === "as a whole" && {
          write: (data) => {
            const days = readValue(entries, data);
            if (days === undefined) return results.typeUnmatched;
            if (days.length > mostSpecialDays) return results.otherReason;
            replace(days);
            return results.success;
          },
        }),
      },
    ],
    methods: [
      {
        number: 1,
        invoke: (parameter) => {
          const day = readValue(insert, parameter);
          if (day === undefined) return { result: results.typeUnmatched };
          const date = JSON.stringify(day.specialdayDate);
          const others = operation.specialDays.filter(
            ({ index, specialdayDate }) => index !== day.index && JSON.stringify(specialdayDate) !== date,
          );
          if (others.length >= mostSpecialDays) return { result: results.otherReason };
          replace([...others, day]);
          return { result: results.success };
        },
      },
      {
        number: 2,
        invoke: (parameter) => {
          const index = readValue(remove, parameter);
          if (index === undefined) return { result: results.typeUnmatched };
          replace(operation.specialDays.filter((day) => day.index !== index));
          return { result: results.success };
        },
      },
    ],
  };
}

const mostSeasons = 12;
const mostDays = 16;
const mostSpecialDays = 64;
