import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { openReadingScene } from "./testing/reading-scene.ts";

const loadProfile = "1-0:99.1.0";

describe("head-ends over one store", () => {
  let scene: Awaited<ReturnType<typeof openReadingScene>>;
  before(async () => {
    scene = await openReadingScene({ meters: 4, historyDays: 1 });
  });

  test("reads on schedule, the tasks of a meter in one session, and keeps its status", async () => {
    const [device, silent] = [await scene.register(scene.meters[0]!), await scene.register(scene.meters[1]!)];
    scene.meters[1]!.faults.set({ silent: true });
    for (const call of [
      ["read_profile", { obis: loadProfile }],
      ["set_time", { allowed_drift_seconds: 3_600 }],
    ] as const) {
      const task = await scene.rows.task(scene.organization, { task_call: call[0], task_kwargs: call[1] });
      await scene.rows.giveTask(device, task);
      await scene.rows.giveTask(silent, task);
    }
    const headEnd = scene.openHeadEnd();
    await headEnd.start();
    const runs = await until(async () => {
      const found = await scene.db.selectFrom("amr_runs").selectAll().where("origin", "=", "schedule").execute();
      return found.length === 4 && found.every(({ state }) => state === "succeeded" || state === "failed")
        ? found
        : undefined;
    });
    await headEnd.stop();
    scene.meters[1]!.faults.clear();
    const ofHealthy = runs.filter(({ meter_device }) => meter_device === device);
    assert.deepEqual(
      ofHealthy.map(({ state }) => state),
      ["succeeded", "succeeded"],
    );
    assert.equal(ofHealthy[0]!.started_at?.getTime(), ofHealthy[1]!.started_at?.getTime(), "one session");
    assert.ok(runs.every(({ due_at }) => due_at.getTime() % 900_000 === 0));
    const [well, ill] = await Promise.all([device, silent].map((id) => statusOf(id)));
    assert.deepEqual(
      [well!.outcomes, well!.outcome_count, well!.consecutive_failures, well!.last_cause],
      [1, 1, 0, null],
    );
    assert.deepEqual(
      [ill!.outcomes, ill!.outcome_count, ill!.consecutive_failures, ill!.last_cause],
      [0, 2, 2, "no_answer"],
    );
    assert.ok(well!.last_contact && well!.last_success && !ill!.last_contact && !ill!.last_success);
  });
  const statusOf = (device: string) =>
    scene.db.selectFrom("meter_device_statuses").selectAll().where("meter_device", "=", device).executeTakeFirst();

  test("two head-ends share the work and never call one interface twice at once", async () => {
    const meter = scene.meters[2]!;
    meter.faults.set({ latency: 5 });
    const devices = [];
    for (let count = 0; count < 3; count++) devices.push(await scene.register(meter));
    // Three rows of the registry, one line to the meter.
    const { network_interface } = await scene.db
      .selectFrom("meter_devices")
      .select("network_interface")
      .where("id", "=", devices[0]!)
      .executeTakeFirstOrThrow();
    await scene.db.updateTable("meter_devices").set({ network_interface }).where("id", "in", devices).execute();
    const ids = [];
    for (const device of devices) ids.push(await scene.ask(device, "read_profile", { obis: loadProfile }));
    const headEnds = [scene.openHeadEnd(), scene.openHeadEnd()];
    await Promise.all(headEnds.map((headEnd) => headEnd.start()));
    let most = 0;
    const watching = setInterval(() => {
      most = Math.max(most, meter.connections());
    }, 1);
    const runs = await Promise.all(ids.map((id) => scene.over(id)));
    clearInterval(watching);
    await Promise.all(headEnds.map((headEnd) => headEnd.stop()));
    meter.faults.clear();
    assert.deepEqual(
      runs.map(({ state }) => state),
      ["succeeded", "succeeded", "succeeded"],
    );
    assert.equal(most, 1);
    const spans = runs.map(({ started_at, finished_at }) => [started_at!.getTime(), finished_at!.getTime()] as const);
    spans.sort(([one], [other]) => one - other);
    for (let index = 1; index < spans.length; index++)
      assert.ok(spans[index]![0] >= spans[index - 1]![1], "one after another");
  });

  test("a stop in the middle puts runs back, and the next start finishes them without doubles", async () => {
    const meter = scene.meters[3]!;
    const device = await scene.register(meter);
    meter.faults.set({ latency: 300 });
    const id = await scene.ask(device, "read_profile", { obis: loadProfile });
    const session = {
      connectTimeoutMilliseconds: 1_000,
      idleTimeoutMilliseconds: 2_000,
      totalMilliseconds: 60_000,
      maxBytesReceived: 1e7,
      shutdownMilliseconds: 50,
    };
    const first = scene.openHeadEnd({ session });
    await first.start();
    await until(async () => (meter.connections() > 0 ? true : undefined));
    const stopping = Date.now();
    await first.stop();
    assert.ok(Date.now() - stopping < 2_000);
    const row = await scene.db.selectFrom("amr_runs").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
    assert.deepEqual([row.state, row.attempts, row.lease_owner], ["waiting", 0, null]);
    meter.faults.clear();
    await scene.openHeadEnd().start();
    const run = await scene.over(id);
    assert.equal(run.state, "succeeded", run.cause_detail ?? "");
    assert.equal((await scene.storedReadings(device)).readings, run.readings_stored);
  });
});

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await pause(10);
  }
}
