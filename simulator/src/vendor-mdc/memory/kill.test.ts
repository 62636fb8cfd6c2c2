import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { VendorMdcOptions } from "../options.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { day, hour, monday } from "../testing/meters.ts";
import { startVendor, VendorClient, type VendorScene } from "../testing/vendor-client.ts";
import { kill, startProcess } from "../testing/vendor-process.ts";
import type { VendorMdc } from "../vendor-mdc.ts";

const directory = await mkdtemp(join(tmpdir(), "vendor-memory-"));
after(() => rm(directory, { recursive: true }));

const everything = { start_datetime: "", end_datetime: "" };
const open = new Set<VendorMdc>();
after(() => Promise.all(Array.from(open, (vendor) => vendor.close())));

async function start(options: VendorMdcOptions): Promise<VendorScene> {
  const scene = await startVendor(options);
  open.add(scene.vendor);
  return scene;
}

async function stop(vendor: VendorMdc): Promise<void> {
  open.delete(vendor);
  await vendor.close();
}

const tables = ["instantaneous_data", "billing_data", "monthly_billing_data", "load_profile_data", "events"];

for (const version of ["v1", "v3.3"] as const) {
  test(`a process of ${version} that is killed has its rows, orders and answers when it comes back`, async () => {
    const words = ["--memory", join(directory, `${version}.ndjson`), "--version", version, "--pace", "1"];
    const habits = JSON.stringify({ lateRows: 3, lostRows: 5, onDemandDelay: 30_000 });
    const first = await startProcess([...words, "--habits", habits]);
    const client = await new VendorClient(first.ready).authorize();
    const [id, other] = client.ids;
    const read = async () => {
      const answers = [];
      for (const table of tables) answers.push((await client.service(table, client.ids, everything)).json.data);
      return answers;
    };
    const onDemand = version === "v1" ? "on_demand_request" : "time_synchronization";
    const cut = await client.order("aux_relay_operations", [id!], { relay_operate: "0" });
    await first.jump(20_000);
    const executed = await client.status(cut.transactionid);
    assert.equal(executed[0].status_level, "5");
    const waiting = await client.order(onDemand, [other!, "m404"], { type: "LPRO", ...everything });
    const [under] = await client.status(waiting.transactionid);
    assert.ok(Number(under.status_level) < 5);
    const rows = await read();
    assert.ok(rows.every((data) => data.length > 0));
    await kill(first);

    const second = await startProcess([...words, "--habits", habits]);
    assert.deepEqual([second.ready.url, second.ready.certificate], [first.ready.url, first.ready.certificate]);
    await client.authorize();
    // What was on its way when it was killed may have come.
    for (const [index, data] of (await read()).entries())
      assert.deepEqual(data.slice(0, rows[index]!.length), rows[index]);
    assert.deepEqual(await client.status(cut.transactionid), executed);
    const again = { request_datetime: "2026-03-02 05:00:00" };
    const repeated = (form: Record<string, string>) =>
      client.service("aux_relay_operations", [id!], { ...again, ...form }, { transactionid: cut.transactionid });
    assert.deepEqual((await repeated({ relay_operate: "0" })).json, cut.answer.json);
    assert.equal((await repeated({ relay_operate: "1" })).httpStatus, 400);

    await second.jump(60_000);
    const [ended, refused] = await client.status(waiting.transactionid);
    assert.deepEqual([ended.status_level, refused.indv_status], ["5", version === "v1" ? "0" : "2"]);
    assert.equal(ended.command_receiving_datetime, under.command_receiving_datetime);
    if (version === "v1") assert.ok(ended.response_data.length >= 48, "the lost rows are still in the meter's memory");
    const [visuals] = (await client.service("meter_visuals", [id!])).json.data;
    assert.equal(visuals.last_command, "aux_relay_operations");
    await kill(second);
  });
}

