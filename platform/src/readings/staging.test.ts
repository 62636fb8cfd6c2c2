import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { ReadingWriter } from "./reading-writer.ts";
import { Staging } from "./staging.ts";
import { type OrganizationFixture, openReadingsFixture, type ReadingsFixture } from "./testing/readings-fixture.ts";
import { parseTimestamp } from "./timestamp.ts";

const day = 86_400_000;
let now = Date.now();
let tick: (() => void) | undefined;
let stopped = false;
let fixture: ReadingsFixture;
let north: OrganizationFixture;

before(async () => {
  fixture = await openReadingsFixture({
    clock: () => now,
    timer: (_milliseconds, call) => {
      tick = call;
      return () => {
        stopped = true;
      };
    },
  });
  north = await fixture.organization("North");
});

const staged = (device: string) => ({
  organization: undefined,
  device,
  series: "1-0:1.8.0",
  timestamp: parseTimestamp("2026-01-15T06:00:00Z"),
  value: "1",
});
const waiting = async () => {
  const { body } = await fixture.send("GET", "/v1/metering/staged-meter-readings");
  return body.results.map((row: { meter_device_name: string }) => row.meter_device_name);
};
const stagingWith = (writer: ReadingWriter) => {
  const { store, readings } = fixture;
  return new Staging({ store, resolver: readings.resolver, writer, defaultTimezone: "UTC", retentionDays: 30 });
};

test("a replay that fails keeps what it did not store, and the next one stores it once", async () => {
  await fixture.readings.staging.stage([staged("A"), staged("A")]);
  const failing = { write: () => Promise.reject(new Error("disk full")) } as unknown as ReadingWriter;
  // The meter appears by the hand of another process: nobody tells this one.
  await fixture.store.db
    .insertInto("meter_devices")
    .values({ organization: north.id, name: "A", protocol: "mbus" })
    .execute();
  await assert.rejects(stagingWith(failing).replay(), /disk full/);
  assert.deepEqual(await waiting(), ["A", "A"]);

  // Dies after the readings are durable and before the rows are removed: replayed again, they are the same readings.
  const dying = {
    write: async (rows: Parameters<ReadingWriter["write"]>[0]) => {
      await fixture.readings.writer.write(rows);
      throw new Error("killed");
    },
  } as unknown as ReadingWriter;
  await assert.rejects(stagingWith(dying).replay(), /killed/);
  assert.deepEqual(await waiting(), ["A", "A"]);
  await fixture.readings.start();
  assert.deepEqual(await waiting(), []);
  assert.equal(await fixture.readings.queries.count({}), 1);
});

test("a meter that appears between look-up and staging is not overlooked", async () => {
  const before = await fixture.readings.queries.count({});
  await fixture.store.db
    .insertInto("meter_devices")
    .values({ organization: north.id, name: "B", protocol: "mbus" })
    .execute();
  await fixture.readings.staging.stage([staged("B")]);
  assert.deepEqual(await waiting(), []);
  assert.equal(await fixture.readings.queries.count({}), before + 1);
});

test("what nobody claims expires after the retention, by the timer", async () => {
  await fixture.readings.staging.stage([staged("C")]);
  await fixture.readings.start();
  now += 29 * day;
  assert.equal(await fixture.readings.staging.expire(), 0);
  assert.deepEqual(await waiting(), ["C"]);
  now += 2 * day;
  tick!();
  await fixture.readings.close();
  assert.deepEqual(await waiting(), []);
  assert.ok(stopped);
});
