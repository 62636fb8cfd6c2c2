/**
 * The event log: what the supply did (from the feeder, so the same after a restart) and what was done to the meter
 * (remembered).
 */
import { dayMilliseconds, dayOf } from "../../../calendar.ts";
import { type EventCodes, type EventName, eventCode } from "../event-codes.ts";
import type { ClockHabit } from "../makes.ts";
import type { Measurements } from "../measurements.ts";
import { type CaptureObject, clockColumn, type EncodedRows, type RowStore } from "./row-store.ts";
import { RowWriter } from "./row-writer.ts";

/** `time` is of the meter's clock, milliseconds UTC. */
export interface LoggedEvent {
  readonly time: number;
  readonly code: number;
}

export const eventCodeColumn: CaptureObject = { classId: 1, logicalName: "0.0.96.11.0.255", attribute: 2 };

export interface EventLogSettings {
  readonly measurements: Measurements;
  readonly clock: ClockHabit;
  readonly codes: EventCodes;
  /** What the meter remembers from earlier, and keeps. */
  readonly memory: { events: readonly LoggedEvent[] };
  /** How far back the log reaches. */
  readonly days: number;
}

export class EventLog implements RowStore {
  readonly columns: readonly CaptureObject[];
  readonly sort = "fifo";
  readonly capturePeriod = 0;
  readonly capacity = 512;
  readonly compressed = false;
  readonly #measurements: Measurements;
  readonly #clockHabit: ClockHabit;
  readonly #codes: EventCodes;
  readonly #memory: EventLogSettings["memory"];
  readonly #retention: number;
  /** Voltage events of whole true days. */
  readonly #voltageEvents = new Map<number, readonly LoggedEvent[]>();
  #version = 0;

  constructor({ measurements, clock, codes, memory, days }: EventLogSettings) {
    this.#measurements = measurements;
    this.#clockHabit = clock;
    this.#codes = codes;
    this.#memory = memory;
    this.#retention = days * dayMilliseconds;
    // Meters that log UDIL's codes capture the code before the clock.
    this.columns = codes === "udil" ? [eventCodeColumn, clockColumn] : [clockColumn, eventCodeColumn];
  }

  /** Remembers an event at a time of the meter's clock; one that its codes lack is not logged. */
  record(event: EventName, time: number): void {
    const code = eventCode(this.#codes, event);
    if (code === undefined) return;
    const logged = { time: Math.floor(time), code };
    this.#memory.events = [...this.#memory.events, logged].slice(-recordedLimit);
  }

  /** Remembers an event unless it is the one remembered last, not long ago. */
  recordOnce(event: EventName, time: number): void {
    const { last } = this;
    const isKnown =
      last !== undefined && last.code === eventCode(this.#codes, event) && time - last.time < sameEventMilliseconds;
    if (!isKnown) this.record(event, time);
  }

  /** The last event that was recorded. */
  get last(): LoggedEvent | undefined {
    return this.#memory.events.at(-1);
  }

  /** What was recorded stands in the log even when the clock was set back since and it lies ahead. */
  span(): { oldest: number; newest: number } {
    const now = this.#measurements.clockTime();
    const newest = this.#memory.events.reduce((latest, { time }) => Math.max(latest, time), now);
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
      if (this.columns[column] === clockColumn) writer.clock(event.time, this.#clockHabit);
      else writer.cell(eventCodeType(this.#codes), event.code);
    }
  }

  /** Events of a UTC day of the meter's clock; its days are the true ones but for minutes, so neighbours are looked at. */
  #events(day: number): LoggedEvent[] {
    const start = day * dayMilliseconds;
    const now = this.#measurements.clockTime();
    return [day - 1, day, day + 1]
      .flatMap((trueDay) => [...this.#supplyEvents(trueDay), ...this.#dayVoltageEvents(trueDay)])
      .filter(({ time }) => time <= now)
      .concat(this.#memory.events)
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
        ...(inDay(from) ? this.#at(from, "power-down") : []),
        ...(inDay(to) ? this.#at(to, "power-up") : []),
      ]);
  }

  #dayVoltageEvents(day: number): readonly LoggedEvent[] {
    const { version } = this.#measurements;
    if (this.#version !== version) {
      const changed = this.#measurements.changedSince(this.#version);
      for (const known of this.#voltageEvents.keys()) if (known >= changed) this.#voltageEvents.delete(known);
      this.#version = version;
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
        const before = states[phase]!;
        if (state !== before && before !== "normal") events.push(...this.#at(start, voltageEvents[before].end, line));
        if (state !== before && state !== "normal") events.push(...this.#at(start, voltageEvents[state].begin, line));
        states[phase] = state;
        line++;
      });
    }
    return events;
  }

  #at(instant: number, event: EventName, line = 0): readonly LoggedEvent[] {
    const code = eventCode(this.#codes, event, line);
    return code === undefined ? [] : [{ time: Math.round(this.#measurements.clock.time(instant)), code }];
  }
}

/** The type of the code in the log and in its object. */
export function eventCodeType(codes: EventCodes): "unsigned" | "long-unsigned" {
  return codes === "udil" ? "long-unsigned" : "unsigned";
}

type VoltageState = "normal" | "sag" | "swell";

const voltageEvents = {
  sag: { begin: "voltage-sag", end: "voltage-sag-over" },
  swell: { begin: "voltage-swell", end: "voltage-swell-over" },
} as const satisfies Record<Exclude<VoltageState, "normal">, { begin: EventName; end: EventName }>;

/** Below half of it the meter itself is without supply: that is a power failure and logged as one. */
function voltageState(volts: number): VoltageState {
  if (volts > 253) return "swell";
  return volts < 207 && volts > 115 ? "sag" : "normal";
}

const quarterHour = 900_000;
const sameEventMilliseconds = 60_000;
const recordedLimit = 500;
