/** When a converter ends a record, by its own clock: periods, gas days and gas months. */
import { dayMilliseconds, minuteMilliseconds } from "../../calendar.ts";
import { instantOfLocal, type ZoneName, zoneOffset } from "../zone.ts";
import type { MeasuredDatabase } from "./models.ts";

/** Milliseconds UTC of the clock, both ends. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

export interface RecordTimes {
  readonly zone: ZoneName;
  /** Milliseconds. */
  readonly interval: number;
  readonly historyDays: number;
}

/** The periods of a database that are over, the newest first. */
export function periodsOf(database: MeasuredDatabase, now: number, times: RecordTimes): readonly Period[] {
  const oldest = now - times.historyDays * dayMilliseconds;
  const ends: number[] = [];
  const steps = stepsBack[database](now, times);
  for (let end = steps.next().value; end > oldest || ends.length < leastKept; end = steps.next().value) ends.push(end);
  return ends.slice(0, -1).map((to, index) => ({ from: ends[index + 1]!, to }));
}

/** A month's database of a few days of history still has a month in it. */
const leastKept = 3;
/** Gas days and gas months begin at six o'clock. */
const gasHour = 6;

type Steps = Generator<number, never>;

const stepsBack: Readonly<Record<MeasuredDatabase, (now: number, times: RecordTimes) => Steps>> = {
  interval: (now, { interval }) => evenSteps(now, interval),
  hourly: (now) => evenSteps(now, 60 * minuteMilliseconds),
  daily: (now, { zone }) =>
    calendarSteps(now, zone, (year, month, day, back) => Date.UTC(year, month, day - back, gasHour)),
  monthly: (now, { zone }) =>
    calendarSteps(now, zone, (year, month, _, back) => Date.UTC(year, month - back, 1, gasHour)),
};

function* evenSteps(now: number, step: number): Steps {
  for (let end = Math.floor(now / step) * step; ; end -= step) yield end;
}

function* calendarSteps(
  now: number,
  zone: ZoneName,
  localOf: (year: number, month: number, day: number, back: number) => number,
): Steps {
  const local = new Date(now + zoneOffset(zone, now) * minuteMilliseconds);
  for (let back = 0; ; back++) {
    const wall = localOf(local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate(), back);
    const end = instantOfLocal(zone, wall);
    if (end <= now) yield end;
  }
}
