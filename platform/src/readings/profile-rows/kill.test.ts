import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { openColumnarStore } from "../../stores/columnar/columnar-store.ts";
import { openRelationalStore } from "../../stores/relational/relational-store.ts";
import { temporaryDirectory } from "../../stores/testing/temporary-directory.ts";
import { createProfileRows } from "./profile-rows.ts";

test("kill -9 at any moment loses no acknowledged row, doubles none, and gives no id again", async () => {
  const directory = temporaryDirectory();
  const program = join(import.meta.dirname, "testing/row-writing-process.ts");
  const child = spawn(process.execPath, [program, directory], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const acknowledged = new Map<number, number>();
  let lines = 0;
  for await (const line of createInterface(child.stdout)) {
    const [device, upTo] = line.split(" ").map(Number);
    acknowledged.set(device!, upTo!);
    if (++lines === 30) child.kill("SIGKILL");
  }
  await exited;
  assert.equal(child.signalCode, "SIGKILL");

  const columnar = await openColumnarStore({ directory: join(directory, "columnar") });
  const relational = await openRelationalStore({ directory: join(directory, "relational") });
  const { store, queries, visuals, close } = createProfileRows({ relational, columnar });
  const found = await queries.rows({ table: "LPRO", organizationNumber: 1, limit: 1_000_000 });
  for (const [device, upTo] of acknowledged) {
    const energies = found
      .filter(({ deviceNumber }) => deviceNumber === device)
      .map(({ fields }) => Number(fields.active_energy_pos_tl));
    assert.deepEqual(energies, [...energies.keys()], `meter ${device}: each row once`);
    assert.ok(energies.length >= upTo, `meter ${device}: ${energies.length} of ${upTo} acknowledged`);
  }
  assert.equal((await visuals.read(1, [1])).get(1)?.voltage_phase_a, "230");
  const greatest = Math.max(...found.map(({ id }) => id));
  assert.equal(new Set(found.map(({ id }) => id)).size, found.length);
  const again = { ...{ organizationNumber: 1, deviceNumber: 9, source: 0, table: "LPRO" as const, readAt: 0 }, at: 0 };
  await store.write([{ ...again, fields: { frequency: "50" } }]);
  const [row] = await queries.rows({ table: "LPRO", organizationNumber: 1, devices: [9], limit: 1 });
  assert.ok(row!.id > greatest);
  await close();
  await columnar.close();
  await relational.close();
});
