import assert from "node:assert/strict";
import { test } from "node:test";
import type { ProfileRow } from "../../readings/profile-rows/profile-row.ts";
import { CollectedRows, mostCharactersShown, mostRowsShown } from "./collected-rows.ts";
import { onDemandOutcome, rangeOf } from "./on-demand-read.ts";

const now = Date.parse("2026-11-21T10:00:00Z");
const quarterOfAnHour = 900_000;

function row(at: number, more: Partial<ProfileRow> = {}): ProfileRow {
  const fields = { active_energy_pos_tl: String(at) };
  return {
    ...{ organizationNumber: 1, deviceNumber: 2, table: "LPRO", at, interval: 15, readAt: now, source: 0, fields },
    ...more,
  };
}

function collecting(fails = false) {
  const stored: ProfileRow[] = [];
  const collected = new CollectedRows({
    write: async (rows) => {
      if (fails) throw new Error("disk full");
      stored.push(...rows);
    },
  });
  return { collected, stored };
}

test("rows go into the store and are shown once, in the order of time, with their times and channel", async () => {
  const { collected, stored } = collecting();
  await collected.write([row(now), row(now - quarterOfAnHour, { channel: 1 })]);
  await collected.write([row(now), row(now - quarterOfAnHour)]);
  assert.equal(stored.length, 4);
  const { result } = onDemandOutcome("LPRO", collected, [{ rowsRead: 4 }]);
  const shown = (result as { rows: Record<string, unknown>[] }).rows;
  assert.deepEqual(
    shown.map(({ meter_datetime, channel_id }) => [meter_datetime, channel_id]),
    [
      [now - quarterOfAnHour, 0],
      [now - quarterOfAnHour, 1],
      [now, 0],
    ],
  );
  assert.deepEqual([shown[2]!.interval, shown[2]!.mdc_read_datetime], [15, now]);
});

test("a read that gave nothing says so", () => {
  const { collected } = collecting();
  const { notes } = onDemandOutcome("LPRO", collected, [{ rowsRead: 0 }]);
  assert.deepEqual(notes, ["The meter keeps no row of the time that was asked for."]);
});

test("rows that could not be stored are not shown", async () => {
  const { collected } = collecting(true);
  await assert.rejects(collected.write([row(now)]), /disk full/);
  assert.deepEqual(collected.of("LPRO"), []);
});

test("of too many rows the newest are shown, and the note says so; of the moment there is one", async () => {
  const { collected } = collecting();
  await collected.write(Array.from({ length: mostRowsShown + 2 }, (_, index) => row(now + index * quarterOfAnHour)));
  const { result, notes } = onDemandOutcome("LPRO", collected, [{ notes: ["1-0:1.8.0 is not stored: no series."] }]);
  const shown = (result as { rows: Record<string, unknown>[] }).rows;
  assert.deepEqual([shown.length, shown[0]!.meter_datetime], [mostRowsShown, now + 2 * quarterOfAnHour]);
  assert.deepEqual(notes, [`The newest ${mostRowsShown} rows are shown; 2 more are stored.`]);
  await collected.write([row(now, { table: "INST" }), row(now + 1_000, { table: "INST" })]);
  const moment = onDemandOutcome("INST", collected, []).result as { rows: Record<string, unknown>[] };
  assert.deepEqual(
    moment.rows.map(({ meter_datetime }) => meter_datetime),
    [now + 1_000],
  );
});

test("what a session keeps is bounded, however much it reads: the newest rows are shown, the rest is counted", async () => {
  const { collected, stored } = collecting();
  const long = "9".repeat(1_000);
  const fields = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`field_${index}`, long]));
  const many = 3_000;
  for (let first = 0; first < many; first += 100) {
    const rows = Array.from({ length: 100 }, (_, index) => row(now + (first + index) * quarterOfAnHour, { fields }));
    await collected.write(rows);
    const kept = collected.of("LPRO").length;
    assert.ok(kept * 20 * long.length <= 2 * mostCharactersShown, `${kept} rows are kept`);
  }
  assert.equal(stored.length, many);
  const { result, notes } = onDemandOutcome("LPRO", collected, []);
  const shown = (result as { rows: { meter_datetime: number }[] }).rows;
  assert.ok(JSON.stringify(shown).length <= mostCharactersShown);
  assert.ok(shown.length > 300);
  assert.equal(shown.at(-1)!.meter_datetime, now + (many - 1) * quarterOfAnHour);
  assert.deepEqual(notes, [`The newest ${shown.length} rows are shown; ${many - shown.length} more are stored.`]);
});

test("without a start a read reaches back from its end, or from now, as far as its kind of rows is far apart", () => {
  const clock = { now: () => now, after: () => () => {} };
  assert.deepEqual(rangeOf(clock, { type: "LPRO" }), { start_date: "2026-11-20T10:00:00.000Z" });
  assert.deepEqual(rangeOf(clock, { type: "MBIL", end_datetime: "2026-11-01" }), {
    start_date: "2026-08-01T00:00:00.000",
    end_date: "2026-11-01",
  });
  const { start_date } = rangeOf(clock, { type: "BILL", end_datetime: "2026-03-08T01:30:00+05:00" });
  assert.equal(start_date, "2026-03-01T01:30:00.000+05:00");
});
