/**
 * The load profile of a meter: average powers of intervals by its clock, with the status of what happened in them. Gaps of
 * power failures and of a clock that was set forward have no rows.
 */
import { scale } from "@anymeter/sans-io";
import { dayMilliseconds, dayOf } from "../../calendar.ts";
import type { SupplyPoint } from "../../supply/supply-point.ts";
import type { MeterClock } from "../meter-clock.ts";
import { type ZoneName, zoneOffset } from "../zone.ts";
import { localDigits, seasonDigit } from "./local-time.ts";
import { profileColumns } from "./registers.ts";

export interface LoadProfileSettings {
  readonly supply: SupplyPoint;
  readonly clock: MeterClock;
  readonly zone: ZoneName;
  /** Milliseconds. */
  readonly period: number;
  readonly historyDays: number;
}

interface Row {
  /** End of the interval by the meter's clock, milliseconds UTC. */
  readonly time: number;
  readonly status: number;
  readonly values: readonly string[];
}

/** Bits of the status word. */
const status = { powerFailure: 0x80, powerReturn: 0x40, clockSet: 0x20, seasonChange: 0x08, disturbed: 0x04 };

export class MeterLoadProfile {
  readonly #settings: LoadProfileSettings;
  /** Rows of days that are over, as long as nothing changed them. */
  readonly #days = new Map<number, { readonly version: number; readonly rows: readonly Row[] }>();

  constructor(settings: LoadProfileSettings) {
    this.#settings = settings;
  }

  /** Lines of the rows between two times by the meter's clock (milliseconds UTC), both inclusive, headers among them. */
  lines(from: number, to: number, now: number): readonly string[] {
    const today = dayOf(now);
    const first = Math.max(dayOf(from), today - this.#settings.historyDays);
    const rows: Row[] = [];
    for (let day = first; day <= Math.min(dayOf(to), today); day++) rows.push(...this.#rowsOf(day, now));
    const asked = rows.filter(({ time }) => time >= from && time <= to);
    return asked.flatMap((row, index) => this.#linesOf(row, asked[index - 1]));
  }

  prepareDay(day: number, now: number): void {
    this.#rowsOf(day, now);
  }

  #linesOf(row: Row, before: Row | undefined): readonly string[] {
    const { zone, period } = this.#settings;
    const line = row.values.map((value) => `(${value})`).join("");
    const isNewDay = localDigits(zone, row.time).slice(6, 12) === firstOfDay(period);
    const continues = before && row.time - before.time === period && row.status === before.status && !isNewDay;
    return continues ? [line] : [this.#header(row), line];
  }

  #header({ time, status }: Row): string {
    const { zone, period } = this.#settings;
    const columns = profileColumns.map(({ address, unit }) => `(${address})(${unit})`).join("");
    const word = status.toString(16).toUpperCase().padStart(2, "0");
    const digits = seasonDigit(zone, time) + localDigits(zone, time);
    return `P.01(${digits})(${word})(${period / 60_000})(${profileColumns.length})${columns}`;
  }

  #rowsOf(day: number, now: number): readonly Row[] {
    const { version } = this.#settings.supply;
    const known = this.#days.get(day);
    if (known?.version === version) return known.rows;
    const { period } = this.#settings;
    const rows: Row[] = [];
    for (let time = day * dayMilliseconds; time < (day + 1) * dayMilliseconds && time <= now; time += period) {
      const row = this.#row(time);
      if (row) rows.push(row);
    }
    // A day is whole when the clock has run past it; setting it back does not undo rows.
    if (now >= (day + 1) * dayMilliseconds) this.#days.set(day, { version, rows });
    return rows;
  }

  /** None for a time that the clock was set past, and for an interval without power. */
  #row(time: number): Row | undefined {
    const { clock, supply, zone, period } = this.#settings;
    const end = clock.instantOf(time);
    if (end === undefined) return undefined;
    const start = end - period;
    const outages = supply.interruptions(start, end).filter(({ from, to }) => from < end && to > start);
    if (outages.some(({ from, to }) => from <= start && to >= end)) return undefined;
    const [before, after] = [supply.registers(start), supply.registers(end)];
    const values = profileColumns.map(({ of }) => averagePower(after[of] - before[of], period));
    let word = 0;
    if (outages.some(({ from }) => from >= start)) word |= status.powerFailure | status.disturbed;
    if (outages.some(({ to }) => to <= end)) word |= status.powerReturn | status.disturbed;
    if (clock.wasSetBetween(start, end)) word |= status.clockSet | status.disturbed;
    if (zoneOffset(zone, time) !== zoneOffset(zone, time - period)) word |= status.seasonChange;
    return { time, status: word, values };
  }
}

/** Kilowatts, with watts behind the point. */
function averagePower(wattHours: number, period: number): string {
  return scale(Math.round((wattHours * 3_600_000) / period), -3);
}

/** The digits hhmmss of the end of a day's first interval. */
function firstOfDay(period: number): string {
  return new Date(period).toISOString().slice(11, 19).replaceAll(":", "");
}
