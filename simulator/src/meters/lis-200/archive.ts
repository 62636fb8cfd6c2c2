/** One archive of a device: its rows by days of the device's clock, computed when they are first asked for. */
import { eventText, type ServedArchive, type ServedColumn } from "@anymeter/lis-200";
import { dayMilliseconds, dayOf } from "../../calendar.ts";
import { seedFor, unit } from "../../random.ts";
import type { GasSupply } from "../../supply/gas-supply.ts";
import type { MeterClock } from "../meter-clock.ts";
import { isDaylightSaving, localTimeAt, type ZoneName, zoneOffset } from "../zone.ts";
import { type Column, columns, frameHeaders } from "./columns.ts";
import type { ArchiveModel, RowHabit } from "./models.ts";

export interface ArchiveSettings {
  readonly model: ArchiveModel;
  readonly habit: RowHabit;
  readonly zone: ZoneName;
  readonly supply: GasSupply;
  readonly clock: MeterClock;
  readonly seed: number;
  /** Milliseconds. */
  readonly measuringPeriod: number;
  readonly historyDays: number;
}

/** A moment at which a row is written. */
interface Due {
  /** What the clock shows, milliseconds UTC. */
  readonly time: number;
  readonly event: number;
}

type Row = readonly string[];

export class DeviceArchive {
  readonly columns: readonly ServedColumn[];
  readonly #settings: ArchiveSettings;
  readonly #measured: readonly Column[];
  /** Rows of days that are over and so never change. */
  readonly #days = new Map<number, readonly Row[]>();

  constructor(settings: ArchiveSettings) {
    const { model, habit } = settings;
    this.#settings = settings;
    this.#measured = model.columns.map((name) => columns[name]);
    this.columns = framed(this.#measured, habit.language);
  }

  /** @param now what the clock shows, milliseconds UTC */
  served(now: number, damagedEvery: number | undefined): ServedArchive {
    const { historyDays, habit, model } = this.#settings;
    const today = dayOf(now);
    const days = model.period === "month" ? Math.max(historyDays, monthsKept * 31) : historyDays;
    this.#forget(today - days);
    const rows: Row[] = [];
    for (let day = today - days; day <= today; day++) rows.push(...this.#rowsOf(day, now));
    return {
      columns: this.columns,
      rows: withRepeats(withDamage(rows, damagedEvery), habit.repeatsEvery),
      filler: habit.filled ? { between: "\x7f", behind: "   " } : undefined,
    };
  }

  /** @param now what the clock shows: a day that is not over stays open */
  prepareDay(day: number, now: number): void {
    this.#rowsOf(day, now);
  }

  #rowsOf(day: number, now: number): readonly Row[] {
    const known = this.#days.get(day);
    if (known) return known;
    const due = this.#due(day);
    const rows = due.flatMap((moment, index) => (moment.time <= now ? this.#row(day, index, moment) : []));
    // A day is whole when its clock has run past it; setting it back does not undo rows.
    if (now >= (day + 1) * dayMilliseconds) this.#days.set(day, rows);
    return rows;
  }

  #forget(oldest: number): void {
    for (const day of this.#days.keys()) if (day < oldest) this.#days.delete(day);
  }

  #due(day: number): readonly Due[] {
    const { model, habit, measuringPeriod, seed, zone } = this.#settings;
    const start = day * dayMilliseconds;
    if (model.period !== "measuring") {
      const time = start + gasDayStart - zoneOffset(zone, start + gasDayStart) * 60_000;
      const isFirst = new Date(start).getUTCDate() === 1;
      return model.period === "day" || isFirst ? [{ time, event: habit.event }] : [];
    }
    const regular = Array.from({ length: dayMilliseconds / measuringPeriod }, (_, index) => ({
      time: start + index * measuringPeriod,
      event: habit.event,
    }));
    if (!habit.extraRows) return regular;
    // Between two quarters and whole seconds: no measuring period ends there.
    const second = 1 + Math.floor(unit(seedFor(seed, "extra rows"), day) * 86_398);
    const time = start + (second % 900 === 0 ? second + 1 : second) * 1000;
    return [...regular, { time, event: extraEvent }].sort((one, other) => one.time - other.time);
  }

  /** None for a time that the clock was set past. */
  #row(day: number, index: number, { time, event }: Due): readonly Row[] {
    const { clock, supply, zone, model, habit, measuringPeriod } = this.#settings;
    const instant = clock.instantOf(time);
    if (instant === undefined) return [];
    const span = model.period === "measuring" ? measuringPeriod : dayMilliseconds;
    const state = { volumes: supply.volumes(instant), means: supply.means(instant - span, instant) };
    const rowsADay = model.period === "measuring" ? dayMilliseconds / measuringPeriod + Number(habit.extraRows) : 1;
    const globalNumber = (day - installed) * rowsADay + index + 1;
    const status = isDaylightSaving(zone, time) ? "16" : "0";
    return [
      [
        String(globalNumber),
        String(((globalNumber - 1) % archiveSize) + 1),
        localText(time, zone),
        ...this.#measured.map((column) => column.text(state)),
        "0",
        status,
        eventText(event),
        "CRC Ok",
      ],
    ];
  }
}

/** What a clock of the zone shows, as the device writes it. */
export function localText(time: number, zone: ZoneName): string {
  return localTimeAt(zone, time).replace("T", ",");
}

function framed(measured: readonly Column[], language: RowHabit["language"]): readonly ServedColumn[] {
  const { globalNumber, archiveNumber, time, event } = frameHeaders[language];
  return [
    { header: globalNumber },
    { header: archiveNumber },
    { header: time, source: "01:0400.0" },
    ...measured.map(({ headers, unit, source }) => ({ header: headers[language], unit, source })),
    { header: "St.2", source: "02:0110.0" },
    { header: "StSy", source: "02:0100.0" },
    { header: event },
    { header: "Check" },
  ];
}

function withRepeats(rows: readonly Row[], every: number | undefined): readonly Row[] {
  return every === undefined ? rows : rows.flatMap((row, index) => ((index + 1) % every === 0 ? [row, row] : [row]));
}

function withDamage(rows: readonly Row[], every: number | undefined): readonly Row[] {
  if (every === undefined) return rows;
  return rows.map((row, index) => ((index + 1) % every === 0 ? row.with(-1, "CRC Error") : row));
}

/** The gas day begins at six in the morning. */
const gasDayStart = 6 * 3_600_000;
/** Seen between the regular rows of real devices. */
const extraEvent = 0x8203;
/** Rows are counted from the first of January 2020. */
const installed = dayOf(Date.UTC(2020, 0, 1));
/** Rows of the ring in which archive numbers count. */
const archiveSize = 9_000;
const monthsKept = 15;
