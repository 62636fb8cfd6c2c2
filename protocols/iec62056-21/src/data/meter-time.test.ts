import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeMeterTime, encodeMeterTime, epochOf, type MeterTime, type TimeFormat } from "./meter-time.ts";

const time = { year: 2022, month: 8, day: 23, hour: 16, minute: 15, second: 0 };

test("the four forms, both ways", () => {
  const forms: readonly [TimeFormat, string, MeterTime][] = [
    ["ZST10", "2208231615", time],
    ["ZSTs11", "12208231615", { ...time, season: "daylight-saving" }],
    ["ZST12", "220823161559", { ...time, second: 59 }],
    ["ZSTs13", "0220823161559", { ...time, second: 59, season: "normal" }],
    ["ZSTs13", "2220823161500", { ...time, season: "utc" }],
  ];
  for (const [format, digits, expected] of forms) {
    assert.deepEqual(decodeMeterTime(digits), expected);
    assert.equal(encodeMeterTime(expected, format), digits);
  }
});

test("24:00 is the next day's beginning", () => {
  assert.deepEqual(decodeMeterTime("2602282400"), { ...time, year: 2026, month: 3, day: 1, hour: 0, minute: 0 });
});

test("the season digit makes an instant of a local time", () => {
  const iso = (digits: string) => new Date(epochOf(decodeMeterTime(digits), 60)!).toISOString();
  assert.equal(iso("0260105001500"), "2026-01-04T23:15:00.000Z");
  assert.equal(iso("1220823161500"), "2022-08-23T14:15:00.000Z");
  assert.equal(iso("2220823161500"), "2022-08-23T16:15:00.000Z");
  assert.equal(epochOf(decodeMeterTime("220823161500"), 60), undefined);
});

test("what is no time is refused", () => {
  for (const digits of [
    "",
    "3220823161500",
    "220823",
    "2213231615",
    "2202301615",
    "2208232415",
    "2208231660",
    "22082316150000",
    "x",
  ]) {
    assert.throws(() => decodeMeterTime(digits), { code: "time_invalid" }, digits);
  }
});
