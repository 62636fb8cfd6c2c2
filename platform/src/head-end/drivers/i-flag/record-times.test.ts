import assert from "node:assert/strict";
import { test } from "node:test";
import { naiveTimeAt } from "../naive-times.ts";
import { zoneOffsetsOf } from "../zone-offsets.ts";
import { DescendingTimes, limitsOf } from "./record-times.ts";

const berlin = zoneOffsetsOf("Europe/Berlin");
const far = Date.UTC(2026, 0, 1);
/** Summer time ended on 2025-10-26 at 01:00 UTC: from 02:00 to 03:00 by the clock came twice. */
const change = Date.UTC(2025, 9, 26, 1);
const quarter = 900_000;

test("records in the hour that comes twice are told apart by their order", () => {
  const instants = Array.from({ length: 13 }, (_, index) => change + 2 * 3_600_000 - index * quarter);
  const times = new DescendingTimes(berlin, far);
  assert.deepEqual(
    instants.map((instant) => times.next(naiveTimeAt(instant, berlin))),
    instants,
  );
});

test("a first record in the hour that comes twice is of the last pass that is over", () => {
  const afterFirstPass = new DescendingTimes(berlin, change - quarter + 1);
  assert.equal(afterFirstPass.next("2025-10-26T02:45:00"), change - quarter);
  const afterBoth = new DescendingTimes(berlin, far);
  assert.equal(afterBoth.next("2025-10-26T02:45:00"), change + 3 * quarter);
});

test("a record that comes twice is the same record", () => {
  const times = new DescendingTimes(berlin, far);
  const first = times.next("2025-06-01T06:00:00");
  assert.equal(times.next("2025-06-01T06:00:00"), first);
});

test("limits are told as they are wanted", () => {
  const summer = { from: Date.UTC(2025, 5, 1, 4), to: Date.UTC(2025, 5, 1, 5) };
  assert.deepEqual(limitsOf(summer, berlin), { oldest: "2025-06-01T06:00:00", newest: "2025-06-01T07:00:00" });
  assert.deepEqual(limitsOf({ from: undefined, to: summer.to }, berlin), { newest: "2025-06-01T07:00:00" });
  assert.deepEqual(limitsOf({ from: undefined, to: undefined }, berlin), {});
});
