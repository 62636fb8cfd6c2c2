/** Holidays of a calendar: the special days table (class 11), which has no passive half. */
import { longUnsigned, type SpecialDay, specialDaysTableValues } from "@anymeter/dlms-cosem";
import type { CalendarHome } from "../../../../registry/protocols/dlms-commands.ts";
import { RunFailure } from "../../../causes.ts";
import { sameList } from "./calendar.ts";
import { type MeterClock, sameDate } from "./meter-clock.ts";
import { type MeterObjects, objectName } from "./meter-objects.ts";

export interface Holidays {
  differences(): Promise<readonly string[]>;
  write(): Promise<void>;
}

export async function prepareHolidays(
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
export function holidayRemarks(days: readonly SpecialDay[], clock: MeterClock, activation: number): readonly string[] {
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

/** Meters number special days themselves. */
function sameDays(shown: readonly SpecialDay[], wanted: readonly SpecialDay[]): boolean {
  return sameList(
    shown,
    wanted,
    (one, other) => one.dayId === other.dayId && sameDate(one.specialdayDate, other.specialdayDate),
  );
}
