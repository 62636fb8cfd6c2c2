import assert from "node:assert/strict";
import { test } from "node:test";
import { type ScheduleEntry, scheduleValues } from "@anymeter/dlms-cosem";
import {
  attributeValue,
  dataOf,
  invokeMethod,
  meterOf,
  readAttribute,
  restarted,
  type TestMeter,
  writeAttribute,
} from "../../../testing/meters.ts";

const schedule = "0.0.12.0.0.255";
const relay = "0.0.96.3.10.255";
const hour = 3_600_000;
/** A Monday, ten in the morning. The Aldermark keeps UTC. */
const now = Date.UTC(2026, 10, 2, 10);

test("slabs switch every day between their dates, and nothing before or after", () => {
  const meter = programmed("ALM", [off(1, 12), on(2, 14)], { from: 3, to: 4 });
  const states = [13, 37, 39, 61, 85].map((hours) => connectedAt(meter, hours - 10));
  assert.deepEqual(states, [true, false, true, false, true]);
  assert.deepEqual(spansOf(meter), [
    ["03 12:00", "03 14:00"],
    ["04 12:00", "04 14:00"],
  ]);
});

test("what nobody looked at for days happened at its times, the same as what was watched", () => {
  const watched = programmed("BOR", [off(1, 12), on(2, 14)], { from: 2, to: 9 });
  const left = programmed("BOR", [off(1, 12), on(2, 14)], { from: 2, to: 9 });
  for (let hours = 0; hours < 100; hours++) connectedAt(watched, hours);
  connectedAt(left, 99);
  assert.deepEqual(left.memory.disconnections, watched.memory.disconnections);
  assert.deepEqual(left.memory.events, watched.memory.events);
  assert.equal(attributeValue(left, 3, "1.0.1.8.0.255"), attributeValue(watched, 3, "1.0.1.8.0.255"));
});

test("a slab of today whose time has passed waits for tomorrow", () => {
  const meter = meterOf("ALM", { now });
  connectedAt(meter, 1);
  connectedAt(meter, 5);
  insert(meter, off(1, 12));
  assert.equal(connectedAt(meter, 6), true);
  assert.equal(connectedAt(meter, 26.1), false);
});

test("times are those of the meter's own zone", () => {
  const meter = programmed("BOR", [off(1, 12), on(2, 14)], { from: 2, to: 2 });
  connectedAt(meter, 12);
  assert.deepEqual(spansOf(meter), [["02 11:00", "02 13:00"]], "an hour east of Greenwich in winter");
});

test("a relay that was operated by hand is switched by the next slab", () => {
  const meter = programmed("ALM", [off(1, 12), on(2, 14)], { from: 2, to: 9 });
  connectedAt(meter, 2.5);
  assert.equal(invokeMethod(meter, 70, relay, 2), 0);
  assert.equal(connectedAt(meter, 3), true);
  assert.equal(connectedAt(meter, 26.5), false, "tomorrow's slab");
  invokeMethod(meter, 70, relay, 2);
  assert.equal(invokeMethod(meter, 70, relay, 1), 0);
  assert.equal(connectedAt(meter, 29), true, "and tomorrow's other one");
});

test("a make with a button is released by the schedule, and closed by whoever presses it", () => {
  const meter = programmed("ELV", [off(1, 12), on(2, 14)], { from: 2, to: 2 });
  assert.equal(connectedAt(meter, 5), false);
  assert.equal(attributeValue(meter, 70, relay, 3), 2);
  assert.equal(meter.meter.pressButton(), true);
});

test("weekdays, disabled entries and a schedule that was deleted are kept to", () => {
  const meter = meterOf("ALM", { now });
  insert(meter, { ...off(1, 12), execWeekdays: "0000011" });
  insert(meter, { ...off(2, 13), enable: false });
  assert.equal(connectedAt(meter, 4 * 24), true, "Friday");
  assert.equal(connectedAt(meter, 5 * 24 + 3), false, "Saturday at noon");
  invokeMethod(meter, 70, relay, 2);
  const all = { firstIndex: 1, lastIndex: 2 };
  assert.equal(invokeMethod(meter, 10, schedule, 3, scheduleValues.delete.toData(all)), 0);
  assert.deepEqual(dataOf(readAttribute(meter, 10, schedule, 2)).value, []);
  assert.equal(connectedAt(meter, 14 * 24), true);
});

