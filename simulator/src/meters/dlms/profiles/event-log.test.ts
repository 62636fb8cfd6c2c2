import assert from "node:assert/strict";
import { test } from "node:test";
import { captureObjectsOf, columnValue, meterOf, readRows, type TestMeter } from "../../../testing/meters.ts";

const name = "0.0.99.98.0.255";
const now = Date.UTC(2026, 9, 26, 12, 7);
const day = 86_400_000;

test("a power failure is logged when it began and when it ended", () => {
  const meter = meterOf("ALM", { now });
  const [interruption] = meter.supply.interruptions(now - 400 * day, now).slice(-1);
  assert.ok(interruption, "a year without any interruption");
  meter.now = interruption.to + 3_600_000;
  const events = read(meter).filter(({ code }) => code < 3);
  assert.deepEqual(
    events.map(({ code }) => code),
    [1, 2],
  );
  assert.ok(Math.abs(events[0]!.time - interruption.from) < 6_000);
  assert.ok(Math.abs(events[1]!.time - interruption.to) < 6_000);
});

test("setting the clock logs the old time and the new", () => {
  const meter = meterOf("BOR", { now, clockError: 7 * 60_000 });
  const old = meter.meter.clockTime;
  meter.meter.setClock(now);
  const events = read(meter).filter(({ code }) => code === 4 || code === 5);
  assert.deepEqual(
    events.map(({ code }) => code),
    [5, 4],
    "by time: the new one is the earlier",
  );
  assert.ok(Math.abs(events[0]!.time - now) < 1_000 && Math.abs(events[1]!.time - old) < 1_000);
});

test("a failing joint shows as undervoltage of its phase, and as normal again", () => {
  const meter = meterOf("DLF", { now });
  assert.deepEqual(
    read(meter).filter(({ code }) => code >= 76),
    [],
  );
  meter.supply.setJointFaults([{ kind: "intermittent", leg: "b", from: now - 9 * day, ohms: 8, share: 0.5, seed: 4 }]);
  const codes = new Set(read(meter).map(({ code }) => code));
  assert.deepEqual([...codes].sort(), [77, 86], "phase 2 alone");
});

test("events that were remembered are there after a restart", () => {
  const meter = meterOf("BOR", { now });
  meter.meter.operation.operateSwitch("open", "remote");
  meter.now += 60_000;
  meter.meter.operation.operateSwitch("close", "remote");
  meter.now += 60_000;
  const again = meterOf("BOR", { now: meter.now, memory: structuredClone(meter.memory) });
  assert.deepEqual(read(again), read(meter));
  assert.deepEqual(
    read(again)
      .filter(({ code }) => code === 62 || code === 63)
      .map(({ code }) => code),
    [62, 63],
  );
});

function read(meter: TestMeter): { time: number; code: number }[] {
  const columns = captureObjectsOf(meter, name);
  return readRows(meter, name).map((row) => ({
    time: row.epochMilliseconds!,
    code: columnValue(row, columns, "0.0.96.11.0.255"),
  }));
}
