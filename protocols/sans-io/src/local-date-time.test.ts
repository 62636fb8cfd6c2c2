import assert from "node:assert/strict";
import { test } from "node:test";
import { localDateTimeOf, localMilliseconds } from "./local-date-time.ts";

test("a local time and its milliseconds are each other's reverse", () => {
  const local = { year: 2028, month: 2, day: 29, hour: 23, minute: 59, second: 58 };
  assert.equal(localMilliseconds(local), Date.parse("2028-02-29T23:59:58Z"));
  assert.deepEqual(localDateTimeOf(localMilliseconds(local) + 999), local);
});

test("an hour past the day's end is one of the next day", () => {
  const midnight = localMilliseconds({ year: 2026, month: 12, day: 31, hour: 24, minute: 0, second: 0 });
  assert.deepEqual(localDateTimeOf(midnight), { year: 2027, month: 1, day: 1, hour: 0, minute: 0, second: 0 });
});
