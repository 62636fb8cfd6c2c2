import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
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

test("says which option is wrong", async () => {
  const child = spawn(process.execPath, [program, "--meters", "many"]);
  let said = "";
  child.stderr.on("data", (bytes) => {
    said += bytes;
  });
  assert.deepEqual(await once(child, "close"), [1, null]);
  assert.match(said, /--meters is "many", not a whole number from 0 to 20000/);
});
