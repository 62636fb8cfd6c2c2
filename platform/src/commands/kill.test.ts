import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { openRelationalStore } from "../stores/relational/relational-store.ts";
import { pgliteTemplate } from "../stores/testing/pglite-template.ts";
import { temporaryDirectory } from "../stores/testing/temporary-directory.ts";
import { openCommandScene, over } from "./testing/command-scene.ts";

/** `at-4-done` did what it was sent before the end; `at-4` did not. */
const names = ["at-1", "at-2", "at-3", "at-4", "at-4-done", "at-5", "at-vendor"];

test("kill -9 at each level: the next start goes on, and sends nothing twice without saying so", async () => {
  const directory = temporaryDirectory();
  const before = await openRelationalStore({ directory, template: await pgliteTemplate() });
  const first = await openCommandScene({ store: before });
  const mdc = await before.db
    .insertInto("udil_mdcs")
    .values({ organization: first.organization, name: "vendor" } as never)
    .returning("id")
    .executeTakeFirstOrThrow();
  const meters = [];
  for (const [index, name] of names.entries()) {
    const network_interface = await first.rows.networkInterface(first.organization, {
      static_ip_address: `10.0.0.${index + 1}`,
    });
    const meter = await first.meter({ name, udil_mdc: name === "at-vendor" ? mdc.id : null });
    await before.db.updateTable("meter_devices").set({ network_interface }).where("id", "=", meter).execute();
    meters.push(meter);
  }
  const command = await first.switchOff(...meters);
  await before.close();

  const child = spawn(process.execPath, [join(import.meta.dirname, "testing/command-process.ts"), directory], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const waiting = new Set(names);
  for await (const name of createInterface(child.stdout)) {
    waiting.delete(name);
    if (waiting.size === 0) child.kill("SIGKILL");
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  assert.equal(child.signalCode, "SIGKILL");

  const after = await openRelationalStore({ directory });
  const asked = new Map<string, boolean>();
  const second = await openCommandScene({
    store: after,
    carryOut: async (again, { name }) => {
      asked.set(name, again.sentBefore);
      await again.reached(3);
      if (name !== "at-4-done") await again.reached(4);
      return {};
    },
  });
  const levels = new Map((await second.rowsOf(command)).map((row) => [row.meterDeviceName, row.statusLevel]));
  assert.deepEqual([...levels.values()], [1, 2, 3, 4, 4, 5, 4], "levels are durable");
  const instants = new Map((await second.rowsOf(command)).map((row) => [row.id, row.statusAt]));
  await second.headEnd.start();
  await second.commands.start();
  const [taken] = await second.commands.takeForPeers(10);
  assert.deepEqual(
    taken!.devices.map(({ level, reference }) => [level, reference]),
    [[4, "t-1"]],
  );
  await second.commands.report(taken!.devices.map(({ commandDevice }) => ({ commandDevice, state: "succeeded" })));
  const rows = await second.when(command, over);
  assert.deepEqual(
    rows.map(({ meterDeviceName, state, statusLevel, timesSent }) => [meterDeviceName, state, statusLevel, timesSent]),
    [
      ["at-1", "succeeded", 5, 1],
      ["at-2", "succeeded", 5, 1],
      ["at-3", "succeeded", 5, 1],
      ["at-4", "succeeded", 5, 2],
      ["at-4-done", "succeeded", 5, 1],
      ["at-5", "succeeded", 5, 1],
      ["at-vendor", "succeeded", 5, 1],
    ],
  );
  assert.deepEqual(
    rows.flatMap(({ meterDeviceName, remark }) => (remark === null ? [] : [[meterDeviceName, remark]])),
    [["at-4", "It was sent 2 times: what came of an earlier attempt was not known."]],
  );
  assert.deepEqual([...asked].sort(), [
    ["at-1", false],
    ["at-2", false],
    ["at-3", false],
    ["at-4", true],
    ["at-4-done", true],
  ]);
  for (const { id, statusAt } of rows) {
    for (const [index, instant] of instants.get(id)!.entries())
      if (instant !== null) assert.equal(statusAt[index], instant, "an instant is set once");
  }
  await second.commands.stop();
  await second.headEnd.stop();
  await after.close();
});
