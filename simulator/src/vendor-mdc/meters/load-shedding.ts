/** A schedule that opens and closes the relay at times of the day between two dates, as `load_shedding_scheduling` sets it. */
import type { LoadSheddingSlab } from "@anymeter/udil";
import { dayMilliseconds } from "../../calendar.ts";
import { midnightOf, timeOfDay } from "../local-time.ts";

/** Start and end in local milliseconds. */
export interface SheddingSchedule {
  readonly start: number;
  readonly end: number;
  readonly slabs: readonly LoadSheddingSlab[];
}

/** An action of the schedule: when, by the local time, and whether the relay closes. */
export interface SheddingAction {
  readonly at: number;
  readonly closed: boolean;
}

/**
 * The next action after a local time. Nothing happens at the start itself: the first slab after it acts. At the end what
 * was shed comes back.
 */
export function nextSheddingAction(schedule: SheddingSchedule, local: number): SheddingAction | undefined {
  if (local >= schedule.end) return undefined;
  const from = Math.max(local, schedule.start - 1);
  for (let day = midnightOf(from); day <= from + dayMilliseconds; day += dayMilliseconds) {
    const actions = schedule.slabs
      .map(({ action_time, relay_operate }) => ({ at: day + timeOfDay(action_time), closed: relay_operate === 1 }))
      .sort((one, other) => one.at - other.at);
    const next = actions.find(({ at }) => at > from);
    if (next !== undefined && next.at < schedule.end) return next;
  }
  return { at: schedule.end, closed: true };
}
