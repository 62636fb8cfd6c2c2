import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { openColumnarStore } from "../stores/columnar/columnar-store.ts";
import { openRelationalStore } from "../stores/relational/relational-store.ts";
import { temporaryDirectory } from "../stores/testing/temporary-directory.ts";
import { headEndOver, openReadingScene, type SceneStores } from "./testing/reading-scene.ts";

const meters = 12;

test("kill -9 in the middle of a backlog: the next start completes it, and nothing is there twice", async () => {
  const directory = temporaryDirectory();
  const masterKey = randomBytes(32);
  const open = async (): Promise<SceneStores> => ({
    relational: await openRelationalStore({ directory: join(directory, "relational") }),
    columnar: await openColumnarStore({ directory: join(directory, "columnar") }),
    masterKey,
  });
  const close = ({ relational, columnar }: SceneStores) => Promise.all([relational.close(), columnar.close()]);

  const before = await open();
  const scene = await openReadingScene({ meters, historyDays: 3 }, before);
  for (const meter of scene.meters) {
    meter.faults.clear();
    await scene.ask(await scene.register(meter), "read_profile", { obis: "1-0:99.1.0" });
  }
  await close(before);

  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, "testing/head-end-process.ts"), directory, masterKey.toString("hex")],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let over = 0;
  for await (const _ of createInterface(child.stdout)) if (++over === 2) child.kill("SIGKILL");
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  assert.equal(child.signalCode, "SIGKILL");

  const after = await open();
  const { db } = after.relational;
  const left = await db.selectFrom("amr_runs").select(["state"]).where("state", "!=", "succeeded").execute();
  assert.ok(left.length > 0, "it was killed before the end");
  const { headEnd, stop } = headEndOver(after, {});
  await headEnd.start();
  const waiting = () => db.selectFrom("amr_runs").select("id").where("state", "in", ["waiting", "running"]).execute();
  while ((await waiting()).length > 0) await pause(20);
  await stop();

  // The meter whose registered key is wrong stays unread.
  const runs = await db.selectFrom("amr_runs").selectAll().orderBy("id").execute();
  assert.equal(runs.length, meters);
  const failed = runs.filter(({ state }) => state !== "succeeded");
  assert.deepEqual(
    failed.map(({ cause }) => cause),
    ["wrong_key"],
  );
  const result = await after.columnar.client.query({
    query: `select device_number as device, toUInt32(count()) as stored, toUInt32(uniqExact(series_number, timestamp)) as readings,
      toUInt32(uniqExact(timestamp)) as times, toUInt32(dateDiff('minute', min(timestamp), max(timestamp))) as minutes
      from meter_readings final group by device`,
    format: "JSONEachRow",
  });
  const devices = (await result.json()) as {
    device: number;
    stored: number;
    readings: number;
    times: number;
    minutes: number;
  }[];
  await close(after);
  assert.equal(devices.length, meters - 1);
  for (const { device, stored, readings, times, minutes } of devices) {
    assert.equal(stored, readings, `device ${device} has a reading twice`);
    assert.equal(times, minutes / 15 + 1, `device ${device} has a gap`);
    assert.ok(times >= 3 * 96, `device ${device} has ${times} rows`);
  }
});
