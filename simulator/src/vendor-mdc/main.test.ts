import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { VendorClient } from "./testing/vendor-client.ts";
import { spawnVendor, startProcess, type VendorProcess } from "./testing/vendor-process.ts";

async function startReady(words: readonly string[]): Promise<VendorProcess> {
  return startProcess(["--pace", "0", ...words]);
}

async function stop({ child }: VendorProcess): Promise<void> {
  child.stdin!.end();
  const [code] = await once(child, "exit");
  assert.equal(code, 0);
}

test("a process of its own answers at the address of its ready line, and its control port moves it", async () => {
  const vendor = await startReady(["--version", "v3.3", "--format", "xml", "--base-path", "/mdc"]);
  const { ready } = vendor;
  assert.equal(ready.type, "ready");
  assert.match(ready.url, /^https:\/\/127\.0\.0\.1:\d+\/mdc$/);
  assert.deepEqual(
    [ready.version, ready.timezone, ready.meters.length, ready.stock.length],
    ["v3.3", "Asia/Karachi", 2, 2],
  );
  const client = await new VendorClient(ready).authorize();
  const read = () => client.service("load_profile_data", client.ids, { start_datetime: "", end_datetime: "" });
  const before = (await read()).text;
  assert.match(before, /^<\?xml/);

  const control = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${ready.control}${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: bodies of several shapes.
    return { status: response.status, body: (await response.json()) as any };
  };
  assert.deepEqual((await control("PUT", "/habits", { htmlInPlaceOfData: 1 })).body, { htmlInPlaceOfData: 1 });
  assert.match((await read()).text, /^<!DOCTYPE html>/);
  const wrong = await control("PUT", "/habits", { latencies: 1 });
  assert.deepEqual([wrong.status, /latencies is no habit/.test(wrong.body.error)], [400, true]);
  assert.deepEqual((await control("DELETE", "/habits")).body, {});
  assert.ok((await control("GET", "/habits")).body.length > 30);
  const now = (await control("POST", "/clock", { jump: 600_000 * 6 })).body.now;
  assert.ok(Math.abs(now - Date.now() - 3_600_000) < 60_000);
  await client.authorize();
  assert.ok((await read()).text.length > before.length);
  const meters = (await control("GET", "/meters")).body;
  assert.deepEqual([meters.length, meters[0].relay.closed], [2, true]);
  assert.equal((await control("GET", "/nothing")).status, 404);
  assert.equal((await control("POST", "/clock", { jump: -1 })).status, 400);
  await stop(vendor);
});

test("what was done to its meters outlives a restart: relay, port, certificate, and registers that go on", async () => {
  const directory = await mkdtemp(join(tmpdir(), "vendor-mdc-"));
  const memory = ["--memory", join(directory, "vendor.ndjson")];
  const first = await startReady(memory);
  const client = await new VendorClient(first.ready).authorize();
  const [id] = client.ids;
  await client.order("aux_relay_operations", [id!], { relay_operate: "0" });
  const visuals = async () => (await client.service("meter_visuals", [id!])).json.data[0];
  const before = await visuals();
  await stop(first);
  const second = await startReady(memory);
  assert.equal(second.ready.url, first.ready.url);
  assert.equal(second.ready.certificate, first.ready.certificate);
  await client.authorize();
  const now = await visuals();
  assert.equal(now.last_active_energy_pos_tl, before.last_active_energy_pos_tl);
  assert.equal(now.last_contactor_off_datetime, before.last_contactor_off_datetime);
  assert.equal(now.aggregate_active_pwr_pos, "0.000");
  await stop(second);
  await rm(directory, { recursive: true });
});

test("a wrong option is said and ends the process", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const taken = (other.address() as AddressInfo).port;
  for (const [words, message] of [
    [["--version", "v2"], /--version is "v2", not v1 or v3\.2 or v3\.3/],
    [["--habits", "{"], /--habits is \{, not a JSON object/],
    [["--habits", '{"zeroDate":true}'], /zeroDate is no habit/],
    [["--habits", "5"], /--habits is 5, not a JSON object/],
    [["--meters", "many"], /--meters/],
    [["--pace", " "], /--pace is " ", not a number/],
    [["--base-path", "mdc"], /--base-path is "mdc", not a path such as \/udil/],
    [["--until-inputs-end"], /Unknown option '--until-inputs-end'/],
    [["--meters", "1", "--history-days", "1", "--control-port", String(taken)], /EADDRINUSE/],
    [["--meters", "1", "--history-days", "1", "--port", String(taken)], /EADDRINUSE/],
    [["--memory", import.meta.filename], /main\.test\.ts is no file of ours/],
  ] as const) {
    const child = spawnVendor(words);
    let said = "";
    child.stderr!.setEncoding("utf8").on("data", (chunk: string) => {
      said += chunk;
    });
    const [code] = await once(child, "close");
    assert.equal(code, 1);
    assert.match(said, message);
  }
  await new Promise((resolve) => other.close(resolve));
});
