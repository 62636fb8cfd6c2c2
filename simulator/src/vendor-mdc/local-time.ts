/** The zone vendor and meters live in: a fixed offset, as Pakistan's, where UDIL comes from. Milliseconds throughout. */
import { dayMilliseconds, minuteMilliseconds } from "../calendar.ts";

export class LocalTime {
  readonly #offset: number;

  /** Minutes east of UTC. */
  constructor(offsetMinutes: number) {
    this.#offset = offsetMinutes * minuteMilliseconds;
  }

  /** What the wall clock shows, as if it were UTC. */
  of(instant: number): number {
    return instant + this.#offset;
  }

  toInstant(local: number): number {
    return local - this.#offset;
  }

  /** "2026-03-01 06:00:00", as UDIL writes it. */
  text(instant: number): string {
    return new Date(instant + this.#offset).toISOString().slice(0, 19).replace("T", " ");
  }
}

/** The first midnight of the local day of a local time. */
export function midnightOf(local: number): number {
  return Math.floor(local / dayMilliseconds) * dayMilliseconds;
}

/** Milliseconds after midnight of "06:30" or "06:30:15". */
export function timeOfDay(text: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.split(":").map(Number);
  return ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

/** "06:30:00" of milliseconds after midnight. */
export function timeOfDayText(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(11, 19);
}
