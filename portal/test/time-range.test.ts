import assert from "node:assert/strict";
import { test } from "node:test";
import { axisTicks, dateAt, presets, shiftDate, spanOf } from "../src/load-curve/time-range.ts";

const stockholm = "Europe/Stockholm";
const hour = 3_600_000;
const iso = ({ start, end }: { start: number; end: number }) => [start, end].map((at) => new Date(at).toISOString());

test("days have the hours their zone gives them", () => {
  const lengths = ["2026-03-28", "2026-03-29", "2026-10-25"].map((date) => spanOf("day", date, stockholm));
  assert.deepEqual(
    lengths.map(({ start, end }) => (end - start) / hour),
    [24, 23, 25],
  );
});

test("each preset covers calendar days that include the date", () => {
  const span = (preset: (typeof presets)[number]) => iso(spanOf(preset, "2024-02-29", "UTC"));
  assert.deepEqual(span("day"), ["2024-02-29T00:00:00.000Z", "2024-03-01T00:00:00.000Z"]);
  assert.deepEqual(span("week"), ["2024-02-23T00:00:00.000Z", "2024-03-01T00:00:00.000Z"]);
  assert.deepEqual(span("month"), ["2024-02-01T00:00:00.000Z", "2024-03-01T00:00:00.000Z"]);
  assert.deepEqual(span("30days"), ["2024-01-31T00:00:00.000Z", "2024-03-01T00:00:00.000Z"]);
  assert.deepEqual(span("year"), ["2023-03-01T00:00:00.000Z", "2024-03-01T00:00:00.000Z"]);
});

test("earlier and later lead to the neighboring span and back", () => {
  for (const preset of presets) {
    const here = spanOf(preset, "2026-05-15", stockholm);
    const earlier = shiftDate(preset, "2026-05-15", -1);
    assert.equal(spanOf(preset, earlier, stockholm).end, here.start, preset);
    assert.deepEqual(spanOf(preset, shiftDate(preset, earlier, 1), stockholm), here, preset);
  }
});

test("the date of an instant depends on the zone", () => {
  const instant = Date.parse("2026-03-29T22:30:00Z");
  assert.equal(dateAt(instant, "UTC"), "2026-03-29");
  assert.equal(dateAt(instant, stockholm), "2026-03-30");
});

test("ticks stand at round local times, never too many, also over a change of clocks", () => {
  for (const date of ["2026-03-29", "2026-10-25", "2026-06-01"]) {
    for (const preset of presets) {
      for (const most of [3, 5, 12, 20]) {
        const span = spanOf(preset, date, stockholm);
        const ticks = axisTicks(span, stockholm, most);
        const times = ticks.map(({ at }) => at);
        assert.ok(ticks.length >= 1 && ticks.length <= most + 2, `${date} ${preset} ${most}: ${ticks.length}`);
        assert.deepEqual(
          times,
          [...new Set(times)].sort((a, b) => a - b),
        );
        assert.ok(times.every((at) => at >= span.start && at <= span.end));
      }
    }
  }
  const spring = axisTicks(spanOf("day", "2026-03-29", stockholm), stockholm, 8).map(({ at }) => at);
  assert.deepEqual(
    spring.slice(0, 3).map((at) => new Date(at).toISOString()),
    ["2026-03-28T23:00:00.000Z", "2026-03-29T01:00:00.000Z", "2026-03-29T04:00:00.000Z"],
  );
});

test("midnight is named by its date, January by its year", () => {
  assert.equal(axisTicks(spanOf("week", "2026-06-07", stockholm), stockholm, 16)[0]?.part, "day");
  const parts = axisTicks(spanOf("year", "2026-06-30", stockholm), stockholm, 13).map(({ part }) => part);
  assert.equal(parts.filter((part) => part === "year").length, 1);
  assert.ok(parts.filter((part) => part === "month").length >= 11);
});
