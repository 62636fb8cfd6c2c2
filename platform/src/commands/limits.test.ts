import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { sql } from "kysely";
import { commandLimits } from "./new-command.ts";
import { openCommandScene, over, staff } from "./testing/command-scene.ts";
import { silentLine } from "./testing/fake-pipeline.ts";
import { migratedForms } from "./testing/migrated-forms.ts";

const devices = 10_000;

for (const form of migratedForms()) {
  describe(`many devices on ${form.name}`, () => {
    test(`${devices} devices in one command are taken within seconds, found again, and taken back`, async () => {
      const scene = await openCommandScene({ store: await form.open() });
      await sql`
        insert into meter_devices (organization, name, protocol, network_interface, has_disconnector, global_device_id, msn)
        select ${scene.organization}::uuid, 'm' || n, 'dlms-cosem', ${await scene.rows.networkInterface(scene.organization)}::uuid,
          true, 'm' || n, n::text from generate_series(1, ${devices}) n`.execute(scene.db);
      const request = {
        command: "aux_relay_operations",
        parameters: { relay_operate: 0 },
        devices: Array.from({ length: devices }, (_, index) => ({ globalDeviceId: `m${devices - index}` })),
        idempotencyKey: "feeder",
        organization: scene.organization,
      } as const;
      // Of the processor, because other tests share it.
      const before = process.cpuUsage();
      const taken = await scene.commands.submit(request, staff);
      const { user, system } = process.cpuUsage(before);
      const seconds = (user + system) / 1_000_000;
      assert.ok(seconds < 5, `it took ${seconds} s`);
      assert.equal(taken.devices.filter(({ accepted }) => accepted).length, devices);
      assert.deepEqual(
        [taken.devices[0]!.globalDeviceId, taken.devices.at(-1)!.globalDeviceId],
        [`m${devices}`, "m1"],
        "in the order of the request",
      );
      const runs = await scene.db
        .selectFrom("amr_runs")
        .select(({ fn }) => fn.countAll<number>().as("count"))
        .executeTakeFirstOrThrow();
      assert.equal(Number(runs.count), devices);
      const again = await scene.commands.submit(request, staff);
      assert.deepEqual([again.repeated, again.devices.length], [true, devices]);
      const cancelled = await scene.commands.cancel({ idempotencyKey: "feeder" }, staff, "not today");
      assert.equal(cancelled.filter((one) => one.cancelled).length, devices);
      const begun = process.cpuUsage();
      const strangers = Array.from({ length: commandLimits.devices }, (_, index) => ({ globalDeviceId: `x${index}` }));
      const none = await scene.commands.cancel({ idempotencyKey: "feeder", devices: strangers }, staff, "");
      assert.ok(none.every((one) => !one.cancelled && one.row === undefined));
      const spent = process.cpuUsage(begun);
      assert.ok(spent.user + spent.system < 3_000_000, `${strangers.length} names took ${spent.user / 1e6} s`);
    });
  });
}

test("a feeder's thousand meters are all at level 5 well within a minute, with 100 ms to each meter", async () => {
  const latency = () => new Promise<void>((resolve) => setTimeout(resolve, 100));
  const scene = await openCommandScene({
    openLine: async () => {
      await latency();
      return silentLine;
    },
    carryOut: async (command) => {
      await latency();
      await command.reached(3);
      await latency();
      await command.reached(4);
      await latency();
      return {};
    },
  });
  await sql`
    with lines as (
      insert into network_interfaces (organization, static_ip_address, port)
      select ${scene.organization}::uuid, '10.9.0.1', 4059 from generate_series(1, 1000) returning id
    )
    insert into meter_devices (organization, name, protocol, network_interface, has_disconnector)
    select ${scene.organization}::uuid, id::text, 'dlms-cosem', id, true from lines`.execute(scene.db);
  await scene.headEnd.start();
  await scene.commands.start();
  const begun = performance.now();
  const { id, devices: meters } = await scene.commands.submit(
    {
      command: "aux_relay_operations",
      parameters: { relay_operate: 0 },
      devices: { all: true },
      organization: scene.organization,
    },
    staff,
  );
  assert.equal(meters.length, 1_000);
  const rows = await scene.when(id!, over);
  const seconds = (performance.now() - begun) / 1000;
  assert.ok(rows.every(({ statusLevel }) => statusLevel === 5));
  assert.ok(seconds < 60, `it took ${seconds} s`);
});
