import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeMeterTime } from "@anymeter/iec62056-21";
import { ZoneOffsets } from "../zone-offsets.ts";
import { MeterTimes } from "./meter-times.ts";

const amsterdam = new ZoneOffsets("Europe/Amsterdam");
const times = new MeterTimes(amsterdam, { clock: "zone" });
const standard = new MeterTimes(amsterdam, { clock: "standard-time-all-year" });
const instant = (of: MeterTimes, digits: string) => new Date(of.instantOf(decodeMeterTime(digits))).toISOString();

test("the season digit decides, in the double hour and everywhere", () => {
  assert.equal(instant(times, "1261025023000"), "2026-10-25T00:30:00.000Z");
  assert.equal(instant(times, "0261025023000"), "2026-10-25T01:30:00.000Z");
  assert.equal(instant(times, "2261025023000"), "2026-10-25T02:30:00.000Z");
  // A clock that stays on standard time says so also in summer.
  assert.equal(instant(times, "0260715120000"), "2026-07-15T11:00:00.000Z");
  assert.equal(instant(times, "1260715120000"), "2026-07-15T10:00:00.000Z");
});

test("without a season, the zone decides, or its standard time all year", () => {
  assert.equal(instant(times, "260715120000"), "2026-07-15T10:00:00.000Z");
  assert.equal(instant(times, "261025023000"), "2026-10-25T00:30:00.000Z", "the first pass");
  assert.equal(instant(standard, "260715120000"), "2026-07-15T11:00:00.000Z");
});

test("what the clock shows at an instant reads back as the instant", () => {
  for (const each of [times, standard]) {
    for (const text of [
      "2026-01-15T12:00:00Z",
      "2026-07-15T12:00:00Z",
      "2026-10-25T00:30:00Z",
      "2026-10-25T01:30:00Z",
    ]) {
      assert.equal(each.instantOf(each.timeAt(Date.parse(text))), Date.parse(text), text);
    }
  }
  const south = new MeterTimes(new ZoneOffsets("Australia/Sydney"), { clock: "zone" });
  assert.equal(south.timeAt(Date.UTC(2026, 0, 15)).season, "daylight-saving");
  assert.equal(south.timeAt(Date.UTC(2026, 6, 15)).season, "normal");
});

test("a time that may be two instants is the one nearest to another", () => {
  const second = Date.UTC(2026, 9, 25, 1, 31);
  assert.equal(times.nearest(decodeMeterTime("261025023000"), second), Date.UTC(2026, 9, 25, 1, 30));
  assert.equal(times.nearest(decodeMeterTime("261025023000"), second - 3_600_000), Date.UTC(2026, 9, 25, 0, 30));
  assert.equal(
    times.nearest(decodeMeterTime("1261025023000"), second),
    Date.UTC(2026, 9, 25, 0, 30),
    "unless it tells",
  );
});
