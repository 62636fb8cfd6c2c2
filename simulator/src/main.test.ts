import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { ReadyLine } from "./main.ts";
import { openMeter } from "./testing/meter-client.ts";

const program = fileURLToPath(new URL("main.ts", import.meta.url));

test("prints one line when every meter listens, and ends with its input", async () => {
  const child = spawn(process.execPath, [
    program,
    "--seed",
    "7",
    "--meters",
    "3",
    "--others",
    "none",
    "--history-days",
    "2",
    "--control-port",
    "0",
    "--until-input-ends",
  ]);
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  const ready = JSON.parse(line) as ReadyLine;
  assert.equal(ready.type, "ready");
  assert.equal(ready.neighbourhood.meters.length, 3);
  const client = await openMeter(ready.neighbourhood.meters[0]!);
  await client.close();
  assert.equal((await fetch(`${ready.control}/meters`)).status, 200);
  child.stdin.end();
  assert.deepEqual(await once(child, "exit"), [0, null]);
});

test("ends while a client that said goodbye keeps its side open", { timeout: 20_000 }, async () => {
  const child = spawn(process.execPath, [
    program,
    "--meters",
    "3",
    "--others",
    "none",
    "--history-days",
    "1",
    "--until-input-ends",
  ]);
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  const hdlc = (JSON.parse(line) as ReadyLine).neighbourhood.meters.find(({ make }) => make === "Castellan")!;
  const client = await openMeter(hdlc);
  await client.release();
  child.stdin.end();
  assert.deepEqual(await once(child, "exit"), [0, null]);
  client.destroy();
});

test("ends on SIGTERM", async () => {
  const child = spawn(process.execPath, [program, "--meters", "1", "--others", "none"]);
  await once(createInterface(child.stdout), "line");
  child.kill("SIGTERM");
  assert.deepEqual(await once(child, "exit"), [0, null]);
});

test("what was ordered of a meter outlives a kill of the process: switch, limit and calendar", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "neighbourhood-"));
  const start = async () => {
    const words = ["--seed", "7", "--meters", "6", "--others", "none", "--history-days", "1"];
    const child = spawn(process.execPath, [program, ...words, "--memory", join(directory, "memory.json")]);
    t.after(() => child.kill("SIGKILL"));
    const [line] = (await once(createInterface(child.stdout), "line")) as [string];
    const { meters } = (JSON.parse(line) as ReadyLine).neighbourhood;
    return { child, meter: meters.find(({ make }) => make === "Borealis")! };
  };
  const first = await start();
  const client = await openMeter(first.meter);
  assert.equal(await client.set(71, "0.0.17.0.0.255", 4, { type: "double-long-unsigned", value: 4_321 }), 0);
  const name = { type: "octet-string", value: Uint8Array.of(0x4b, 0x49, 0x4c, 0x4c) } as const;
  assert.equal(await client.set(20, "0.0.13.0.0.255", 6, name), 0);
  const relay = { classId: 70, logicalName: "0.0.96.3.10.255" };
  const opened = await client.action({ method: { ...relay, method: 1 }, parameter: { type: "integer", value: 0 } });
  assert.equal(opened.result, 0);
  const energy = await client.read(3, "1.0.1.8.0.255", 2);
  // Before anything else can be written.
  first.child.kill("SIGKILL");
  await once(first.child, "exit");
  client.destroy();

  const second = await start();
  assert.deepEqual([second.meter.serial, second.meter.port], [first.meter.serial, first.meter.port]);
  const again = await openMeter(second.meter);
  assert.equal((await again.read(70, relay.logicalName, 2)).value, false);
  assert.equal((await again.read(71, "0.0.17.0.0.255", 4)).value, 4_321);
  assert.deepEqual(await again.read(20, "0.0.13.0.0.255", 6), name);
  assert.deepEqual(await again.read(3, "1.0.1.8.0.255", 2), energy, "energy stands still");
  await again.close();
  second.child.kill("SIGKILL");
  await once(second.child, "exit");
  await rm(directory, { recursive: true });
});

test("says which option is wrong, and leaves nothing running", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const taken = String((other.address() as AddressInfo).port);
  for (const [words, message] of [
    [["--meters", "many"], /--meters is "many", not a whole number from 0 to 20000/],
    [["--capture-period", "61"], /--capture-period is 61/],
    [["--meters", "1", "--others", "none", "--control-port", "many"], /--control-port is "many"/],
    [["--meters", "1", "--others", "none", "--control-port", taken], /EADDRINUSE/],
  ] as const) {
    const child = spawn(process.execPath, [program, ...words]);
    let said = "";
    child.stderr.on("data", (bytes) => {
      said += bytes;
    });
    assert.deepEqual(await once(child, "close"), [1, null]);
    assert.match(said, message);
  }
  await new Promise((resolve) => other.close(resolve));
});
