import assert from "node:assert/strict";
import { test } from "node:test";
import { allPages } from "../src/api/all-pages.ts";
import type { Api } from "../src/api/api.ts";
import { readingsOf, split } from "../src/load-curve/readings.ts";
import { spanOf } from "../src/load-curve/time-range.ts";

test("readings are ascending, one per instant, within the span with both bounds", () => {
  const row = (second: number, value: string) => ({ timestamp: new Date(second * 1000).toISOString(), value });
  const rows = [row(3, "3"), row(1, "1"), row(0, "0"), row(2, "9"), row(2, "2"), row(4, "4")];
  const { times, values } = readingsOf(rows, { start: 1000, end: 3000 });
  assert.deepEqual(times, [1000, 2000, 3000]);
  assert.deepEqual(values, [1_000_000n, 2_000_000n, 3_000_000n]);
});

test("timestamps with an offset are the same instants", () => {
  const span = { start: Date.parse("2026-01-01T00:00:00Z"), end: Date.parse("2026-01-02T00:00:00Z") };
  const { times } = readingsOf([{ timestamp: "2026-01-01T02:00:00+02:00", value: "1" }], span);
  assert.deepEqual(times, [span.start]);
});

test("a year is asked for in stretches that follow each other and cover it", () => {
  const year = spanOf("year", "2026-12-31", "Europe/Helsinki");
  const stretches = split(year);
  assert.equal(stretches.length, 4);
  assert.equal(stretches[0]?.start, year.start);
  assert.equal(stretches.at(-1)?.end, year.end);
  for (const [index, { start }] of stretches.entries()) if (index > 0) assert.equal(start, stretches[index - 1]?.end);
  assert.equal(split(spanOf("day", "2026-12-31", "UTC")).length, 1);
});

test("all pages of a list are fetched, also from a platform with smaller pages", async () => {
  const rows = Array.from({ length: 7 }, (_, index) => index);
  const asked: unknown[] = [];
  const get = async (_path: string, query: Record<string, number>) => {
    asked.push([query.limit, query.offset ?? 0]);
    const [limit, offset] = [Math.min(query.limit!, 3), query.offset ?? 0];
    return {
      count: rows.length,
      next: offset + limit < rows.length ? "…" : null,
      previous: null,
      results: rows.slice(offset, offset + limit),
    };
  };
  const api = { get } as unknown as Api;
  assert.deepEqual(await allPages(api, "rows", {}), rows);
  assert.deepEqual(asked.slice(1), [
    [3, 3],
    [3, 6],
  ]);
});
