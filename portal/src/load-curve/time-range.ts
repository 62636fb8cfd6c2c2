import { Temporal } from "temporal-polyfill";

/** From start to end in ms since 1970 UTC. */
export interface TimeSpan {
  readonly start: number;
  readonly end: number;
}

export const presets = ["day", "week", "month", "30days", "year"] as const;

export type Preset = (typeof presets)[number];

/**
 * The calendar days that a preset covers in a zone: the date (`2026-03-29`) alone, its month, or the 7 days, 30 days or
 * 12 months that end with it. Days have 23, 24 or 25 hours, as the zone has them.
 */
export function spanOf(preset: Preset, date: string, zone: string): TimeSpan {
  const first = firstDay(preset, Temporal.PlainDate.from(date));
  return { start: startOf(first, zone), end: startOf(first.add(lengths[preset]), zone) };
}

/** The date that stands for the span before (-1) or after (1). */
export function shiftDate(preset: Preset, date: string, direction: 1 | -1): string {
  const day = Temporal.PlainDate.from(date);
  const length = lengths[preset];
  return (direction === 1 ? day.add(length) : day.subtract(length)).toString();
}

/** The date at an instant in a zone, as `2026-03-29`. */
export function dateAt(instant: number, zone: string): string {
  return zoned(instant, zone).toPlainDate().toString();
}

/** Whether a text is a date of the calendar, written `2026-03-29`. */
export function isDate(text: string): boolean {
  try {
    return Temporal.PlainDate.from(text).toString() === text;
  } catch {
    return false;
  }
}

/** The zone of this browser. */
export function browserZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

const lengths: Readonly<Record<Preset, { days: number } | { months: number } | { years: number }>> = {
  day: { days: 1 },
  week: { days: 7 },
  month: { months: 1 },
  "30days": { days: 30 },
  year: { years: 1 },
};

function firstDay(preset: Preset, day: Temporal.PlainDate): Temporal.PlainDate {
  if (preset === "month") return day.with({ day: 1 });
  return day.add({ days: 1 }).subtract(lengths[preset]);
}

function startOf(day: Temporal.PlainDate, zone: string): number {
  return day.toZonedDateTime(zone).epochMilliseconds;
}

function zoned(instant: number, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
}

/** One tick of a time axis, and how it is best named. */
export interface AxisTick {
  readonly at: number;
  readonly part: "time" | "day" | "month" | "year";
}

type Step = { hours: number } | { minutes: number } | { days: number } | { months: number } | { years: number };

/** Steps a person counts in, with their usual length in ms. */
const steps: readonly (readonly [Step, number])[] = [
  [{ minutes: 15 }, 900_000],
  [{ hours: 1 }, 3_600_000],
  [{ hours: 3 }, 10_800_000],
  [{ hours: 6 }, 21_600_000],
  [{ hours: 12 }, 43_200_000],
  [{ days: 1 }, 86_400_000],
  [{ days: 2 }, 172_800_000],
  [{ days: 7 }, 604_800_000],
  [{ months: 1 }, 2_629_800_000],
  [{ months: 3 }, 7_889_400_000],
  [{ years: 1 }, 31_557_600_000],
];

/** At most `most` ticks at round local times of a zone, each later than the one before, all within the span. */
export function axisTicks({ start, end }: TimeSpan, zone: string, most: number): AxisTick[] {
  const [step] = steps.find(([, length]) => (end - start) / length <= most) ?? steps.at(-1)!;
  const ticks: AxisTick[] = [];
  for (let day = roundStart(zoned(start, zone), step); day.epochMilliseconds <= end; day = following(day, step)) {
    if (day.epochMilliseconds >= start) ticks.push({ at: day.epochMilliseconds, part: partOf(day, step) });
  }
  return ticks;
}

function roundStart(time: Temporal.ZonedDateTime, step: Step): Temporal.ZonedDateTime {
  const day = time.startOfDay();
  if ("years" in step) return day.with({ month: 1, day: 1 });
  if ("months" in step) return day.with({ month: time.month - ((time.month - 1) % step.months), day: 1 });
  return "days" in step && step.days === 7 ? day.subtract({ days: day.dayOfWeek - 1 }) : day;
}

/** Counted on the wall clock, so that a day of 23 or 25 hours does not shift the ticks behind it. */
function following(time: Temporal.ZonedDateTime, step: Step): Temporal.ZonedDateTime {
  return time.toPlainDateTime().add(step).toZonedDateTime(time.timeZoneId);
}

function partOf(time: Temporal.ZonedDateTime, step: Step): AxisTick["part"] {
  if ("years" in step || ("months" in step && time.month === 1)) return "year";
  if ("months" in step) return "month";
  return "days" in step || (time.hour === 0 && time.minute === 0) ? "day" : "time";
}
