import assert from "node:assert/strict";
import { test } from "node:test";
import { doubleLongUnsigned, longUnsigned } from "@anymeter/dlms-cosem";
import {
  attributeValue,
  invokeMethod,
  meterOf,
  readRows,
  restarted,
  type TestMeter,
  writeAttribute,
} from "../../../testing/meters.ts";

const loadProfile = "1.0.99.1.0.255";
const daily = "1.0.99.2.0.255";
const minute = 60_000;
const hour = 60 * minute;
const now = Date.UTC(2026, 9, 28, 12, 7);

test("another capture period empties the buffer and captures at its multiples from then on", () => {
  const meter = meterOf("BOR", { now });
  assert.ok(readRows(meter, loadProfile).length > 400);
  assert.equal(writeAttribute(meter, 7, loadProfile, 4, doubleLongUnsigned(1800)), 0);
  assert.deepEqual([attributeValue(meter, 7, loadProfile, 4), attributeValue(meter, 7, loadProfile, 7)], [1800, 0]);
  assert.deepEqual(readRows(meter, loadProfile), []);
  meter.now += 2 * hour;
  assert.deepEqual(timesOf(meter), ["12:30", "13:00", "13:30", "14:00"]);
  assert.deepEqual(readRows(restarted(meter), loadProfile), readRows(meter, loadProfile));
  assert.equal(meter.meter.capturePeriod, 1800);
});

test("a finer period than the feeder's slots gives more rows of the same energy", () => {
  const coarse = meterOf("ALM", { now });
  const fine = meterOf("ALM", { now });
  writeAttribute(fine, 7, loadProfile, 4, doubleLongUnsigned(60));
  fine.now = coarse.now += hour;
  assert.equal(readRows(fine, loadProfile).length, 60);
  assert.equal(attributeValue(fine, 3, "1.0.1.8.0.255"), attributeValue(coarse, 3, "1.0.1.8.0.255"));
});

test("periods that no meter can keep, and what is no number, are refused and change nothing", () => {
  const meter = meterOf("BOR", { now });
  for (const seconds of [0, 30, 90, 7 * 60, 100_000]) {
    assert.equal(writeAttribute(meter, 7, loadProfile, 4, doubleLongUnsigned(seconds)), 250, `${seconds} s`);
  }
  assert.equal(writeAttribute(meter, 7, loadProfile, 4, { type: "visible-string", value: "900" }), 12);
  assert.equal(writeAttribute(meter, 7, "1.0.98.1.0.255", 4, doubleLongUnsigned(900)), 3, "filled by ends of periods");
  assert.ok(readRows(meter, loadProfile).length > 400);
});

test("a reset empties the buffer and keeps the period", () => {
  const meter = meterOf("FJL", { now });
  assert.equal(invokeMethod(meter, 7, loadProfile, 1), 0);
  meter.now += hour;
  assert.equal(readRows(meter, loadProfile).length, 4);
});

test("the daily profile may be captured more often, from local midnight on", () => {
  const meter = meterOf("BOR", { now });
  assert.equal(writeAttribute(meter, 7, daily, 4, longUnsigned(6 * 3600)), 0);
  meter.now += 24 * hour;
  assert.deepEqual(timesOf(meter, daily), ["17:00", "23:00", "05:00", "11:00"]);
});

test("the TPI-34G's rows of instantaneous values: one of now, and those it keeps twice a day", () => {
  const meter = meterOf("GLM", { now });
  const [row, ...others] = readRows(meter, "1.0.94.92.10.255");
  assert.deepEqual(others, []);
  assert.equal(row!.values.length, 17);
  assert.ok(Math.abs(row!.epochMilliseconds! - now) < 6_000);
  assert.deepEqual(timesOf(meter, "1.0.99.1.1.255").slice(-2), ["00:00", "12:00"]);
});

/** Hours and minutes UTC of a profile's rows. */
function timesOf(meter: TestMeter, logicalName = loadProfile): string[] {
  return readRows(meter, logicalName).map(({ epochMilliseconds }) =>
    new Date(epochMilliseconds!).toISOString().slice(11, 16),
  );
}
