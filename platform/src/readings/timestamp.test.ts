import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { instantIn, millisecondsOf, parseTimestamp, renderClock } from "./timestamp.ts";

const instantOf = (text: string) => {
  const timestamp = parseTimestamp(text);
  assert.ok("instant" in timestamp, text);
  return new Date(timestamp.instant).toISOString();
};
const clockOf = (text: string) => {
  const timestamp = parseTimestamp(text);
  assert.ok("clock" in timestamp, text);
  return timestamp.clock;
};

describe("timestamps", () => {
  const instants: [string, string][] = [
    ["2020-01-15T06:00:00+0100", "2020-01-15T05:00:00.000Z"],
    ["2020-01-15T06:00:00+01:00", "2020-01-15T05:00:00.000Z"],
    ["2020-01-15T06:00:00+01", "2020-01-15T05:00:00.000Z"],
    ["2020-01-15T06:00:00-05:30", "2020-01-15T11:30:00.000Z"],
    ["2020-01-15T06:00:00Z", "2020-01-15T06:00:00.000Z"],
    ["2020-01-15t06:00z", "2020-01-15T06:00:00.000Z"],
    ["2020-01-15 06:00:00.1234567Z", "2020-01-15T06:00:00.123Z"],
    ["2020-02-29T23:59:59.9Z", "2020-02-29T23:59:59.900Z"],
    ["1900-01-01T00:00:00Z", "1900-01-01T00:00:00.000Z"],
    ["2299-12-31T23:59:59.999Z", "2299-12-31T23:59:59.999Z"],
  ];
  for (const [text, instant] of instants) test(text, () => assert.equal(instantOf(text), instant));

  for (const text of [
    "",
    "2020",
    "2020-01-15",
    "15.01.2020 06:00",
    "2020-01-15T6:00Z",
    "1579068000",
    "2020-01-15T06:00:00+1",
  ]) {
    test(`${JSON.stringify(text)} has the wrong format`, () => {
      assert.throws(() => parseTimestamp(text), /Datetime has wrong format/);
    });
  }
  for (const text of [
    "2021-02-29T00:00Z",
    "2020-13-01T00:00Z",
    "2020-00-01T00:00Z",
    "2020-04-31T00:00Z",
    "2020-01-15T24:00Z",
    "2020-01-15T00:60Z",
    "2020-01-15T00:00:60Z",
  ]) {
    test(`${text} does not exist`, () => assert.throws(() => parseTimestamp(text), /no such date or time/));
  }
  test("what the store cannot keep is refused with the range", () => {
    for (const text of ["1899-12-31T23:59:59Z", "2300-01-01T00:00:00Z", "1900-01-01T00:00:00+01:00"]) {
      assert.throws(() => parseTimestamp(text), /between 1900-01-01 and 2299-12-31/);
    }
    assert.throws(() => parseTimestamp("2020-01-01T00:00:00+24:00"), /no such offset/);
  });

  test("a clock is read in its zone, also where clocks are changed", () => {
    const inStockholm = (text: string) => new Date(instantIn("Europe/Stockholm", clockOf(text))).toISOString();
    assert.equal(inStockholm("2026-01-15T06:00:00"), "2026-01-15T05:00:00.000Z");
    assert.equal(inStockholm("2026-07-15T06:00:00.250"), "2026-07-15T04:00:00.250Z");
    // Put forward at 02:00: the hour in between does not exist and is taken to lie after it.
    assert.equal(inStockholm("2026-03-29T02:30:00"), "2026-03-29T01:30:00.000Z");
    // Put back at 03:00: the hour before it exists twice, and the first one is meant.
    assert.equal(inStockholm("2026-10-25T02:30:00"), "2026-10-25T00:30:00.000Z");
    assert.equal(
      new Date(instantIn("Etc/GMT-2", clockOf("2026-01-15T06:00:00"))).toISOString(),
      "2026-01-15T04:00:00.000Z",
    );
    assert.equal(renderClock(clockOf("2026-10-25T02:30:00")), "2026-10-25T02:30:00");
    assert.equal(renderClock(clockOf("2026-10-25T02:30:00.5")), "2026-10-25T02:30:00.500");
    // Names of the contract that the runtime no longer knows.
    const read = (zone: string) => new Date(instantIn(zone, clockOf("2026-01-15T06:00:00"))).toISOString();
    assert.equal(read("Asia/Hanoi"), "2026-01-14T23:00:00.000Z");
    assert.equal(read("Factory"), "2026-01-15T06:00:00.000Z");
  });

  test("the calendar agrees with the platform's on every day of two leap cycles", () => {
    for (let instant = Date.UTC(1896, 0, 1); instant < Date.UTC(2304, 0, 1); instant += 86_400_000 * 3) {
      const date = new Date(instant);
      assert.equal(
        millisecondsOf(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate(), 0, 0, 0, 0),
        instant,
      );
    }
  });
});
