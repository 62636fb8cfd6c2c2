import assert from "node:assert/strict";
import { test } from "node:test";
import { HabitSwitches } from "../habits/habit-switches.ts";
import type { HabitValues } from "../habits/habits.ts";
import { LocalTime } from "../local-time.ts";
import type { VendorMeter } from "../meters/vendor-meter.ts";
import { day, hour, makeMeter, monday } from "../testing/meters.ts";
import { Collector } from "./collector.ts";
import type { KeptRow } from "./kept-row.ts";

/** A day of half hours of one meter, collected every minute. */
function collected(habits: HabitValues, version: "v1" | "v3.3" = "v1") {
  const stored: KeptRow[] = [];
  const collector: Collector = new Collector({
    ...{ version, localTime: new LocalTime(300), loadProfileEnergy: "abs" as const },
    ...{ counters: { lastNumber: 0, lastId: 0 }, openedAt: Number.NEGATIVE_INFINITY, onChanged: () => {} },
    ...{ habits: new HabitSwitches(habits), readDelay: [2_000, 40_000] as const, keptDays: 40 },
    onStored: (rows) => stored.push(...rows),
  });
  const { meter } = makeMeter(0, {
    version,
    keep: (from, table, values, at) => void collector.keep(from, table, values, at),
  });
  for (let at = monday; at <= monday + day; at += 60_000) {
    meter.advance(at);
    collector.collect(at);
  }
  return { collector, meter, stored };
}

function profile(collector: Collector, meter: VendorMeter, from?: number, to?: number): KeptRow[] {
  return collector.tables.select("LPRO", { meters: new Set([meter]), from, to, by: "db_datetime" });
}

test("rows are in the table seconds after the meter kept them, with growing ids and stamps", () => {
  const { collector, meter } = collected({});
  const rows = profile(collector, meter);
  assert.equal(rows.length, 47, "the last one is on its way");
  for (const [index, row] of rows.entries()) {
    assert.ok(row.storedAt! - row.capturedAt >= 2_000 && row.storedAt! - row.capturedAt <= 40_000);
    if (index > 0) assert.ok(row.storedAt! >= rows[index - 1]!.storedAt! && row.id! > rows[index - 1]!.id!);
  }
  const hourly = profile(collector, meter, rows[2]!.storedAt, rows[4]!.storedAt);
  assert.deepEqual(hourly, rows.slice(2, 5));
});

test("late rows come hours later with the stamp of then; backdated ones with the stamp they should have had", () => {
  const late = collected({ lateRows: 5 });
  const lateRows = profile(late.collector, late.meter).filter(
    ({ capturedAt, storedAt }) => storedAt! > capturedAt + hour / 2,
  );
  assert.ok(lateRows.length >= 5);
  const times = profile(late.collector, late.meter).map(({ at }) => at);
  assert.notDeepEqual(
    times,
    times.toSorted((one, other) => one - other),
  );

  const back = collected({ backdatedRows: 5 });
  const rows = profile(back.collector, back.meter);
  assert.ok(rows.every(({ capturedAt, storedAt }) => storedAt! - capturedAt <= 40_000));
  const ids = rows.map(({ id }) => id!);
  assert.notDeepEqual(
    ids,
    ids.toSorted((one, other) => one - other),
    "they came later than their stamps say",
  );
  const readAt = back.collector.form("LPRO").column("mdc_read_datetime");
  const stamp = back.collector.form("LPRO").column("db_datetime");
  assert.ok(rows.some(({ texts }) => texts[readAt]! > texts[stamp]!));
});

test("a lost row is in the meter only, until it is read on demand", () => {
  const { collector, meter } = collected({ lostRows: 4 });
  const before = profile(collector, meter).length;
  assert.ok(before < 40);
  const read = collector.readMeter(meter, "LPRO", monday, monday + day, monday + day);
  assert.equal(read.length, 48);
  const after = profile(collector, meter);
  assert.equal(after.length, 48);
  assert.equal(after.filter(({ storedAt }) => storedAt === monday + day).length, 48 - before);
});

test("a batch has one stamp, unknown codes come among the events, and the MDC's clock is wrong", () => {
  const batches = collected({ duplicateStamps: true, lateRows: 2 });
  const stamps = profile(batches.collector, batches.meter).map(({ storedAt }) => storedAt! % 60_000);
  assert.deepEqual(new Set(stamps), new Set([0]));

  const strange = collected({ unknownEventCodes: 1 });
  strange.meter.logEvent(206);
  strange.collector.collect(monday + 2 * day);
  const events = strange.collector.tables.select("EVNT", { meters: new Set([strange.meter]), by: "db_datetime" });
  const code = strange.collector.form("EVNT").column("event_code");
  assert.ok(events.length > 0);
  assert.ok(events.every(({ texts }) => ["999", "4711", "65535"].includes(texts[code]!)));

  const fast = collected({ mdcClockError: 600_000 });
  assert.ok(profile(fast.collector, fast.meter).every(({ capturedAt, storedAt }) => storedAt! - capturedAt > 600_000));
});

test("v3 writes every contact down, and its rows are not synchronised yet", () => {
  const { collector, meter, stored } = collected({}, "v3.3");
  const contacts = collector.tables.select("DCH", { meters: new Set([meter]), by: "db_datetime" });
  const profileRow = profile(collector, meter)[0]!;
  const own = contacts.find(({ storedAt }) => storedAt === profileRow.storedAt)!;
  assert.equal(own.texts[collector.form("DCH").column("communication_status")], "1");
  assert.equal(profileRow.texts[collector.form("LPRO").column("is_synced")], "0");
  assert.equal(profileRow.texts[collector.form("LPRO").column("id")], String(profileRow.id));
  assert.equal(new Set(stored.map(({ id }) => id)).size, stored.length);
});

test("a meter that keeps a row every second has the newest of them, and so has the MDC", () => {
  const { collector, meter } = collected({}, "v3.3");
  const most = 288 * 40 * 1.1;
  const last = monday + 2 * day;
  for (let second = 0; second < 20_000; second++) {
    collector.keep(meter, "EVNT", { event_datetime: last + second * 1_000, event_code: 206 }, last + second * 1_000);
    if (second % 500 === 0) collector.collect(last + second * 1_000);
  }
  collector.collect(last + day);
  for (const table of ["EVNT", "DCH"] as const) assert.ok(collector.tables.count(table) <= most, table);
  const events = collector.readMeter(meter, "EVNT", undefined, undefined, last + day);
  assert.ok(events.length <= most && events.length >= 288 * 40);
  assert.equal(events.at(-1)!.at, last + 19_999_000);
});

test("rows are forgotten when nobody keeps them any longer", () => {
  const { collector, meter } = collected({});
  collector.forget(monday + 40.5 * day);
  const rows = profile(collector, meter);
  assert.ok(rows.length > 0 && rows.every(({ capturedAt }) => capturedAt >= monday + 0.5 * day - 60_000));
  assert.equal(collector.readMeter(meter, "LPRO", undefined, monday + 0.4 * day, monday + day).length, 0);
});
