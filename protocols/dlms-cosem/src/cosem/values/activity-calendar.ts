/**
 * Activity calendar (class 20; Blue Book, clause 4.5.5): seasons of weeks of days, and what is done at which time of a
 * day. The passive tables are written and then take the place of the active ones.
 */
import type { CosemDateTime, CosemTime } from "../../data/date-time.ts";
import type { ScriptReference } from "./script-table.ts";
import {
  arrayOf,
  dateTime,
  integer,
  logicalName,
  longUnsigned,
  structureOf,
  text,
  time,
  unsigned,
  valuesOf,
} from "./value-codec.ts";

export interface SeasonProfile {
  readonly seasonProfileName: string;
  /** Without a year: every year. */
  readonly seasonStart: CosemDateTime;
  readonly weekName: string;
}

/** Day ids of the seven days. */
export interface WeekProfile {
  readonly weekProfileName: string;
  readonly monday: number;
  readonly tuesday: number;
  readonly wednesday: number;
  readonly thursday: number;
  readonly friday: number;
  readonly saturday: number;
  readonly sunday: number;
}

export interface DayProfile {
  readonly dayId: number;
  readonly daySchedule: readonly DayProfileAction[];
}

/** The script that is run at a time of the day; what it set up holds until the next one. */
export interface DayProfileAction extends ScriptReference {
  readonly startTime: CosemTime;
}

const seasonProfile = arrayOf(
  structureOf<SeasonProfile>({ seasonProfileName: text, seasonStart: dateTime, weekName: text }),
);
const weekProfileTable = arrayOf(
  structureOf<WeekProfile>({
    weekProfileName: text,
    monday: unsigned,
    tuesday: unsigned,
    wednesday: unsigned,
    thursday: unsigned,
    friday: unsigned,
    saturday: unsigned,
    sunday: unsigned,
  }),
);
const dayProfileTable = arrayOf(
  structureOf<DayProfile>({
    dayId: unsigned,
    daySchedule: arrayOf(
      structureOf<DayProfileAction>({ startTime: time, scriptLogicalName: logicalName, scriptSelector: longUnsigned }),
    ),
  }),
);

/** Active and passive attributes hold the same. */
export const activityCalendarValues = valuesOf({
  calendarName: text,
  seasonProfile,
  weekProfileTable,
  dayProfileTable,
  /** Attribute 10; nothing specified = never. */
  activatePassiveCalendarTime: dateTime,
  /** Method 1. */
  activatePassiveCalendar: integer,
});
