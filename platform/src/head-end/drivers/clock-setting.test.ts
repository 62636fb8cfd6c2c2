import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { MeterSystemEvent } from "../../events/event-writer.ts";
import { RunFailure } from "../causes.ts";
import { type ClockContext, type ClockReading, driftOfWholeSeconds, setClock, timed } from "./clock-setting.ts";

/** A clock off by so many seconds, one reading after the other; it is set unless the meter refuses. */
function clockOff(drifts: readonly (number | undefined)[], refusal?: string) {
  const left = [...drifts];
  const written: ClockReading[] = [];
  const events: MeterSystemEvent[] = [];
  const told: unknown[] = [];
  const derived: unknown[] = [];
  const context = {
    call: {},
    device: { organizationNumber: 1, number: 2 },
    clock: { now: () => 5_000 },
    events: { write: async (more: readonly MeterSystemEvent[]) => void events.push(...more) },
    tellClock: (report: unknown) => told.push(report),
    derivedEvents: { tell: async (_: unknown, more: readonly unknown[]) => void derived.push(...more) },
  } as unknown as ClockContext;
  const read = async () => ({ driftSeconds: left.shift(), readAt: 4_000, halfRoundTrip: 10 });
  const write = async (shown: ClockReading) => {
    written.push(shown);
    return refusal;
  };
  return { context, clock: { read, write }, written, events, told, derived };
}
const notSet = (detail: RegExp) => (error: unknown) =>
  error instanceof RunFailure && error.code === "clock_not_set" && detail.test(error.detail ?? "");

describe("setting a clock", () => {
  test("one within what is allowed is reported and left alone", async () => {
    const { context, clock, written, events, told, derived } = clockOff([-29.9996]);
    const { outcome } = await setClock(context, 30, clock);
    assert.deepEqual(await outcome, { rowsRead: 1, result: { drift_seconds: -30, set: false } });
    assert.deepEqual([written.length, events.length, derived.length], [0, 0, 0]);
    assert.deepEqual(told, [{ driftSeconds: -29.9996, readAt: 4_000, set: false }]);
  });

  test("one that is off by more is set, read back, and an event tells it", async () => {
    const { context, clock, written, events, told, derived } = clockOff([31, 0.5]);
    const { outcome } = await setClock(context, 30, clock);
    assert.deepEqual((await outcome).result, { drift_seconds: 31, set: true, remaining_drift_seconds: 0.5 });
    assert.equal(written.length, 1);
    assert.deepEqual(derived, [{ code: 201, at: 5_000 }]);
    assert.deepEqual(told.at(-1), { driftSeconds: 31, readAt: 4_000, set: true });
    const content = "The clock was off by +31 s, more than the 30 s allowed; it was set.";
    assert.deepEqual(events, [
      { organizationNumber: 1, deviceNumber: 2, timestamp: 4_000, title: "Clock set", content },
    ]);
  });

  test("one that is set in any case makes an event only when it was visibly wrong", async () => {
    const slight = clockOff([1.5, 0]);
    assert.equal(
      ((await (await setClock(slight.context, undefined, slight.clock)).outcome).result as { set: boolean }).set,
      true,
    );
    assert.deepEqual([slight.written.length, slight.events.length], [1, 0]);
    const wrong = clockOff([-3, 0]);
    await (await setClock(wrong.context, undefined, wrong.clock)).outcome;
    assert.equal(wrong.events[0]!.content, "The clock was off by -3 s; it was set.");
  });

  test("a refusal is told with the drift, as an event too, and ends it", async () => {
    const { context, clock, events, told } = clockOff([60], "No right.");
    await assert.rejects(setClock(context, 30, clock), notSet(/^The clock is off by \+60 s\. No right\.$/));
    assert.deepEqual(
      events.map(({ title, content }) => [title, content]),
      [["Clock drift", "The clock was off by +60 s, more than the 30 s allowed; it was not set."]],
    );
    assert.equal(told.length, 1);
  });

  test("a write that may have been sent twice is judged by the clock, not by the refusal", async () => {
    const { context, clock } = clockOff([60, 0], "No right.");
    await (await setClock(context, 30, { ...clock, isReadAfterRefusal: true })).outcome;
    const unset = clockOff([60, 60], "No right.");
    await assert.rejects(setClock(unset.context, 30, { ...unset.clock, isReadAfterRefusal: true }), notSet(/No right/));
  });

  test("one that shows no usable time is set whatever is allowed, and the event says so", async () => {
    const { context, clock, events, told } = clockOff([undefined, 0.5]);
    const { outcome } = await setClock(context, 30, clock);
    assert.deepEqual((await outcome).result, { drift_seconds: null, set: true, remaining_drift_seconds: 0.5 });
    assert.equal(events[0]!.content, "The clock showed no usable time; it was set.");
    assert.deepEqual(told, [{ driftSeconds: 0.5, readAt: 4_000, set: true }]);
    const lost = clockOff([undefined, undefined]);
    await assert.rejects(
      setClock(lost.context, undefined, lost.clock),
      notSet(/^The clock shows no usable time\. It shows no usable time after it was set\.$/),
    );
  });

  test("a clock that is still off is not set, unless its resolution makes it so", async () => {
    const { context, clock } = clockOff([60, 3]);
    await assert.rejects(setClock(context, 0, clock), notSet(/still off by \+3 s after it was set/));
    const near = clockOff([60, 1.9]);
    await (await setClock(near.context, 0, near.clock)).outcome;
  });
});

test("a meter looked at its clock halfway between question and answer", async () => {
  let now = 1_000;
  const ask = async () => {
    now += 301;
    return "12:00";
  };
  assert.deepEqual(await timed({ now: () => now } as never, ask), {
    answer: "12:00",
    readAt: 1_151,
    halfRoundTrip: 151,
  });
});

test("a clock of whole seconds is half a second further, and the nearest of its meanings is meant", () => {
  assert.equal(driftOfWholeSeconds([10_000], 9_000), 1.5);
  assert.equal(driftOfWholeSeconds([3_600_000, 0], 10_000), -9.5);
});