test("entries are enabled and disabled by ranges, and come back as they were written", () => {
  const meter = meterOf("ALM", { now });
  for (const entry of [off(3, 12), on(1, 14), off(2, 16)]) insert(meter, entry);
  const ranges = { firstIndexA: 2, lastIndexA: 3, firstIndexB: 3, lastIndexB: 3 };
  assert.equal(invokeMethod(meter, 10, schedule, 1, scheduleValues.enableDisable.toData(ranges)), 0);
  const shown = scheduleValues.entries.fromData(dataOf(readAttribute(restarted(meter), 10, schedule, 2)));
  assert.deepEqual(shown, [on(1, 14), { ...off(2, 16), enable: false }, off(3, 12)]);
});

test("an entry that names no script of the meter or no time is refused", () => {
  const meter = meterOf("ALM", { now });
  assert.equal(insert(meter, { ...off(1, 12), scriptSelector: 7 }), 250);
  assert.equal(insert(meter, { ...off(1, 12), switchTime: {} }), 250);
  assert.equal(writeAttribute(meter, 10, schedule, 2, { type: "unsigned", value: 1 }), 12);
});

test("a clock that is set past a slab does what it passed when the slab is still valid, and only then", () => {
  const strict = programmed("ALM", [{ ...off(1, 12), validityWindow: 10 }], { from: 2, to: 9 });
  strict.meter.setClock(now + 3 * hour);
  assert.equal(strict.meter.isConnected, true);
  const lenient = programmed("ALM", [off(1, 12)], { from: 2, to: 9 });
  lenient.meter.setClock(now + 3 * hour);
  assert.equal(lenient.meter.isConnected, false);
  assert.ok(Math.abs(lenient.memory.disconnections[0]!.from - now) < 1);
});

test("the TPI-34G's script 11 empties the schedule, and its entries name its own table", () => {
  const meter = meterOf("GLM", { now });
  assert.equal(insert(meter, { ...off(1, 12), scriptLogicalName: "0.0.10.0.0.255" }), 0);
  assert.equal(insert(meter, { ...off(31, 12), scriptLogicalName: "0.0.10.0.0.255" }), 250, "at most thirty");
  assert.equal(connectedAt(meter, 3), false);
  const script = { type: "long-unsigned", value: 11 } as const;
  assert.equal(invokeMethod(meter, 9, "0.0.10.0.0.255", 1, script), 0);
  assert.deepEqual(dataOf(readAttribute(meter, 10, schedule, 2)).value, []);
  assert.deepEqual(
    meter.memory.events.map(({ code }) => code).filter((code) => code !== billingReset),
    [304, 203, 325],
  );
});

const billingReset = 101;

/** A meter that got the entries, with these days of November. */
function programmed(flag: string, entries: readonly ScheduleEntry[], { from, to }: { from: number; to: number }) {
  const meter = meterOf(flag, { now });
  const dates = { beginDate: date(from), endDate: date(to) };
  for (const entry of entries) assert.equal(insert(meter, { ...entry, ...dates }), 0);
  return meter;
}

function insert(meter: TestMeter, entry: ScheduleEntry): number {
  return invokeMethod(meter, 10, schedule, 2, scheduleValues.insert.toData(entry));
}

function off(index: number, hour: number): ScheduleEntry {
  return {
    ...{ index, enable: true, scriptLogicalName: "0.0.10.0.106.255", scriptSelector: 1, validityWindow: 0xffff },
    switchTime: { hour, minute: 0, second: 0, hundredths: 0 },
    ...{ execWeekdays: "1111111", execSpecdays: "", beginDate: date(1), endDate: date(30) },
  };
}

function on(index: number, hour: number): ScheduleEntry {
  return { ...off(index, hour), scriptSelector: 2 };
}

function date(dayOfNovember: number) {
  return { year: 2026, month: 11, day: dayOfNovember };
}

/** Moves the time to so many hours after the beginning. */
function connectedAt(meter: TestMeter, hours: number): boolean {
  meter.now = now + hours * hour;
  return attributeValue(meter, 70, relay) as boolean;
}

/** Day and time of the meter's openings, UTC, by a clock that is seconds off. */
function spansOf({ memory }: TestMeter): string[][] {
  const text = (instant: number) =>
    new Date(Math.round(instant / 60_000) * 60_000).toISOString().slice(8, 16).replace("T", " ");
  return memory.disconnections.map(({ from, to }) => [from, to!].map(text));
}
