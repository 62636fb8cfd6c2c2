import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { planVendor } from "./meters/plan.ts";
import { day, hour } from "./testing/meters.ts";
import { startVendor } from "./testing/vendor-client.ts";
import { startVendorMdc } from "./vendor-mdc.ts";

test("a remembered port that is taken is replaced; one that was asked for is not", async () => {
  const directory = await mkdtemp(join(tmpdir(), "vendor-mdc-"));
  const options = { meters: 1, memoryFile: join(directory, "vendor.json") };
  const first = await startVendor(options);
  const port = Number(new URL(first.vendor.description.url).port);
  await first.vendor.close();
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(port, "127.0.0.1", resolve));
  const second = await startVendor(options);
  assert.notEqual(new URL(second.vendor.description.url).port, String(port));
  await second.vendor.close();
  await assert.rejects(startVendor({ port, meters: 1 }), { code: "EADDRINUSE" });
  await new Promise((resolve) => other.close(resolve));
  await rm(directory, { recursive: true });
});

test("what cannot be asked for is said", async () => {
  await assert.rejects(startVendorMdc({ meters: 10_001 }), /at most 10000 meters/);
  await assert.rejects(startVendorMdc({ offsetMinutes: 345 }), /whole hours/);
  await assert.rejects(startVendorMdc({ habits: { lateRows: -1 } }), /lateRows must be/);
});

test("vendors of two seeds share no meter, and one seed is always the same vendor", async () => {
  const serials = [1, 2, 89].flatMap((seed) => planVendor(seed, 500).meters.map(({ msn }) => msn.slice(4)));
  assert.equal(new Set(serials).size, serials.length);
  const [one, other] = await Promise.all([startVendor({ seed: 3 }), startVendor({ seed: 3 })]);
  const { meters, password } = one.vendor.description;
  assert.deepEqual([other.vendor.description.meters, other.vendor.description.password], [meters, password]);
  await Promise.all([one.vendor.close(), other.vendor.close()]);
});

test("a clock that jumps a day leaves the rows of a day, and wrong clocks stamp theirs wrongly", async () => {
  const { client, vendor } = await startVendor({ habits: { wrongClocks: 2 } });
  const count = () => vendor.collector.tables.count("LPRO");
  const before = count();
  vendor.jump(day);
  assert.equal(count() - before, 96);
  const [right, wrong] = client.ids.map((id) => vendor.meters.get(id)!.state.clockError);
  assert.ok(Math.abs(right!) < 2_000 && Math.abs(wrong!) >= hour);
  await client.authorize();
  const { transactionid } = await client.order("time_synchronization", client.ids);
  assert.equal((await client.status(transactionid))[1].status_level, "5");
  assert.equal(vendor.meters.get(client.ids[1]!)!.state.clockError, 0);
  assert.throws(() => vendor.jump(-1), RangeError);
  await vendor.close();
});
