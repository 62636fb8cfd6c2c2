import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Program, runProgram } from "./testing/program.ts";

/** The promise of the README, as a visitor sees it, with a power cut in the middle. */
test("the demo reads its neighbourhood, survives kill -9 in the backlog, and doubles nothing", async (t) => {
  const data = await mkdtemp(join(tmpdir(), "anymeter-demo-"));
  const programs: Program[] = [];
  const startDemo = () => {
    const program = runProgram(["demo"], data);
    programs.push(program);
    return program;
  };
  t.after(async () => {
    for (const { child } of programs) child.kill("SIGKILL");
    await Promise.all(programs.map(({ ended }) => ended));
    await rm(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  });

  const cut = startDemo();
  await cut.says(/Reading what they kept/);
  cut.child.kill("SIGKILL");
  assert.equal(await cut.ended, "SIGKILL");

  const resumed = startDemo();
  await resumed.says(/From here on/);
  const { token } = JSON.parse(await readFile(join(data, "demo-credentials.json"), "utf8")) as { token: string };
  const api = await apiOf(resumed, token);
  const devices = (await api("/v1/metering/meter-devices?limit=200")).results as readonly Device[];
  const [behind, ours] = [true, false].map((isVendors) =>
    devices.filter(({ protocol }) => (protocol === "udil") === isVendors),
  ) as [Device[], Device[]];
  const ourIds = new Set(ours.map(({ id }) => id));
  const everybody = (await api("/v1/devices/status?limit=200")).results as readonly Status[];
  const statuses = everybody.filter(({ meter_device }) => ourIds.has(meter_device));
  const unread = statuses.filter(({ last_success }) => last_success === null);
  assert.equal(statuses.length, 90);
  // Two vendors with six meters each: one screen shows three makes.
  assert.equal(behind.length, 12);
  assert.equal(new Set(behind.map(({ type }) => type)).size, 2);
  const delivered = everybody.filter(
    ({ meter_device, last_success }) => !ourIds.has(meter_device) && last_success !== null,
  );
  assert.equal(delivered.length, 12, "vendors that were killed with the platform deliver again");
  // A modem that resets, mixed up keys, a locked converter, a register that is refused, a wrong password, a wrong address.
  assert.deepEqual(unread.map(({ last_cause }) => last_cause).sort(), [
    "authentication_failed",
    "authentication_failed",
    "connection_reset",
    "object_missing",
    "secondary_address_missing",
    "wrong_key",
  ]);
  const recently = new Date(Date.now() - day).toISOString();
  for (const [protocol, members] of Map.groupBy(ours, (device) => device.protocol)) {
    const counts = await Promise.all(
      members.map(({ id }) => api(`/v1/metering/meter-readings?limit=1&meter_device=${id}&start_time=${recently}`)),
    );
    const fresh = counts.filter(({ count }) => count > 0).length;
    assert.ok(fresh >= members.length - 2, `${fresh} of ${members.length} ${protocol} meters have fresh values`);
  }
  const now = new Date().toISOString();
  const { count } = await api(`/v1/metering/meter-readings?limit=1&end_time=${now}`);
  assert.ok(count > 100_000, `${count} readings`);
  const dlms = new Set(devices.filter(({ protocol }) => protocol === "dlms-cosem").map(({ id }) => id));
  const healthy = statuses.find(({ meter_device, last_success }) => dlms.has(meter_device) && last_success !== null)!;
  const [series] = (await api("/v1/metering/meter-reading-series?name=1-0:1.8.0")).results as readonly { id: string }[];
  const { results } = await api(
    `/v1/metering/meter-readings?limit=5000&meter_device=${healthy.meter_device}&series=${series!.id}`,
  );
  const times = (results as readonly { timestamp: string }[]).map(({ timestamp }) => Date.parse(timestamp));
  assert.ok(
    times.every((time, index) => index === 0 || time > times[index - 1]!),
    "every quarter once, in order",
  );
  // Thirty days of quarters; the simulated network may have been without supply for an hour or two.
  assert.ok(times.length > 2_800, `${times.length} quarters`);
  assert.ok(times[0]! < Date.now() - 29 * day && times.at(-1)! > Date.now() - day / 24);

  const began = performance.now();
  resumed.child.kill("SIGINT");
  assert.equal(await resumed.ended, 0);
  assert.ok(performance.now() - began < 5_000, "Ctrl-C ends cleanly in under 5 s");

  const again = startDemo();
  await again.says(/They are registered already/);
  await again.says(/From here on/);
  const after = await (await apiOf(again, token))(`/v1/metering/meter-readings?limit=1&end_time=${now}`);
  assert.equal(after.count, count);
});

const day = 86_400_000;

interface Device {
  readonly id: string;
  readonly type: string;
  readonly protocol: string;
}

interface Status {
  readonly meter_device: string;
  readonly last_success: string | null;
  readonly last_cause: string | null;
}

async function apiOf(program: Program, token: string) {
  const [, address] = await program.says(/Portal +(http:\S+)/);
  return async (path: string) => {
    const response = await fetch(`${address}${path}`, { headers: { authorization: `Token ${token}` } });
    assert.equal(response.status, 200, path);
    return (await response.json()) as { count: number; results: readonly unknown[] };
  };
}
