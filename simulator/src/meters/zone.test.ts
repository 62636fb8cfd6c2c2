import assert from "node:assert/strict";
import { test } from "node:test";
import { instantOfLocal, isDaylightSaving, zoneOffset } from "./zone.ts";

const begins = Date.UTC(2026, 2, 29, 1);
const ends = Date.UTC(2026, 9, 25, 1);

test("central European summer time runs from the last Sunday of March to that of October", () => {
  assert.equal(zoneOffset("central-european", begins - 1), 60);
  assert.equal(zoneOffset("central-european", begins), 120);
  assert.equal(zoneOffset("central-european", ends - 1), 120);
  assert.equal(zoneOffset("central-european", ends), 60);
  assert.ok(isDaylightSaving("central-european", begins) && !isDaylightSaving("central-european-standard", begins));
});

test("agrees with the time zone database for twenty years", () => {
  const format = new Intl.DateTimeFormat("en", { timeZone: "Europe/Amsterdam", timeZoneName: "longOffset" });
  for (let instant = Date.UTC(2015, 0, 1); instant < Date.UTC(2035, 0, 1); instant += 7 * 3_600_000 * 5) {
    const name = format.formatToParts(instant).find(({ type }) => type === "timeZoneName")!.value;
    assert.equal(`GMT+0${zoneOffset("central-european", instant) / 60}:00`, name, new Date(instant).toISOString());
  }
});

test("the hour that comes twice is told apart by the daylight saving bit", () => {
  const local = Date.UTC(2026, 9, 25, 2, 30);
  assert.equal(instantOfLocal("central-european", local, true), Date.UTC(2026, 9, 25, 0, 30));
  assert.equal(instantOfLocal("central-european", local, false), Date.UTC(2026, 9, 25, 1, 30));
  assert.equal(instantOfLocal("central-european", local), Date.UTC(2026, 9, 25, 0, 30));
});

test("local times lead back to their instants through both changes", () => {
  for (const change of [begins, ends]) {
    for (let instant = change - 6 * 3_600_000; instant < change + 6 * 3_600_000; instant += 900_000) {
      const local = instant + zoneOffset("central-european", instant) * 60_000;
      assert.equal(instantOfLocal("central-european", local, isDaylightSaving("central-european", instant)), instant);
    }
  }
});
