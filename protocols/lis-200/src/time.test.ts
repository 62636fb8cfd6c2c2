import assert from "node:assert/strict";
import { test } from "node:test";
import { ProtocolError } from "@anymeter/sans-io";
import fc from "@anymeter/sans-io/testing/properties";
import { findTime, parseTime, timeText } from "./time.ts";

test("a time is read and written", () => {
  assert.equal(parseTime("2021-03-01,06:00:00"), "2021-03-01T06:00:00");
  assert.equal(timeText("2021-03-01T06:00:00"), "2021-03-01,06:00:00");
  assert.equal(timeText("2021-03-01T06:00:00.000Z"), "2021-03-01,06:00:00");
});

test("days and times that do not exist are none", () => {
  for (const text of [
    "2021-02-29,06:00:00",
    "2021-04-31,06:00:00",
    "2021-13-01,06:00:00",
    "2021-03-01,24:00:00",
    "2021-03-01",
    "0",
  ]) {
    assert.equal(findTime(text), undefined, text);
    assert.throws(
      () => parseTime(text),
      (error) => error instanceof ProtocolError && error.code === "time_invalid",
    );
  }
  assert.equal(findTime("2020-02-29,06:00:00"), "2020-02-29T06:00:00");
});

test("every second of a century reads back", () => {
  fc.assert(
    fc.property(fc.date({ min: new Date("1990-01-01"), max: new Date("2090-01-01"), noInvalidDate: true }), (date) => {
      const time = date.toISOString().slice(0, 19);
      assert.equal(parseTime(timeText(time)), time);
    }),
  );
});