test("wherever the file was cut off, the same rows come again, each once", async () => {
  const path = join(directory, "cut.ndjson");
  const clock = new FakeClock(monday);
  const options = { clock, memoryFile: path, habits: { lateRows: 4, unknownEventCodes: 2 } };
  const { vendor } = await start(options);
  clock.pass(7.7 * hour);
  await stop(vendor);
  const whole = await readFile(path);
  // What it was written with at the start is there as a whole or not at all.
  const firstLines = [1, 2, 3].reduce((end) => whole.indexOf("\n", end) + 1, 0);
  const cutPath = join(directory, "cut-off.ndjson");
  let expected: string[] | undefined;
  for (let cut = 0; cut <= 6; cut++) {
    const length = firstLines + Math.floor(((whole.length - firstLines) * cut) / 6);
    await writeFile(cutPath, whole.subarray(0, length));
    const later = new FakeClock(monday + 8 * hour);
    const again = await start({ ...options, clock: later, memoryFile: cutPath });
    again.vendor.jump(day);
    const keys = keysOf(again.vendor);
    assert.equal(new Set(keys).size, keys.length, "a row came twice");
    const ids = [...again.vendor.collector.tables.rows()].map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    expected ??= keys;
    const invented = keys.filter((key) => !expected!.includes(key));
    const lost = expected.filter((key) => !keys.includes(key));
    assert.deepEqual({ lost, invented }, { lost: [], invented: [] }, `cut after ${length} of ${whole.length} bytes`);
    await stop(again.vendor);
  }
});

test("what a killed MDC did not have yet comes when it is back, stamped when it comes", async () => {
  const memoryFile = join(directory, "down.ndjson");
  const clock = new FakeClock(monday);
  await stop((await start({ clock, memoryFile })).vendor);
  const openedAt = monday + 5.2 * hour;
  const { vendor } = await start({ clock: new FakeClock(openedAt), memoryFile });
  const rows = [...vendor.collector.tables.rows()].filter(({ table }) => table === "LPRO");
  const meanwhile = rows.filter(({ capturedAt }) => capturedAt > monday + 0.1 * hour);
  assert.equal(meanwhile.length, 20);
  assert.ok(meanwhile.every(({ storedAt }) => storedAt === openedAt));
  assert.equal(rows.length - meanwhile.length, 98);
  await stop(vendor);
});

test("its clock, once made to jump, does not go back", async () => {
  const memoryFile = join(directory, "jumped.ndjson");
  const first = await start({ memoryFile });
  first.vendor.jump(30 * day);
  const before = first.vendor.now();
  await stop(first.vendor);
  const second = await start({ memoryFile });
  assert.equal(second.vendor.now(), before);
  await stop(second.vendor);
});

test("the file is bounded however long it lives, and so is what it remembers", async () => {
  const memoryFile = join(directory, "long.ndjson");
  const { client, clock, vendor } = await start({ memoryFile, meters: 1, stock: 0, version: "v3.3" });
  const lengths: number[] = [];
  for (let month = 0; month < 3; month++) {
    vendor.jump(30 * day);
    await client.authorize();
    for (let read = 0; read < 10; read++)
      await client.order("on_demand_data_read", client.ids, { type: "LPRO", ...everything });
    lengths.push((await stat(memoryFile)).size);
  }
  const rows = [...vendor.collector.rows()];
  assert.ok(rows.length < 41 * 120, `${rows.length} rows`);
  assert.ok(Math.max(...lengths) < 24 * 1024 * 1024, `${lengths}`);
  await stop(vendor);
  const again = await start({ memoryFile, meters: 1, stock: 0, version: "v3.3", clock });
  assert.ok([...again.vendor.collector.rows()].length <= rows.length);
  assert.ok((await stat(memoryFile)).size < Math.max(...lengths));
  await stop(again.vendor);
});

test("a memory of somebody else is not overwritten, and a damaged one is said", async () => {
  const path = join(directory, "other.ndjson");
  await stop((await start({ memoryFile: path })).vendor);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  await assert.rejects(start({ memoryFile: path, seed: 8 }), /belongs to an MDC with seed 7, not 8/);
  await assert.rejects(start({ memoryFile: path, version: "v3.3" }), /version v1, not v3\.3/);
  const lines = (await readFile(path, "utf8")).split("\n");
  lines[1] = lines[1]!.slice(0, 100);
  await writeFile(path, lines.join("\n"));
  await assert.rejects(start({ memoryFile: path }), /is damaged in line 2/);
  for (const text of ["a shopping list", '{"version":1,"seed":7,"meters":{}}\n', "null\n"]) {
    await writeFile(path, text);
    await assert.rejects(start({ memoryFile: path }), /other\.ndjson is no (memory of an MDC|file of ours)/);
    assert.equal(await readFile(path, "utf8"), text);
  }
});

function keysOf(vendor: VendorMdc): string[] {
  const rows = [...vendor.collector.rows()];
  return rows
    .map(({ meter, table, at, texts }) => `${meter.msn} ${table} ${at} ${table === "EVNT" ? texts[3] : ""}`)
    .sort();
}
