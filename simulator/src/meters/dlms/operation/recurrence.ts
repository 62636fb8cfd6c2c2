/** When something that is done at times of day on some days is done next by the meter's clock. */
import type { MeterClock } from "../../meter-clock.ts";
import type { ZoneName } from "../../zone.ts";
import { localDayOf, timeOn } from "./local-days.ts";

export interface Recurrence {
  /** Milliseconds since local midnight. */
  readonly timeOfDay: number;
  /** Whether it is done on a local day (days since 1970). */
  readonly isDue: (localDay: number) => boolean;
  /** How late it is still done when the clock was set past its time, in milliseconds; Infinity = however late. */
  readonly tolerance: number;
  /** First local day on which it can be due; absent = any. */
  readonly firstDay?: number;
  /** Last local day; absent = for ever. */
  readonly lastDay?: number;
}

export interface WallClock {
  readonly clock: MeterClock;
  readonly zone: ZoneName;
}

/**
 * The first true instant after `after` at which any of them is due, and which they are, in their order; undefined when none
 * is within two years.
 */
export function nextOf<Due extends Recurrence>(
  recurrences: readonly Due[],
  { clock, zone }: WallClock,
  after: number,
): { readonly at: number; readonly due: readonly Due[] } | undefined {
  // The clock may have been set back since: the day before can come again.
  const yesterday = localDayOf(zone, clock.time(after)) - 1;
  const first = Math.max(yesterday, Math.min(...recurrences.map(({ firstDay = yesterday }) => firstDay)));
  const last = Math.max(...recurrences.map(({ lastDay = Number.POSITIVE_INFINITY }) => lastDay));
  for (let day = first; day <= Math.min(last, first + horizonDays); day++) {
    let at = Number.POSITIVE_INFINITY;
    let due: Due[] = [];
    for (const recurrence of recurrences) {
      if (!recurrence.isDue(day)) continue;
      const passing = clock.passing(timeOn(zone, day, recurrence.timeOfDay), after);
      if (passing === undefined || passing.missedBy > recurrence.tolerance || passing.instant > at) continue;
      if (passing.instant < at) due = [];
      at = passing.instant;
      due.push(recurrence);
    }
    if (due.length > 0) return { at, due };
  }
  return undefined;
}

const horizonDays = 731;
