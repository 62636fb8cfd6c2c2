import type { schedules } from "../../registry/resources/amr-tasks.ts";

/**
 * When a task is due (Utilitarian API, "AMR schedule"): quarterly is every quarter of an hour. Everything is UTC, so
 * there is no hour that comes twice and none that is missing.
 */
export type Schedule = (typeof schedules)[number];

/** The newest due instant that is not after `now`. Milliseconds UTC. */
export function latestDue(schedule: Schedule, now: number): number {
  return periods[schedule].start(now);
}

/** The first due instant after `now`. */
export function nextDue(schedule: Schedule, now: number): number {
  return periods[schedule].next(periods[schedule].start(now));
}

/**
 * How long after its due instant a run starts at the earliest. The contract's `run_offset_seconds` delays; a negative
 * one would break the promise "not before" and counts as none.
 */
export function delayOf(runOffsetSeconds: number): number {
  return Math.max(0, runOffsetSeconds) * 1000;
}

interface Period {
  /** Start of the period that holds `instant`. */
  start(instant: number): number;
  /** Start of the period after the one that starts at `start`. */
  next(start: number): number;
}

const minute = 60_000;
const day = 86_400_000;
/** 1970-01-05, the first Monday of the epoch. */
const firstMonday = 4 * day;

const periods: Readonly<Record<Schedule, Period>> = {
  quarterly: fixed(15 * minute),
  hourly: fixed(60 * minute),
  daily: fixed(day),
  weekly: fixed(7 * day, firstMonday),
  monthly: calendar(
    (year, month) => [year, month],
    (year, month) => [year, month + 1],
  ),
  yearly: calendar(
    (year) => [year, 0],
    (year) => [year + 1, 0],
  ),
};

function fixed(length: number, origin = 0): Period {
  return {
    start: (instant) => origin + Math.floor((instant - origin) / length) * length,
    next: (start) => start + length,
  };
}

type Month = (year: number, month: number) => readonly [year: number, month: number];

function calendar(start: Month, next: Month): Period {
  const at = (instant: number, month: Month) => {
    const date = new Date(instant);
    return Date.UTC(...month(date.getUTCFullYear(), date.getUTCMonth()));
  };
  return { start: (instant) => at(instant, start), next: (instant) => at(instant, next) };
}
