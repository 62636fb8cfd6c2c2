/** Holidays of a calendar: the special days table (class 11), which has no passive half. */
import { type CosemDate, longUnsigned, type SpecialDay, specialDaysTableValues } from "@anymeter/dlms-cosem";
import type { CalendarHome } from "../../../../registry/protocols/dlms-commands.ts";
import { RunFailure } from "../../../causes.ts";
import { sameList } from "./calendar.ts";
import { type MeterClock, sameDate } from "./meter-clock.ts";
import { type MeterObjects, objectName } from "./meter-objects.ts";

export interface Holidays {
  /** What the table holds now. */
  readonly before: readonly SpecialDay[];
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
    if (wanted.length === 0) return { before: [], differences: async () => [], write: async () => {} };
    throw new RunFailure("command_unsupported", `The meter has no ${objectName(table)} for holidays.`);
  }
  return {
    before,
    async differences() {
      const shown = (await read()) ?? [];
      if (sameDays(shown, wanted)) return [];
      return [`The ${objectName(table)} shows other holidays: ${datesOf(shown) || "none"}.`];
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

/** Special days have no passive half: those that come and those that go do so at once, under the calendar that is still in force. */
export function holidayRemarks(
  before: readonly SpecialDay[],
  wanted: readonly SpecialDay[],
  clock: MeterClock,
  activation: number,
): readonly string[] {
  const early = ({ specialdayDate }: SpecialDay) => comesBefore(activation, specialdayDate, clock);
  const isThere = (days: readonly SpecialDay[]) => (day: SpecialDay) =>
    days.some((other) => sameDate(other.specialdayDate, day.specialdayDate));
  const added = wanted.filter(early);
  const gone = before.filter((day) => early(day) && !isThere(wanted)(day));
  return [
    ...(added.length > 0
      ? [`Holidays count at once: on ${datesOf(added)} the calendar in force until then decides what they mean.`]
      : []),
    ...(gone.length > 0
      ? [
          `Former holidays are gone at once: ${datesOf(gone)} will be like any other day, before the calendar changes too.`,
        ]
      : []),
  ];
}

/** Whether a day comes between now and an instant; unspecified parts of its date are every one. */
function comesBefore(instant: number, { year, month, day }: CosemDate, clock: MeterClock): boolean {
  const [now, then] = [clock.localAt(clock.now()), clock.localAt(instant)];
  const first = Date.UTC(now.year, now.month - 1, now.day);
  const last = Date.UTC(then.year, then.month - 1, then.day);
  if (typeof month !== "number" || typeof day !== "number") return first < last;
  const years = year === undefined ? [now.year, now.year + 1] : [year];
  return years.some((one) => {
    const date = Date.UTC(one, month - 1, day);
    return date >= first && date < last;
  });
}

function datesOf(days: readonly SpecialDay[]): string {
  return days.map(({ specialdayDate: { month, day } }) => `${day ?? "*"}-${month ?? "*"}`).join(", ");
}

/** Meters number special days themselves. */
function sameDays(shown: readonly SpecialDay[], wanted: readonly SpecialDay[]): boolean {
  return sameList(
    shown,
    wanted,
    (one, other) => one.dayId === other.dayId && sameDate(one.specialdayDate, other.specialdayDate),
  );
}
