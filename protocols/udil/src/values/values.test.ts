import assert from "node:assert/strict";
import { test } from "node:test";
import { fixedZone, pakistanTime } from "../zone.ts";
import { plainName, unquoted } from "./damage.ts";
import { DateTimes, timeOfDay } from "./datetime.ts";
import { decimalOf, threeDigits } from "./decimal.ts";

const decimals = [
  ["12", "12"],
  ["-0.5", "-0.5"],
  ["0012.300", "0012.300"],
  ["+5", "5"],
  [".5", "0.5"],
  ["-.5", "-0.5"],
  ["5.", "5"],
  ["1.2E3", "1200"],
  ["1e-7", "0.0000001"],
  ["", undefined],
  [".", undefined],
  ["-", undefined],
  ["1,5", undefined],
  ["0x10", undefined],
  ["1.2.3", undefined],
  ["1e9999", undefined],
] as const;
for (const [text, expected] of decimals) {
  test(`"${text}" is ${expected ?? "no number"}`, () => assert.equal(decimalOf(text), expected));
}

const cuts = [
  ["1.2345", "1.234", "1.235"],
  ["1.2344", "1.234", "1.234"],
  ["-1.2345", "-1.234", "-1.235"],
  ["9.9999", "9.999", "10.000"],
  ["-0.0004", "0.000", "0.000"],
  ["0.0005", "0.000", "0.001"],
  ["999999999999999999.9999", "999999999999999999.999", "1000000000000000000.000"],
  ["12.300", "12.300", "12.300"],
  ["12", "12", "12"],
] as const;
for (const [text, cut, rounded] of cuts) {
  test(`${text} with three digits`, () => {
    assert.equal(threeDigits(text, "truncate"), cut);
    assert.equal(threeDigits(text, "half-up"), rounded);
  });
}

test("dates that are, and dates that are not", () => {
  const times = new DateTimes(pakistanTime);
  const at = Date.UTC(2018, 9, 15, 8);
  assert.equal(times.parse("2018-10-15 13:00:00"), at);
  assert.equal(times.parse("2018-10-15T13:00:00"), at);
  assert.equal(times.parse("2018-10-15 13:00"), at);
  assert.equal(times.parse("2018-10-15 13:00:07"), at + 7000);
  assert.equal(times.parse("2018-10-15"), Date.UTC(2018, 9, 14, 19));
  assert.equal(times.parse("2024-02-29 00:00:00"), Date.UTC(2024, 1, 28, 19));
  for (const none of ["2023-02-29 00:00:00", "2018-13-01 00:00:00", "2018-10-15 24:00:00", "2018-10-15 13:60:00"]) {
    assert.equal(times.parse(none), undefined, none);
  }
  for (const none of ["2018-10-15 13:00:60", "2018-10-15 13:00:xx", "15-10-2018 13:00:00", "0000-00-00 00:00:00", ""]) {
    assert.equal(times.parse(none), undefined, none);
  }
  assert.equal(times.format(at + 61_999), "2018-10-15 13:01:01");
  assert.equal(times.format(-1), "1970-01-01 04:59:59");
});

test("a zone with daylight saving time is asked for every minute anew", () => {
  // One hour more from 10:00 UTC on.
  const change = Date.UTC(2026, 2, 29, 10);
  const [winter, summer] = [fixedZone(0), fixedZone(60)];
  const times = new DateTimes({
    toInstant: (local) => (winter.toInstant(local) < change ? winter : summer).toInstant(local),
    toLocal: (instant) => (instant < change ? winter : summer).toLocal(instant),
  });
  assert.equal(times.format(change - 1000), "2026-03-29 09:59:59");
  assert.equal(times.format(change), "2026-03-29 11:00:00");
  assert.equal(times.parse("2026-03-29 11:00:00"), change);
});

test("quotes and names", () => {
  assert.equal(unquoted(' ""“ a "b" ”"" '), 'a "b"');
  assert.equal(unquoted('"'), '"');
  assert.equal(unquoted('""'), "");
  assert.equal(plainName(" Retry_Interval, "), "retry_interval");
  assert.equal(plainName('"is_sync "'), "is_sync");
  assert.deepEqual([" ,; ", "_a_", "É status é"].map(plainName), ["", "_a_", "status"]);
  assert.deepEqual(["8:05", "23:59:59", "24:00", "8", "08:00:60"].map(timeOfDay), [
    "08:05:00",
    "23:59:59",
    undefined,
    undefined,
    undefined,
  ]);
});

test("the time a name takes grows with its length, not with the square of it", () => {
  const milliseconds = (length: number) => {
    const begun = performance.now();
    assert.equal(plainName(`${",".repeat(length)}a${",".repeat(length)}b`).length, length + 2);
    return performance.now() - begun;
  };
  milliseconds(10_000);
  // Half a million characters took minutes.
  assert.ok(milliseconds(500_000) < 2_000);
});
