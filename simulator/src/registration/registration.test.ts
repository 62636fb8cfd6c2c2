import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { dlmsReading } from "../meters/dlms/registration.ts";
import type { NeighbourhoodDescription } from "../neighbourhood/description.ts";
import { type Neighbourhood, startNeighbourhood } from "../neighbourhood/neighbourhood.ts";
import { otherMeters } from "../neighbourhood/others.ts";
import { makeEchoMeter } from "../testing/echo-meter.ts";
import { createFakePlatform, type FakePlatform, fakeToken } from "../testing/fake-platform.ts";
import { registerNeighbourhood } from "./registration.ts";

const meters = 130;
const devices = "/v1/metering/meter-devices";
let running: Neighbourhood;
before(async () => {
  running = await startNeighbourhood({ seed: 7, meters });
});
after(() => running.close());

test("every DLMS meter has digits of its own, and an id that stays the utility's once it is given", async () => {
  const platform = createFakePlatform();
  await register(platform);
  const rows = platform.rows(devices);
  assert.equal(new Set(rows.map(({ msn }) => msn)).size, meters);
  for (const { msn, global_device_id, has_disconnector } of rows) {
    assert.match(String(msn), /^\d{10}$/);
    assert.equal(global_device_id, `m${String(msn).slice(2)}`);
    assert.equal(typeof has_disconnector, "boolean");
  }
  rows[3]!.global_device_id = "another";
  const again = await register(platform);
  assert.equal(again.changed, 0);
  assert.equal(rows[3]!.global_device_id, "another");
});

test("electricity meters of every protocol have digits and an id of their own, those of other media none", async () => {
  const street = await startNeighbourhood({ seed: 7, meters: 20, others: otherMeters });
  const platform = createFakePlatform();
  await register(platform, street.description);
  await street.close();
  const named = new Set(["dlms-cosem", "iec62056-21", "modbus"]);
  const rows = Map.groupBy(platform.rows(devices), ({ protocol }) => named.has(String(protocol)));
  for (const { msn, global_device_id, protocol } of rows.get(true)!) {
    assert.match(String(msn), /^\d{7,10}$/, String(protocol));
    assert.match(String(global_device_id), /^m\d{7,8}$/, String(protocol));
  }
  for (const field of ["msn", "global_device_id"]) {
    assert.equal(new Set(rows.get(true)!.map((row) => row[field])).size, rows.get(true)!.length, field);
    for (const row of rows.get(false)!) assert.equal(row[field], undefined, row.name as string);
  }
});

test("registers every meter with what is needed to read it, and asks for its past", async () => {
  const platform = createFakePlatform();
  const report = await register(platform);
  assert.equal(report.devices.length, meters);
  assert.deepEqual([report.changed, report.unchanged, report.invoked], [0, 0, meters]);
  assert.equal(platform.invocations.length, meters * dlmsReading.tasks.length);
  for (const meter of running.meters) {
    const device = platform.rows(devices).find(({ name }) => name === meter.name)!;
    const networkInterface = byId(platform, "/v1/metering/network-interfaces", device.network_interface);
    assert.deepEqual([networkInterface.static_ip_address, networkInterface.port], [meter.host, meter.port]);
    const type = byId(platform, "/v1/metering/meter-device-types", device.type);
    assert.deepEqual(type.dlms_settings, meter.settings);
    const config = byId(platform, "/v1/metering/meter-device-configs", type.config);
    const series = (config.series as string[]).map(
      (id) => byId(platform, "/v1/metering/meter-reading-series", id).name,
    );
    assert.deepEqual(
      series,
      [...meter.series, ...(meter.moreSeries ?? [])].map(({ name }) => name),
    );
    assert.equal(config.timezone, meter.timezone);
    const keys = platform
      .rows("/v1/metering/meter-security-keys")
      .filter((row) => (row.meter as { id: string }).id === device.id);
    assert.equal(keys.length, Object.keys(meter.secrets ?? {}).length > 0 ? 1 : 0);
    const [group] = platform.rows("/v1/metering/amr-task-groups");
    assert.deepEqual(device.task_groups, [group!.id]);
  }
});

test("meters behind one gateway share an interface, and each protocol has its own settings and tasks", async () => {
  const others = [
    { make: makeEchoMeter, model: "E1", heat: "house", gateway: "gateway 1" },
    { make: makeEchoMeter, model: "E1", water: "house", gateway: "gateway 1" },
  ] as const;
  const street = await startNeighbourhood({ seed: 7, meters: 1, others });
  const platform = createFakePlatform();
  const first = await register(platform, street.description);
  await street.close();
  const [, heat, water] = platform.rows(devices);
  assert.equal(platform.rows("/v1/metering/network-interfaces").length, 2);
  assert.equal(heat!.network_interface, water!.network_interface);
  assert.deepEqual([heat!.modbus_settings, water!.modbus_settings], [{ unit: 1 }, { unit: 2 }]);
  const [type] = platform.rows("/v1/metering/meter-device-types").filter(({ id }) => id === heat!.type);
  assert.deepEqual([type!.modbus_settings, type!.dlms_settings], [{ framing: "tcp" }, undefined]);
  const [tasks] = platform
    .rows("/v1/metering/amr-task-groups")
    .filter(({ id }) => id === (heat!.task_groups as string[])[0]);
  assert.deepEqual([tasks!.name, (tasks!.tasks as []).length], ["Echo meters", 1]);
  const asked = platform.invocations.filter(({ meter_device }) => meter_device === water!.id);
  assert.deepEqual(
    asked.map(({ meter_execution_type, task_kwargs }) => ({ meter_execution_type, task_kwargs })),
    [{ meter_execution_type: "generic_modbus", task_kwargs: { series: ["echo", "past"] } }],
  );
  for (const { id } of first.devices) platform.read.add(id);
  platform.writes.length = 0;
  await register(platform, street.description);
  assert.deepEqual(platform.writes, []);
});

