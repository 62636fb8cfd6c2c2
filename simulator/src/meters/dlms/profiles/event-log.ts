/**
 * The event log: what the supply did (from the feeder, so the same after a restart) and what was done to the meter
 * (remembered). Codes are those of the standard event log of IDIS.
 */
import { dayMilliseconds, dayOf } from "../../../calendar.ts";
import type { ClockHabit } from "../makes.ts";
import type { Measurements } from "../measurements.ts";
import { type CaptureObject, clockColumn, type EncodedRows, type RowStore } from "./row-store.ts";
import { RowWriter } from "./row-writer.ts";

export const eventCodes = {
  "power-down": 1,
  "power-up": 2,
  "clock-adjusted-from": 4,
  "clock-adjusted-to": 5,
  "voltage-sag": 76,
  "voltage-swell": 79,
  "voltage-normal": 85,
  "remote-disconnection": 62,
  "remote-connection": 63,
} as const;

/** `time` is of the meter's clock, milliseconds UTC. */
export interface LoggedEvent {
  readonly time: number;
  readonly code: number;
}

export const eventCodeColumn: CaptureObject = { classId: 1, logicalName: "0.0.96.11.0.255", attribute: 2 };

export class EventLog implements RowStore {
  readonly columns = [clockColumn, eventCodeColumn];
  readonly sort = "fifo";
  readonly capturePeriod = 0;
  readonly capacity = 512;
  readonly compressed = false;
  readonly #measurements: Measurements;
  readonly #clockHabit: ClockHabit;
  readonly #recorded: LoggedEvent[];
  readonly #retention: number;
  /** Voltage events of whole true days. */
  readonly #voltageEvents = new Map<number, readonly LoggedEvent[]>();
  #version = -1;

  /** `recorded` is what the meter remembers from earlier; `days` how far back the log reaches. */
  constructor(measurements: Measurements, clockHabit: ClockHabit, recorded: readonly LoggedEvent[], days: number) {
    this.#measurements = measurements;
    this.#clockHabit = clockHabit;
    this.#recorded = [...recorded];
    this.#retention = days * dayMilliseconds;
  }

  /** Remembers an event. Returns all that is remembered now. */
  record(event: LoggedEvent): readonly LoggedEvent[] {
    this.#recorded.push(event);
    if (this.#recorded.length > recordedLimit) this.#recorded.shift();
    return this.#recorded;
  }

  /** What was recorded stands in the log even when the clock was set back since and it lies ahead. */
  span(): { oldest: number; newest: number } {
    const now = this.#measurements.clockTime();
    const newest = this.#recorded.reduce((latest, { time }) => Math.max(latest, time), now);
    return { oldest: now - this.#retention, newest };
  }

  times(day: number): readonly number[] {
    return this.#events(day).map(({ time }) => time);
  }

  encoded(day: number): EncodedRows {
    const writer = new RowWriter();
    const events = this.#events(day);
    const offsets = new Uint32Array(events.length + 1);
    events.forEach((event, index) => {
      this.#write(writer, event, [0, 1]);
      offsets[index + 1] = writer.length;
    });
    return { offsets, bytes: writer.finish() };
  }

  encodeAlone(day: number, index: number, columns: readonly number[]): Uint8Array {
    const writer = new RowWriter();
    this.#write(writer, this.#events(day)[index]!, columns);
    return writer.finish();
  }

  #write(writer: RowWriter, event: LoggedEvent, columns: readonly number[]): void {
    writer.structure(columns.length);
    for (const column of columns) {
      if (column === 0) writer.clock(event.time, this.#clockHabit);
      else writer.cell("unsigned", event.code);
    }
  }

  /** Events of a UTC day of the meter's clock; its days are the true ones but for minutes, so neighbours are looked at. */
  #events(day: number): LoggedEvent[] {
    const start = day * dayMilliseconds;
    const now = this.#measurements.clockTime();
    return [day - 1, day, day + 1]
      .flatMap((trueDay) => [...this.#supplyEvents(trueDay), ...this.#dayVoltageEvents(trueDay)])
      .filter(({ time }) => time <= now)
      .concat(this.#recorded)
      .filter(({ time }) => time >= start && time < start + dayMilliseconds)
      .sort((one, other) => one.time - other.time || one.code - other.code);
  }

  #supplyEvents(day: number): LoggedEvent[] {
    const start = day * dayMilliseconds;
    const end = start + dayMilliseconds;
    const inDay = (instant: number) => instant >= start && instant < end;
    return this.#measurements.supply
      .interruptions(start, end)
      .flatMap(({ from, to }) => [
        ...(inDay(from) ? [this.#at(from, eventCodes["power-down"])] : []),
        ...(inDay(to) ? [this.#at(to, eventCodes["power-up"])] : []),
      ]);
  }

  #dayVoltageEvents(day: number): readonly LoggedEvent[] {
    if (this.#version !== this.#measurements.version) {
      this.#voltageEvents.clear();
      this.#version = this.#measurements.version;
    }
    const known = this.#voltageEvents.get(day);
    if (known !== undefined) return known;
    const today = dayOf(this.#measurements.now());
    if (day > today) return [];
    const events = this.#findVoltageEvents(day);
    this.#voltageEvents.set(day, events);
    if (this.#voltageEvents.size > this.#retention / dayMilliseconds + 4) {
      this.#voltageEvents.delete(Math.min(...this.#voltageEvents.keys()));
    }
    return events;
  }

  /** Where a phase's mean of a quarter of an hour leaves 230 V ± 10 % (EN 50160) and where it comes back. */
  #findVoltageEvents(day: number): LoggedEvent[] {
    const { supply } = this.#measurements;
    const events: LoggedEvent[] = [];
    const states: VoltageState[] = ["normal", "normal", "normal"];
    for (let start = day * dayMilliseconds; start < (day + 1) * dayMilliseconds; start += quarterHour) {
      const { volts } = supply.means(start, start + quarterHour);
      let line = 0;
      supply.phases.forEach((connected, phase) => {
        if (!connected) return;
        const state = voltageState(volts[phase]!);
        if (state !== states[phase]) events.push(this.#at(start, voltageCodes[state] + line));
        states[phase] = state;
        line++;
      });
    }
    return events;
  }

  #at(instant: number, code: number): LoggedEvent {
    return { time: Math.round(this.#measurements.clock.time(instant)), code };
  }
}

type VoltageState = "normal" | "sag" | "swell";

const voltageCodes: Record<VoltageState, number> = {
  sag: eventCodes["voltage-sag"],
  swell: eventCodes["voltage-swell"],
  normal: eventCodes["voltage-normal"],
};

/** Below half of it the meter itself is without supply: that is a power failure and logged as one. */
function voltageState(volts: number): VoltageState {
  if (volts > 253) return "swell";
  return volts < 207 && volts > 115 ? "sag" : "normal";
}

const quarterHour = 900_000;
const recordedLimit = 500;
