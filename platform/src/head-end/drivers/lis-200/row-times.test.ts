import assert from "node:assert/strict";
import { test } from "node:test";
import type { ArchiveRow } from "@anymeter/lis-200";
import { zoneOffsetsOf } from "../zone-offsets.ts";
import { limitsOf, timedRows } from "./row-times.ts";

/** On 26 October 2025 clocks in Stockholm went from 03:00 back to 02:00 at 01:00 UTC. */
const zone = zoneOffsetsOf("Europe/Stockholm");
const utc = (hour: number, minute: number) => Date.UTC(2025, 9, 26, hour, minute);
const always = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
const rowAt = (time: string, summerTime?: boolean): ArchiveRow => ({
  ...{ globalNumber: 1, archiveNumber: 1, time: `2025-10-26T${time}:00`, summerTime },
  ...{ values: [], statuses: [], event: undefined, kind: "interval", check: "ok" },
});
const instantsOf = (...rows: readonly ArchiveRow[]) => timedRows(rows, zone, always).map(({ instant }) => instant);

test("message 16 tells in which pass of the double hour a row was written", () => {
  const rows = [rowAt("02:30", true), rowAt("02:30", false), rowAt("03:30", false)];
  assert.deepEqual(instantsOf(...rows), [utc(0, 30), utc(1, 30), utc(2, 30)]);
});

test("without that status the order tells: what is not newer is of the second pass", () => {
  const times = ["02:00", "02:30", "02:00", "02:30", "03:00"];
  const expected = [utc(0, 0), utc(0, 30), utc(1, 0), utc(1, 30), utc(2, 0)];
  assert.deepEqual(instantsOf(...times.map((time) => rowAt(time))), expected);
});

test("rows outside the span are left out, on both ends inclusive", () => {
  const rows = ["00:00", "00:30", "01:00"].map((time) => rowAt(time));
  const span = { from: utc(-2, 30), to: utc(-1, 0) };
  assert.deepEqual(
    timedRows(rows, zone, span).map(({ instant }) => instant),
    [utc(-2, 30), utc(-1, 0)],
  );
});

test("limits are the zone's clock, widened where that hour comes twice", () => {
  const text = (hour: string) => `2025-10-26,${hour}:00`;
  assert.deepEqual(limitsOf({ from: utc(-2, 0), to: utc(8, 0) }, zone), { from: text("00:00"), to: text("09:00") });
  // From 02:30 of the first pass: rows of the second one at 02:00 are later, though their time is less.
  assert.equal(limitsOf({ from: utc(0, 30), to: utc(8, 0) }, zone).from, text("01:30"));
  assert.equal(limitsOf({ from: utc(1, 30), to: utc(8, 0) }, zone).from, text("02:30"));
  // To 02:30 of the second pass: rows of the first one at 02:45 are earlier, though their time is more.
  assert.equal(limitsOf({ from: utc(-2, 0), to: utc(1, 30) }, zone).to, text("03:30"));
  assert.equal(limitsOf({ from: utc(-2, 0), to: utc(0, 30) }, zone).to, text("02:30"));
});