test("groups whose tasks have the same name get tasks of their own", async () => {
  const street = await startNeighbourhood({ seed: 7, meters: 1, others: otherMeters });
  const platform = createFakePlatform();
  await register(platform, street.description);
  await street.close();
  const plans = new Map(street.meters.map(({ reading }) => [reading.group, reading.tasks.length]));
  const groups = platform.rows("/v1/metering/amr-task-groups");
  assert.deepEqual(new Map(groups.map(({ name, tasks }) => [name, (tasks as []).length])), plans);
  const tasks = platform.rows("/v1/metering/amr-tasks");
  assert.equal(new Set(groups.flatMap((group) => group.tasks as string[])).size, tasks.length);
  assert.equal(new Set(tasks.map(({ name }) => name)).size, tasks.length);
});

test("doing it again adds nothing and changes nothing", async () => {
  const platform = createFakePlatform();
  const first = await register(platform);
  for (const { id } of first.devices) platform.read.add(id);
  platform.writes.length = 0;
  const second = await register(platform);
  assert.deepEqual(platform.writes, []);
  assert.deepEqual([second.created, second.changed, second.unchanged, second.invoked], [0, 0, first.created, 0]);
});

test("repairs a port that moved, a key that changed and a row that someone spoiled", async () => {
  const platform = createFakePlatform();
  const first = await register(platform);
  for (const { id } of first.devices) platform.read.add(id);
  platform.rows("/v1/metering/meter-device-types")[0]!.dlms_settings = { framing: "hdlc" };
  const moved = structuredClone(running.description) as unknown as {
    meters: { port: number; secrets: Record<string, string> }[];
  };
  // Two meters swap their ports: neither may end up with the other's interface.
  [moved.meters[0]!.port, moved.meters[1]!.port] = [moved.meters[1]!.port, moved.meters[0]!.port];
  const secured = moved.meters.find(({ secrets }) => secrets.dlms_global_unicast_encryption_key)!;
  secured.secrets.dlms_global_unicast_encryption_key = "00".repeat(16);
  platform.writes.length = 0;
  const second = await register(platform, moved as unknown as NeighbourhoodDescription);
  assert.equal(second.changed, 4);
  assert.deepEqual(platform.writes.map((write) => write.replace(/\/[0-9a-f-]{36}$/, "")).sort(), [
    "DELETE /v1/metering/meter-security-keys",
    "PATCH /v1/metering/meter-device-types",
    "PATCH /v1/metering/network-interfaces",
    "PATCH /v1/metering/network-interfaces",
    "POST /v1/metering/meter-security-keys",
  ]);
});

test("leaves what users added and switched alone", async () => {
  const platform = createFakePlatform();
  const first = await register(platform);
  for (const { id } of first.devices) platform.read.add(id);
  const [device] = platform.rows(devices);
  (device!.task_groups as string[]).push("their own group");
  platform.rows("/v1/metering/amr-tasks")[0]!.is_active = false;
  platform.writes.length = 0;
  await register(platform);
  assert.deepEqual(platform.writes, []);
});

test("goes on after an interruption without leaving doubles", async () => {
  const platform = createFakePlatform();
  platform.failNext(devices, 503, '{"detail":"busy"}');
  await assert.rejects(register(platform), /POST \/v1\/metering\/meter-devices was answered 503: \{"detail":"busy"\}/);
  await register(platform);
  assert.equal(platform.rows(devices).length, meters);
  assert.equal(platform.rows("/v1/metering/network-interfaces").length, meters);
});

test("a token that is not accepted is told as such", async () => {
  const platform = createFakePlatform();
  const settings = { baseUrl: "http://platform.test", neighbourhood: running.description, fetch: platform.fetch };
  await assert.rejects(registerNeighbourhood({ ...settings, token: "wrong" }), { status: 401 });
});

function register(platform: FakePlatform, neighbourhood = running.description) {
  return registerNeighbourhood({
    baseUrl: "http://platform.test",
    token: fakeToken,
    neighbourhood,
    fetch: platform.fetch,
  });
}

function byId(platform: FakePlatform, path: string, id: unknown) {
  return platform.rows(path).find((row) => row.id === id)!;
}
