import assert from "node:assert/strict";
import { test } from "node:test";
import { MeterClock, RememberedClock } from "./meter-clock.ts";
import type { MeterMemoryCell } from "./simulated-meter.ts";

const noon = Date.UTC(2026, 9, 26, 12);
const minute = 60_000;
const quarter = 15 * minute;

test("a clock never set keeps its error within the seconds its crystal wanders", () => {
  const clock = new MeterClock(3, 7 * minute);
  for (let day = 0; day < 120; day++) {
    const error = clock.time(noon + day * 86_400_000) - (noon + day * 86_400_000) - 7 * minute;
    assert.ok(Math.abs(error) <= 5_000, `${error}`);
  }
});

test("a time leads back to the instant at which it was shown", () => {
  const clock = new MeterClock(3, 7 * minute);
  for (let instant = noon; instant < noon + 86_400_000; instant += 3_333_333) {
    assert.ok(Math.abs(clock.instantOf(clock.time(instant))! - instant) < 1e-3);
  }
});

test("after being set the clock is right, and earlier times stay where they were", () => {
  const clock = new MeterClock(3, 7 * minute);
  const before = clock.instantOf(noon)!;
  clock.set(noon, noon);
  assert.equal(clock.time(noon), noon);
  assert.ok(Math.abs(clock.time(noon + 86_400_000) - noon - 86_400_000) < 2_000);
  assert.equal(clock.instantOf(noon), before, "noon was shown seven minutes early, and is not captured again");
  assert.ok(Math.abs(clock.instantOf(noon + quarter)! - noon - quarter) < 100);
});

test("times the clock was set past were never shown", () => {
  const clock = new MeterClock(3, 0);
  clock.set(noon + 2 * quarter, noon + minute);
  assert.equal(clock.instantOf(noon + quarter), undefined);
  assert.notEqual(clock.instantOf(noon), undefined);
  assert.notEqual(clock.instantOf(noon + 3 * quarter), undefined);
});

test("what was remembered makes the same clock again", () => {
  const clock = new MeterClock(3, 7 * minute);
  const adjustment = clock.set(noon, noon);
  const again = new MeterClock(3, 7 * minute, [adjustment]);
  assert.equal(again.time(noon + 5_000_000), clock.time(noon + 5_000_000));
  assert.ok(again.wasSetBetween(noon - 1, noon) && !again.wasSetBetween(noon, noon + quarter));
});

test("a remembered clock is set in the meter's memory, which keeps the last hundred times", () => {
  let stored: { clockAdjustments?: unknown[] } = {};
  const urgencies: string[] = [];
  const cell: MeterMemoryCell = {
    state: (fresh) => {
      stored = { ...fresh, ...stored };
      return stored as never;
    },
    remember: (urgency) => urgencies.push(urgency),
  };
  const clock = new RememberedClock(3, 7 * minute, cell);
  for (let times = 0; times < 101; times++) clock.set(noon + times, noon + times);
  assert.deepEqual([stored.clockAdjustments!.length, urgencies[100]], [100, "now"]);
  assert.equal(new RememberedClock(3, 7 * minute, cell).time(noon + 5_000_000), clock.time(noon + 5_000_000));
});

test("tells when a time comes next, or was passed by setting the clock", () => {
  const clock = new MeterClock(3, 0);
  const first = clock.instantOf(noon)!;
  assert.deepEqual(clock.passing(noon, first - minute), { instant: first, missedBy: 0 });
  assert.equal(clock.passing(noon, first), undefined, "it has passed");
  clock.set(noon - quarter, first + minute);
  const again = clock.passing(noon, first + minute)!;
  assert.ok(Math.abs(again.instant - first - minute - quarter) < 100, "set back, it comes again");
  const jumped = first + 2 * minute;
  clock.set(noon + quarter, jumped);
  assert.deepEqual(clock.passing(noon, jumped - 1), { instant: jumped, missedBy: clock.time(jumped) - noon });
  assert.equal(clock.passing(noon, jumped), undefined);
});
