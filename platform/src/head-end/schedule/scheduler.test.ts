import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { RelationalStore } from "../../stores/relational/relational-store.ts";
import { relationalForms } from "../../stores/testing/relational-stores.ts";
import { defaultSettings } from "../settings.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { RegistryRows } from "../testing/registry-rows.ts";
import { Scheduler } from "./scheduler.ts";

for (const form of relationalForms())
  describe(`the scheduler on ${form.name}`, () => {
    let store: RelationalStore;
    before(async () => {
      store = await form.open();
      await store.migrate();
    });

    /** Runs of one organization: device name, due and not-before instants, priority, state. */
    const runsOf = async (organization: string) =>
      await store.db
        .selectFrom("amr_runs")
        .innerJoin("amr_networks as n", "n.number", "amr_runs.network")
        .select(["meter_device", "amr_task", "due_at", "not_before", "priority", "state", "n.name as network"])
        .where("amr_runs.organization", "=", organization)
        .orderBy("due_at")
        .orderBy("meter_device")
        .execute();
    const schedulerAt = (instant: string, settings = {}) => {
      const clock = new FakeClock(instant);
      return { clock, scheduler: new Scheduler(store.db, { ...defaultSettings, ...settings }, clock) };
    };

    test("makes one run for each device and due task, whether the task came directly, by group or both ways", async () => {
      const rows = new RegistryRows(store.db);
      const organization = await rows.organization();
      const task = await rows.task(organization);
      const [first, second, third] = [
        await rows.device(organization),
        await rows.device(organization),
        await rows.device(organization),
      ];
      await rows.giveTask(first, task);
      await rows.giveTask(second, task);
      await rows.giveTaskByGroup(organization, [second, third], [task]);
      const { scheduler } = schedulerAt("2026-05-01T10:07:00Z");
      await scheduler.run();
      const runs = await runsOf(organization);
      assert.deepEqual(
        runs.map(({ meter_device }) => meter_device),
        [first, second, third].sort(),
      );
      assert.ok(
        runs.every(({ due_at, priority }) => due_at.toISOString() === "2026-05-01T10:00:00.000Z" && priority === 1),
      );
    });

    test("makes nothing twice: not again, not after a restart, not by another process", async () => {
      const rows = new RegistryRows(store.db);
      const organization = await rows.organization();
      const task = await rows.task(organization);
      await rows.giveTask(await rows.device(organization), task);
      const { scheduler } = schedulerAt("2026-05-01T10:07:00Z");
      await Promise.all([scheduler.run(), schedulerAt("2026-05-01T10:07:01Z").scheduler.run()]);
      await schedulerAt("2026-05-01T10:08:00Z").scheduler.run();
      assert.equal((await runsOf(organization)).length, 1);
    });

    test("takes up a walk that a dead process left half done, when its claim is over", async () => {
      const rows = new RegistryRows(store.db);
      const organization = await rows.organization();
      const task = await rows.task(organization);
      await rows.giveTask(await rows.device(organization), task);
      await store.db
        .insertInto("amr_task_progress")
        .values({
          amr_task: task,
          due_at: "2026-05-01T10:00:00Z",
          complete: false,
          claimed_until: "2026-05-01T10:01:00Z",
        })
        .execute();
      await schedulerAt("2026-05-01T10:00:30Z").scheduler.run();
      assert.equal((await runsOf(organization)).length, 0);
      await schedulerAt("2026-05-01T10:01:00Z").scheduler.run();
      assert.equal((await runsOf(organization)).length, 1);
    });

    test("leaves out meters that are out of use, or behind a vendor's MDC", async () => {
      const rows = new RegistryRows(store.db);
      const organization = await rows.organization();
      const task = await rows.task(organization);
      const mdc = await store.db
        .insertInto("udil_mdcs")
        .values({ organization, name: "vendor" } as never)
        .returning("id")
        .executeTakeFirstOrThrow();
      const used = await rows.device(organization);
      await rows.giveTask(used, task);
      await rows.giveTask(await rows.device(organization, { meter_activation_status: 0 }), task);
      await rows.giveTask(await rows.device(organization, { udil_mdc: mdc.id }), task);
      await schedulerAt("2026-05-01T10:07:00Z").scheduler.run();
      assert.deepEqual(
        (await runsOf(organization)).map(({ meter_device }) => meter_device),
        [used],
      );
    });

    test("walks many devices page by page", async () => {
      const rows = new RegistryRows(store.db);
      const organization = await rows.organization();
      const task = await rows.task(organization);
      const shared = await rows.networkInterface(organization);
      const devices = [];
      for (let count = 0; count < 10; count++)
        devices.push(await rows.device(organization, { network_interface: shared }));
      for (const device of devices.slice(0, 7)) await rows.giveTask(device, task);
      await rows.giveTaskByGroup(organization, devices.slice(4), [task]);
      const result = await schedulerAt("2026-05-01T10:07:00Z", { expansionPage: 3 }).scheduler.run();
      assert.equal(result.runs, 10);
    });

    test("delays by the run offset and never runs before", async () => {
      const rows = new RegistryRows(store.db);
      const organization = await rows.organization();
      await rows.giveTask(
        await rows.device(organization),
        await rows.task(organization, { schedule: "hourly", run_offset_seconds: 600 }),
      );
      const { clock, scheduler } = schedulerAt("2026-05-01T10:09:59Z");
      await scheduler.run();
      // 09:00 is the latest hour whose offset is over.
      assert.deepEqual(
        (await runsOf(organization)).map(({ due_at }) => due_at.toISOString()),
        ["2026-05-01T09:00:00.000Z"],
      );
      clock.moveTo("2026-05-01T10:10:00Z");
      await scheduler.run();
      const latest = (await runsOf(organization)).at(-1)!;
      assert.equal(latest.due_at.toISOString(), "2026-05-01T10:00:00.000Z");
      assert.equal(latest.not_before.toISOString(), "2026-05-01T10:10:00.000Z");
    });

    test("after a pause runs the latest period only, and a new period supersedes what still waits", async () => {
      const rows = new RegistryRows(store.db);
      const organization = await rows.organization();
      await rows.giveTask(await rows.device(organization), await rows.task(organization));
      await schedulerAt("2026-05-01T10:00:01Z").scheduler.run();
      await schedulerAt("2026-05-01T16:20:00Z").scheduler.run();
      const runs = await runsOf(organization);
      assert.deepEqual(
        runs.map(({ due_at, state }) => [due_at.toISOString(), state]),
        [
          ["2026-05-01T10:00:00.000Z", "superseded"],
          ["2026-05-01T16:15:00.000Z", "waiting"],
        ],
      );
    });

    test("skips inactive tasks, inactive organizations, tasks created after the period began, and devices nobody owns", async () => {
      const rows = new RegistryRows(store.db);
      const organization = await rows.organization();
      const device = await rows.device(organization);
      await rows.giveTask(device, await rows.task(organization, { is_active: false }));
      const late = new RegistryRows(store.db, "2026-05-01T10:03:00Z");
      await rows.giveTask(device, await late.task(organization));
      const closed = await rows.organization();
      await rows.giveTask(await rows.device(closed), await rows.task(closed));
      await store.db.updateTable("organizations").set({ is_active: false }).where("id", "=", closed).execute();
      await schedulerAt("2026-05-01T10:07:00Z").scheduler.run();
      assert.deepEqual(await runsOf(organization), []);
      assert.deepEqual(await runsOf(closed), []);
    });

    test("a meter that failed of late is scheduled behind the others", async () => {
      const rows = new RegistryRows(store.db);
      const organization = await rows.organization();
      const task = await rows.task(organization);
      const device = await rows.device(organization);
      await rows.giveTask(device, task);
      await store.db
        .insertInto("meter_device_statuses")
        .values({
          meter_device: device,
          last_attempt: new Date(0),
          outcomes: 0,
          outcome_count: 3,
          consecutive_failures: 3,
        })
        .execute();
      await schedulerAt("2026-05-01T10:07:00Z").scheduler.run();
      assert.equal((await runsOf(organization))[0]!.priority, 4);
    });

    test("names the network after the domain, the block of addresses, or none", async () => {
      const rows = new RegistryRows(store.db);
      const organization = await rows.organization();
      const task = await rows.task(organization);
      const addresses = [
        { fqdn: "Meter7.North.Example.org" },
        { static_ip_address: "10.20.30.40" },
        { static_ip_address: "2001:db8:1::7" },
        { static_ip_address: "" },
      ];
      for (const address of addresses) {
        const device = await rows.device(organization, {
          network_interface: await rows.networkInterface(organization, address),
        });
        await rows.giveTask(device, task);
      }
      await rows.giveTask(await rows.device(organization, { network_interface: null }), task);
      await schedulerAt("2026-05-01T10:07:00Z").scheduler.run();
      const networks = (await runsOf(organization)).map(({ network }) => network);
      assert.deepEqual(networks.sort(), ["10.20", "2001:db8", "none", "none", "north.example.org"]);
    });

    test("says when to look again: the next period, or sooner to notice an edited task", async () => {
      const { scheduler } = schedulerAt("2026-05-01T10:14:55Z");
      assert.equal(new Date((await scheduler.run()).nextAt).toISOString(), "2026-05-01T10:15:00.000Z");
      const early = schedulerAt("2026-05-01T10:01:00Z");
      assert.equal((await early.scheduler.run()).nextAt - early.clock.now(), defaultSettings.taskRescanMilliseconds);
    });
  });
