import assert from "node:assert/strict";
import { before, test } from "node:test";
import { type OrganizationFixture, openReadingsFixture, type ReadingsFixture } from "./testing/readings-fixture.ts";

const [energy, power] = ["1-0:1.8.0", "1-0:1.7.0"] as const;

let fixture: ReadingsFixture;
let north: OrganizationFixture;

before(async () => {
  fixture = await openReadingsFixture();
  north = await fixture.organization("North", [energy, power]);
});

const count = async (resource: string) => (await fixture.send("GET", `/v1/metering/${resource}`)).body.count;
const remove = async (resource: string, id: string) =>
  assert.equal((await fixture.send("DELETE", `/v1/metering/${resource}/${id}`)).status, 204);
const store = async (device: string) => {
  const meter_device = await north.device(device);
  const timestamp = "2026-01-15T06:00:00Z";
  const named = { meter_device_name: device, timestamp, value: "1" };
  await fixture.create("/v1/metering/new-meter-readings", [
    { ...named, series_name: energy },
    { ...named, series_name: power },
  ]);
  const event = { organization: north.id, meter_device, timestamp, title: "t", content: "c" };
  await fixture.create("/v1/metering/meter-system-events", event);
  return meter_device;
};

test("what a process that died left over goes at the next start", async () => {
  const device = await store("three");
  await fixture.store.db.deleteFrom("meter_devices").where("id", "=", device).execute();
  assert.deepEqual([await count("meter-readings"), await count("meter-system-events")], [2, 1]);
  await fixture.readings.start();
  assert.deepEqual([await count("meter-readings"), await count("meter-system-events")], [0, 0]);
});

test("with a meter go its readings and events, with a series its readings", async () => {
  const [one] = [await store("one"), await store("two")];
  assert.deepEqual([await count("meter-readings"), await count("meter-system-events")], [4, 2]);
  await remove("meter-devices", one);
  assert.deepEqual([await count("meter-readings"), await count("meter-system-events")], [2, 1]);
  await remove("meter-reading-series", north.series[power]!);
  assert.deepEqual([await count("meter-readings"), await count("meter-system-events")], [1, 1]);

  // The name given again is another meter, without the readings of the first.
  const again = await north.device("one");
  const { body } = await fixture.send("GET", `/v1/metering/meter-readings?meter_device=${again}`);
  assert.equal(body.count, 0);
});
