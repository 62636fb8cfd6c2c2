import assert from "node:assert/strict";
import { test } from "node:test";
import { delayOf, latestDue, nextDue, type Schedule } from "./periods.ts";

const instants: readonly [schedule: Schedule, now: string, latest: string, next: string][] = [
  ["quarterly", "2026-03-29T01:14:59.999Z", "2026-03-29T01:00:00Z", "2026-03-29T01:15:00Z"],
  ["quarterly", "2026-03-29T01:15:00Z", "2026-03-29T01:15:00Z", "2026-03-29T01:30:00Z"],
  ["hourly", "2026-12-31T23:59:00Z", "2026-12-31T23:00:00Z", "2027-01-01T00:00:00Z"],
  ["daily", "2024-02-28T12:00:00Z", "2024-02-28T00:00:00Z", "2024-02-29T00:00:00Z"],
  // 2026-11-20 is a Friday, 2026-11-23 a Monday.
  ["weekly", "2026-11-20T10:00:00Z", "2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z"],
  ["weekly", "2026-11-23T00:00:00Z", "2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z"],
  ["monthly", "2026-12-15T00:00:00Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"],
  ["monthly", "2024-02-29T23:59:59Z", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"],
  ["yearly", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"],
  ["yearly", "2025-12-31T23:59:59Z", "2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z"],
];

for (const [schedule, now, latest, next] of instants) {
  test(`${schedule} at ${now}`, () => {
    assert.equal(new Date(latestDue(schedule, Date.parse(now))).toISOString(), new Date(latest).toISOString());
    assert.equal(new Date(nextDue(schedule, Date.parse(now))).toISOString(), new Date(next).toISOString());
  });
}

test("an offset only delays", () => {
  assert.equal(delayOf(90), 90_000);
  assert.equal(delayOf(-90), 0);
});
