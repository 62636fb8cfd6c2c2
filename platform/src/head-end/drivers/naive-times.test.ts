import assert from "node:assert/strict";
import { test } from "node:test";
import { instantOfNaive, instantsOfNaive, lowerLimitAt, naiveTimeAt, upperLimitAt } from "./naive-times.ts";
import { zoneOffsetsOf } from "./zone-offsets.ts";

const berlin = zoneOffsetsOf("Europe/Berlin");
/** Summer time ended on 2025-10-26 at 01:00 UTC: from 02:00 to 03:00 by the clock came twice. */
const change = Date.UTC(2025, 9, 26, 1);
const quarter = 900_000;
/** 02:30, the first time and the second time. */
const [inFirst, inSecond] = [change - 2 * quarter, change + 2 * quarter];

test("a time names one instant, or two in the hour that comes twice", () => {
  assert.deepEqual(instantsOfNaive("2025-10-26T02:30:00", berlin), [inSecond, inFirst]);
  assert.deepEqual(instantsOfNaive("2025-10-26T03:30:00", berlin), [change + 6 * quarter]);
  assert.deepEqual(instantsOfNaive("2020-01-15T06:00:00", zoneOffsetsOf("Etc/GMT-2")), [Date.UTC(2020, 0, 15, 4)]);
});

test("who does not know the pass is given the first", () => {
  assert.equal(instantOfNaive("2025-10-26T02:30:00", berlin), inFirst);
  assert.equal(instantOfNaive("2025-10-26T02:30:00", berlin, false), inSecond);
});

test("a clock shows whole seconds", () => {
  assert.equal(naiveTimeAt(inSecond + 999, berlin), "2025-10-26T02:30:00");
});

test("limits in the hour that comes twice reach over both passes", () => {
  assert.equal(lowerLimitAt(inFirst, berlin), "2025-10-26T01:30:00");
  assert.equal(lowerLimitAt(inSecond, berlin), "2025-10-26T02:30:00");
  assert.equal(upperLimitAt(inFirst, berlin), "2025-10-26T02:30:00");
  assert.equal(upperLimitAt(inSecond, berlin), "2025-10-26T03:30:00");
  assert.equal(lowerLimitAt(Date.UTC(2025, 5, 1, 4), berlin), "2025-06-01T06:00:00");
});
