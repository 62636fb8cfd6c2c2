/** Outages of a transformer by seed: seldom, short, and aligned to slots so that energy accounts stay exact. */
import { dayMilliseconds, dayOf, mondayOf, weekOf } from "../calendar.ts";
import { seedFor, unit } from "../random.ts";

/** Milliseconds UTC; `from` inclusive, `to` exclusive. */
export interface Interruption {
  readonly from: number;
  readonly to: number;
}

/** The interruption in the week of an instant, if it has one. */
export function interruptionInWeek(seed: number, instant: number, slotMilliseconds: number): Interruption | undefined {
  const week = weekOf(dayOf(instant));
  const weekSeed = seedFor(seed, week);
  if (unit(weekSeed, 0) >= weeklyChance) return undefined;
  const weekStart = mondayOf(week) * dayMilliseconds;
  const hours = 7 * 24 - 4;
  const start = weekStart + Math.floor(unit(weekSeed, 1) * hours) * hourMilliseconds;
  const slots = Math.max(1, Math.round(((0.5 + unit(weekSeed, 2)) * hourMilliseconds) / slotMilliseconds));
  return { from: start, to: start + slots * slotMilliseconds };
}

/** Interruptions that touch a span of time, oldest first. */
export function interruptionsBetween(
  seed: number,
  from: number,
  to: number,
  slotMilliseconds: number,
): readonly Interruption[] {
  const found: Interruption[] = [];
  for (let week = weekOf(dayOf(from)); week <= weekOf(dayOf(to)); week++) {
    const interruption = interruptionInWeek(seed, mondayOf(week) * dayMilliseconds, slotMilliseconds);
    if (interruption !== undefined && interruption.to > from && interruption.from <= to) found.push(interruption);
  }
  return found;
}

/** About one in two months for each transformer. */
const weeklyChance = 0.12;
const hourMilliseconds = 3_600_000;
