import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, test } from "node:test";
import { type OrganizationFixture, openReadingsFixture, type ReadingsFixture } from "./testing/readings-fixture.ts";

const [energy, power, voltage] = ["1-0:1.8.0", "1-0:1.7.0", "1-0:32.7.0"] as const;

let fixture: ReadingsFixture;
let north: OrganizationFixture;

before(async () => {
  fixture = await openReadingsFixture();
  north = await fixture.organization("North", [energy, power, voltage]);
});

const latest = (device: string, query = "", authorization?: string) =>
  fixture.send("GET", `/v1/metering/meter-devices/${device}/latest-readings${query}`, undefined, authorization);
const store = (meter_device: string, series: string, timestamp: string, value: string) =>
  fixture.create("/v1/metering/meter-readings", {
    ...{ organization: north.id, meter_device, series: north.series[series], timestamp, value },
  });
const row = (series: string, timestamp: string, value: string) => ({
  ...{ series: north.series[series], series_name: series, series_description: "", unit: "Wh" },
  ...{ timestamp, value },
});

test("the last reading in time of each series, whatever was stored last, in its latest version", async () => {
  const device = await north.device("one");
  assert.deepEqual((await latest(device)).body, { count: 0, next: null, previous: null, results: [] });
  await store(device, power, "2026-01-15T06:00:00Z", "1");
  await store(device, energy, "2026-01-15T06:30:00Z", "11");
  await store(device, energy, "2026-01-15T06:15:00Z", "99");
  await store(device, energy, "2026-01-15T06:30:00Z", "10.5");
  await store(await north.device("two"), voltage, "2026-01-15T06:30:00Z", "230");
  const { status, body } = await latest(device);
  assert.equal(status, 200);
  assert.deepEqual(body.results, [
    row(energy, "2026-01-15T06:30:00.000Z", "10.500000"),
    row(power, "2026-01-15T06:00:00.000Z", "1.000000"),
  ]);
});

test("a page is a part of the series, and says how many there are", async () => {
  const device = await north.device("three");
  for (const series of [energy, power, voltage]) await store(device, series, "2026-01-15T06:00:00Z", "1");
  const { body } = await latest(device, "?limit=1&offset=1");
  assert.deepEqual([body.count, body.results.length, body.results[0].series_name], [3, 1, power]);
  assert.match(body.next, /limit=1&offset=2$/);
  assert.deepEqual((await latest(device, "?offset=3")).body.results, []);
});

test("the reading before is the latest once the last is deleted", async () => {
  const device = await north.device("four");
  await store(device, energy, "2026-01-15T06:00:00Z", "1");
  const { id } = await store(device, energy, "2026-01-15T07:00:00Z", "2");
  await fixture.send("DELETE", `/v1/metering/meter-readings/${id}`);
  assert.deepEqual((await latest(device)).body.results, [row(energy, "2026-01-15T06:00:00.000Z", "1.000000")]);
});

test("a device of another organization is not found, one that waits for an organization has none", async () => {
  const south = await fixture.organization("South");
  const reader = await fixture.signInAs("sven", south.id);
  assert.equal((await latest(await north.device("five"), "", reader)).status, 404);
  assert.equal((await latest(randomUUID())).status, 404);
  const { id } = await fixture.create("/v1/metering/meter-devices", { name: "nobody's", protocol: "mbus" });
  assert.equal((await latest(id)).body.count, 0);
  assert.equal((await latest(id, "", reader)).status, 404);
});
