import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, describe, test } from "node:test";
import { acquireBlock } from "../../registry/interface-blocks.ts";
import type { RelationalStore } from "../../stores/relational/relational-store.ts";
import { relationalForms } from "../../stores/testing/relational-stores.ts";
import { RunLog } from "../runs/run-log.ts";
import type { RunReport } from "../runs/run-report.ts";
import { defaultSettings, type HeadEndSettings } from "../settings.ts";
import { RegistryRows } from "../testing/registry-rows.ts";
import { addWaitingRun } from "../testing/waiting-runs.ts";
import { type ClaimedRun, RunQueue } from "./run-queue.ts";

const room = { sessions: 1_000, failing: 250 };
const due = Date.parse("2026-05-01T10:00:00Z");

for (const form of relationalForms())
  describe(`the run queue on ${form.name}`, () => {
    let store: RelationalStore;
    before(async () => {
      store = await form.open();
      await store.migrate();
    });
    const queueOf = (settings: Partial<HeadEndSettings> = {}) =>
      new RunQueue(store.db, randomUUID(), { ...defaultSettings, networkConnectionsPerSecond: 1_000, ...settings });
    const logOf = (queue: RunQueue, settings: Partial<HeadEndSettings> = {}) =>
      new RunLog(store.db, queue, { ...defaultSettings, ...settings }, () => 0.5);
    const runRow = async (id: number) =>
      await store.db.selectFrom("amr_runs").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
    const interfaceOf = async (device: string) =>
      await store.db
        .selectFrom("network_interfaces as i")
        .innerJoin("meter_devices as d", "d.network_interface", "i.id")
        .select(["i.id", "i.blocked_by", "i.block_time", "i.block_expires_at"])
        .where("d.id", "=", device)
        .executeTakeFirstOrThrow();
    /** A meter with a run that is due. */
    const waitingMeter = async () => {
      const rows = new RegistryRows(store.db);
      const device = await rows.device(await rows.organization());
      return { device, run: await addWaitingRun(store.db, { device, dueAt: due }) };
    };
    /** An organization with so many meters, each with a run that is due. */
    const waitingMeters = async (count: number) => {
      const rows = new RegistryRows(store.db);
      const organization = await rows.organization();
      for (let meter = 0; meter < count; meter++)
        await addWaitingRun(store.db, { device: await rows.device(organization), dueAt: due });
      return organization;
    };
    /** Every test empties the queue for the next. */
    const empty = async () => {
      await store.db
        .updateTable("amr_runs")
        .set({ state: "superseded", lease_owner: null, lease_expires_at: null })
        .execute();
      await store.db
        .updateTable("amr_networks")
        .set({ permits: 0, refilled_at: new Date(0) })
        .execute();
    };

    test("claims all that is due for a meter as one session, and leases its interface", async () => {
      await empty();
      const { device, run: first } = await waitingMeter();
      const second = await addWaitingRun(store.db, { device, dueAt: due, call: "set_time" });
      const later = await addWaitingRun(store.db, { device, dueAt: due + 60_000 });
      const queue = queueOf();
      const { claims } = await queue.claim(due, room);
      assert.deepEqual(
        claims.map(({ runs }) => runs.map(({ id }) => id)),
        [[first, second]],
      );
      assert.equal((await interfaceOf(device)).blocked_by, queue.interfaceHolder);
      assert.equal((await runRow(later)).state, "waiting");
      assert.equal((await runRow(first)).attempts, 1);
    });

    test("two processes never hold one interface, whichever device is behind it, and can_block or not", async () => {
      await empty();
      const rows = new RegistryRows(store.db);
      const organization = await rows.organization();
      const shared = await rows.networkInterface(organization);
      await store.db.updateTable("network_interfaces").set({ can_block: false }).where("id", "=", shared).execute();
      const devices = [];
      for (let count = 0; count < 4; count++) {
        const device = await rows.device(organization, { network_interface: shared });
        devices.push(device);
        await addWaitingRun(store.db, { device, dueAt: due });
      }
      const [first, second] = [queueOf(), queueOf()];
      const taken = (await Promise.all([first.claim(due, room), second.claim(due, room)])).flatMap(
        ({ claims }) => claims,
      );
      assert.equal(taken.length, 1);
      // While it is held nothing more begins, also after the pause that the others were given.
      assert.deepEqual((await second.claim(due + defaultSettings.busyInterfaceMilliseconds, room)).claims, []);
      const holder = (await interfaceOf(devices[0]!)).blocked_by === first.interfaceHolder ? first : second;
      await logOf(holder).finish({ claim: taken[0]!, reports: [succeeded(taken[0]!.runs[0]!)] });
      assert.equal((await second.claim(due + 60_000, room)).claims.length, 1);
    });

    test("what came while its interface was in use begins when the session ends, not a pause later", async () => {
      await empty();
      const rows = new RegistryRows(store.db);
      const organization = await rows.organization();
      const shared = await rows.networkInterface(organization);
      const [device, neighbour] = [
        await rows.device(organization, { network_interface: shared }),
        await rows.device(organization, { network_interface: shared }),
      ];
      await addWaitingRun(store.db, { device, dueAt: due });
      const queue = queueOf();
      const { claims } = await queue.claim(due, room);
      const late = [
        await addWaitingRun(store.db, { device, dueAt: due + 1 }),
        await addWaitingRun(store.db, { device: neighbour, dueAt: due + 2 }),
      ];
      const retried = await addWaitingRun(store.db, { device: neighbour, dueAt: due + 3, priority: 2 });
      await store.db.updateTable("amr_runs").set({ attempts: 1 }).where("id", "=", retried).execute();
      assert.deepEqual((await queue.claim(due + 10, room)).claims, []);
      const pausing = async () => {
        const all = await Promise.all([...late, retried].map(runRow));
        return all.map(({ not_before }) => not_before.getTime() - due);
      };
      const pause = 10 + defaultSettings.busyInterfaceMilliseconds;
      assert.deepEqual(await pausing(), [pause, pause, pause]);
      let released = 0;
      const log = new RunLog(store.db, queue, defaultSettings, Math.random, () => released++);
      await log.finish({ claim: claims[0]!, reports: [succeeded(claims[0]!.runs[0]!)] });
      assert.deepEqual(await pausing(), [1, 2, pause]);
      assert.equal(released, 1);
      const next = await queue.claim(due + 20, room);
      assert.deepEqual(
        next.claims.map(({ runs }) => runs.map(({ id }) => id)),
        [[late[0]]],
      );
    });

    test("an interface that somebody blocked through the API is left alone, without an attempt", async () => {
      await empty();
      const { device, run } = await waitingMeter();
      const { id } = await interfaceOf(device);
      assert.ok(await acquireBlock(store.db, id, "user:anna"));
      assert.deepEqual((await queueOf().claim(due, room)).claims, []);
      assert.equal((await runRow(run)).attempts, 0);
      assert.equal((await runRow(run)).not_before.getTime(), due + defaultSettings.busyInterfaceMilliseconds);
      assert.equal((await interfaceOf(device)).blocked_by, "user:anna");
    });

    test("the lease of a dead process expires, and its runs are taken up again", async () => {
      await empty();
      const { device, run } = await waitingMeter();
      const dead = queueOf();
      assert.equal((await dead.claim(due, room)).claims.length, 1);
      const alive = queueOf();
      assert.equal(await alive.recover(due, false), 0);
      const past = new Date(Date.now() - 1_000);
      await store.db.updateTable("amr_runs").set({ lease_expires_at: past }).where("id", "=", run).execute();
      await store.db
        .updateTable("network_interfaces")
        .set({ block_expires_at: past })
        .where("blocked_by", "=", dead.interfaceHolder)
        .execute();
      assert.equal(await alive.recover(due, false), 1);
      assert.equal((await alive.claim(due, room)).claims[0]!.runs[0]!.id, run);
      // The dead process was only slow: what it reports now changes nothing, and the new holder keeps the interface.
      await logOf(dead).finish({
        claim: { device, interface: (await interfaceOf(device)).id, failing: false, runs: [claimedRun(run)] },
        reports: [succeeded(claimedRun(run))],
      });
      assert.equal((await runRow(run)).state, "running");
      assert.equal((await interfaceOf(device)).blocked_by, alive.interfaceHolder);
    });

    test("a renewed lease is kept", async () => {
      await empty();
      const { device, run } = await waitingMeter();
      const queue = queueOf();
      const { claims } = await queue.claim(due, room);
      const soon = new Date(Date.now() + 1_000);
      await store.db.updateTable("amr_runs").set({ lease_expires_at: soon }).where("id", "=", run).execute();
      await queue.renew(claims);
      assert.ok((await runRow(run)).lease_expires_at!.getTime() > soon.getTime() + 10_000);
      assert.ok((await interfaceOf(device)).block_expires_at!.getTime() > soon.getTime() + 10_000);
    });

    test("what a person asked for goes first, then the schedule, then meters that failed of late", async () => {
      await empty();
      const rows = new RegistryRows(store.db);
      const organization = await rows.organization();
      const runs = [];
      for (const priority of [4, 1, 0, 2]) {
        runs.push(await addWaitingRun(store.db, { device: await rows.device(organization), dueAt: due, priority }));
      }
      const queue = queueOf();
      const { claims } = await queue.claim(due, { sessions: 2, failing: 2 });
      assert.deepEqual(
        claims.map((claim) => claim.runs[0]!.id),
        [runs[2], runs[1]],
      );
    });

    test("a network opens no more sessions than its ceiling, over all processes", async () => {
      await empty();
      await waitingMeters(5);
      const settings = { networkMaxSessions: 2 };
      const [first, second] = [queueOf(settings), queueOf(settings)];
      const begun = await first.claim(due, room);
      assert.equal(begun.claims.length, 2);
      assert.ok(begun.due);
      assert.equal((await second.claim(due + 5_000, room)).claims.length, 0);
      const [claim] = begun.claims;
      await logOf(first).finish({ claim: claim!, reports: [succeeded(claim!.runs[0]!)] });
      assert.equal((await second.claim(due + 6_000, room)).claims.length, 1);
    });

    test("processes that claim at the same moment keep a network's ceiling together", async () => {
      for (let round = 0; round < 5; round++) {
        await empty();
        await waitingMeters(12);
        const queues = Array.from({ length: 6 }, () => queueOf({ networkMaxSessions: 3 }));
        let claimed = 0;
        for (let attempt = 0; claimed < 3; attempt++) {
          assert.ok(attempt < 10);
          const all = await Promise.all(queues.map((queue) => queue.claim(due + attempt * 1_000, room)));
          claimed += all.flatMap(({ claims }) => claims).length;
        }
        assert.equal(claimed, 3);
      }
    });

    test("a network's new connections come no faster than its rate, and its own ceiling goes over the default", async () => {
      await empty();
      const organization = await waitingMeters(12);
      await store.db
        .updateTable("amr_networks")
        .set({ connections_per_second: 2 })
        .where("organization", "=", organization)
        .execute();
      const queue = queueOf();
      const begun = [];
      for (const milliseconds of [0, 100, 499, 500, 1_000, 10_000, 10_100]) {
        begun.push((await queue.claim(due + milliseconds, room)).claims.length);
      }
      // A burst of one second's worth, then one every half second; saving up ends at one second's worth.
      assert.deepEqual(begun, [2, 0, 0, 1, 1, 2, 0]);
    });

    test("a failed attempt waits longer each time, sinks, and is given up with its cause", async () => {
      await empty();
      const { run } = await waitingMeter();
      const settings = { retry: { maxAttempts: 3, firstDelayMilliseconds: 10_000, maxDelayMilliseconds: 60_000 } };
      const queue = queueOf(settings);
      const log = logOf(queue, settings);
      let now = due;
      const seen = [];
      for (let attempt = 1; attempt <= 3; attempt++) {
        const { claims } = await queue.claim(now, room);
        await log.finish({ claim: claims[0]!, reports: [failed(claims[0]!.runs[0]!, "connect_timeout", now)] });
        const row = await runRow(run);
        seen.push([row.state, row.priority, row.not_before.getTime() - now]);
        now = row.not_before.getTime();
      }
      assert.deepEqual(seen, [
        ["waiting", 2, 7_500],
        ["waiting", 3, 15_000],
        ["failed", 3, 0],
      ]);
      const row = await runRow(run);
      assert.deepEqual([row.cause, row.attempts, row.bytes_sent], ["connect_timeout", 3, 30]);
    });

    test("a cause that only a person can mend is not tried again", async () => {
      await empty();
      const { run } = await waitingMeter();
      const queue = queueOf();
      const { claims } = await queue.claim(due, room);
      await logOf(queue).finish({
        claim: claims[0]!,
        reports: [failed(claims[0]!.runs[0]!, "authentication_failed", due)],
      });
      assert.equal((await runRow(run)).state, "failed");
    });

    test("finished runs are forgotten after the retention, others never", async () => {
      await empty();
      const rows = new RegistryRows(store.db);
      const device = await rows.device(await rows.organization());
      const [old, recent, waiting] = [
        await addWaitingRun(store.db, { device, dueAt: due }),
        await addWaitingRun(store.db, { device, dueAt: due }),
        await addWaitingRun(store.db, { device, dueAt: due }),
      ];
      const finish = (id: number, day: number) =>
        store.db
          .updateTable("amr_runs")
          .set({ state: "succeeded", finished_at: new Date(due + day * 86_400_000) })
          .where("id", "=", id)
          .execute();
      await finish(old, 0);
      await finish(recent, 10);
      assert.ok((await logOf(queueOf(), { runRetentionDays: 5 }).purge(due + 6 * 86_400_000)) >= 1);
      const left = await store.db
        .selectFrom("amr_runs")
        .select("id")
        .where("meter_device", "=", device)
        .orderBy("id")
        .execute();
      assert.deepEqual(left, [{ id: recent }, { id: waiting }]);
    });

    test("a result with text that no store keeps does not keep it, nor those beside it, from being stored", async () => {
      await empty();
      const { run } = await waitingMeter();
      const queue = queueOf();
      const { claims } = await queue.claim(due, room);
      const [claim] = claims;
      const report = { ...succeeded(claim!.runs[0]!), result: { value: "a\0b\ud800" } };
      await logOf(queue).finish({ claim: claim!, reports: [report] });
      const row = await runRow(run);
      assert.deepEqual([row.state, row.result], ["succeeded", { value: "ab\ufffd" }]);
    });

    test("a run that was not begun goes back without an attempt", async () => {
      await empty();
      const { device, run } = await waitingMeter();
      const queue = queueOf();
      const { claims } = await queue.claim(due, room);
      await logOf(queue).finish({ claim: claims[0]!, reports: [] });
      const row = await runRow(run);
      assert.deepEqual([row.state, row.attempts], ["waiting", 0]);
      assert.equal((await interfaceOf(device)).blocked_by, null);
    });
  });

function claimedRun(id: number): ClaimedRun {
  return {
    id,
    device: "",
    executionType: "generic_dlms",
    call: "",
    kwargs: {},
    runOffsetSeconds: 0,
    origin: "schedule",
    priority: 1,
    attempts: 1,
  };
}

function succeeded(run: ClaimedRun): RunReport {
  return {
    run: run.id,
    finishedAt: due,
    durationMilliseconds: 5,
    bytesSent: 10,
    bytesReceived: 20,
    rowsRead: 1,
    readingsStored: 1,
    notes: [],
  };
}

function failed(run: ClaimedRun, code: "connect_timeout" | "authentication_failed", at: number): RunReport {
  return { ...succeeded(run), failure: { code }, finishedAt: at };
}
