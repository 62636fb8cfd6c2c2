/** Dates and times on the meter's own clock, which is what schedules and calendars go by. */
import {
  type CosemDate,
  type CosemDateTime,
  type CosemTime,
  dateTimeFromData,
  toEpochMilliseconds,
} from "@anymeter/dlms-cosem";
import { type LocalDateTime, localDateTimeOf } from "@anymeter/sans-io";
import { RunFailure } from "../../../causes.ts";
import { instantOf } from "../../instants.ts";
import type { CallContext } from "../call.ts";
import { offsetAt } from "../epoch.ts";
import type { MeterObject, MeterObjects } from "./meter-objects.ts";

export class MeterClock {
  readonly #context: Pick<CallContext, "clock" | "offsets" | "dlms">;

  constructor(context: Pick<CallContext, "clock" | "offsets" | "dlms">) {
    this.#context = context;
  }

  /** Milliseconds UTC. */
  now(): number {
    return this.#context.clock.now();
  }

  /** The instant a parameter means; without an offset it is of the meter's zone. */
  instantOf(text: string): number {
    return instantOf(text, this.#context.offsets)!;
  }

  /** What the meter's clock shows at an instant. */
  localAt(instant: number): LocalDateTime {
    const { offsets, dlms } = this.#context;
    return localDateTimeOf(instant + offsetAt(instant, dlms, offsets) * 60_000);
  }

  /** The same as a date-time without a deviation: the meter's own time. */
  dateTimeAt(instant: number): CosemDateTime {
    return { ...this.localAt(instant), hundredths: 0 };
  }
}

/** Seconds by which the meter's clock is fast; undefined where it does not show a usable time. */
export async function clockDrift(objects: MeterObjects, { clock, epoch }: CallContext): Promise<number | undefined> {
  const shown = await objects.valueIfThere(meterClock, 2, { fromData: dateTimeFromData });
  const instant = shown && toEpochMilliseconds(shown, epoch);
  return instant === undefined ? undefined : (instant - clock.now()) / 1000;
}

/** What is set to happen at a time happens when the meter's own clock shows it. */
export async function clockRemarks(objects: MeterObjects, context: CallContext): Promise<readonly string[]> {
  const drift = await clockDrift(objects, context);
  if (drift === undefined) return ["The meter's clock shows no usable time, and it goes by that: synchronise it."];
  if (Math.abs(drift) <= tolerableSeconds) return [];
  const off = `${drift > 0 ? "+" : ""}${Math.round(drift)} s`;
  return [`The meter's clock is off by ${off}, and it goes by that: synchronise it.`];
}

const meterClock: MeterObject = { classId: 8, logicalName: "0.0.1.0.0.255" };
const tolerableSeconds = 60;

/** "18:30" or "18:30:15" */
export function timeOfDay(text: string): Required<CosemTime> {
  const [hour = 0, minute = 0, second = 0] = text.split(":").map(Number);
  return { hour, minute, second, hundredths: 0 };
}

/** Seconds since midnight. */
export function secondsOf({ hour = 0, minute = 0, second = 0 }: CosemTime): number {
  return hour * 3_600 + minute * 60 + second;
}

/** "14-08", the day before the month: every year. @throws RunFailure `command_refused` for a day that no year has */
export function dayOfYear(text: string): CosemDate {
  const [day, month] = text.split("-").map(Number) as [number, number];
  const isDay = new Date(Date.UTC(leapYear, month - 1, day)).getUTCMonth() === month - 1;
  if (!isDay) throw new RunFailure("command_refused", `No year has a day ${text}.`);
  return { month, day };
}

const leapYear = 2028;

export type CalendarDay = Pick<LocalDateTime, "year" | "month" | "day">;

/** The date so many days later. */
export function addDays({ year, month, day }: CalendarDay, days: number): CalendarDay {
  const { year: laterYear, month: laterMonth, day: laterDay } = localDateTimeOf(Date.UTC(year, month - 1, day + days));
  return { year: laterYear, month: laterMonth, day: laterDay };
}

/** Parts of a second, which meters leave unspecified or make zero, do not count; nor does an unspecified second. */
export function sameTime(one: CosemTime, other: CosemTime): boolean {
  return one.hour === other.hour && one.minute === other.minute && (one.second ?? 0) === (other.second ?? 0);
}

/** The weekday, which the meter may fill in, does not count. */
export function sameDate(one: CosemDate, other: CosemDate): boolean {
  return one.year === other.year && one.month === other.month && one.day === other.day;
}

export function sameDateTime(one: CosemDateTime, other: CosemDateTime): boolean {
  return sameDate(one, other) && sameTime(one, other);
}

/** -1, 0 or 1 for dates of which every part is given. */
export function compareDates(one: CosemDate, other: CosemDate): number {
  return Math.sign(daysOf(one) - daysOf(other));
}

function daysOf({ year, month, day }: CosemDate): number {
  return Date.UTC(year ?? 0, Number(month) - 1, Number(day)) / 86_400_000;
}
