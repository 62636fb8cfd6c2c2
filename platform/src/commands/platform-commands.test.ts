import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { PlatformError } from "../errors/platform-error.ts";
import { silentLog } from "../head-end/testing/silence.ts";
import type { CommandParameters } from "../registry/commands/index.ts";
import { openRegistryFixture } from "../registry/testing/registry-fixture.ts";
import { createCommands } from "./commands.ts";
import type { CreatedMeter } from "./platform-commands.ts";
import { type CommandScene, openCommandScene, over, staff } from "./testing/command-scene.ts";
import { migratedForms } from "./testing/migrated-forms.ts";

const organizationOfNobody = "6f1c7e0e-1f5b-4c7a-9d3e-2b8f4a6c0d11";

const creation = (...identities: readonly [dsn: string, globalDeviceId: string][]) =>
  ({
    device_identity: identities.map(([dsn, global_device_id]) => ({ dsn, global_device_id })),
    device_type: 1,
    communication_mode: 1,
    communication_type: 2,
    mdi_reset_date: 1,
    mdi_reset_time: "00:00:00",
    phase: 1,
    meter_type: 1,
  }) satisfies CommandParameters<"device_creation">;

const resetIsSent = "The billing reset goes to the meter as a command of its own, update_mdi_reset_date.";

for (const form of migratedForms()) {
  describe(`commands the platform carries out itself on ${form.name}`, () => {
    let scene: CommandScene;
    before(async () => {
      scene = await openCommandScene({ store: await form.open() });
    });
    const create = (parameters: CommandParameters<"device_creation">) =>
      scene.commands.submit({ command: "device_creation", parameters, organization: scene.organization }, staff);
    const setStatus = (status: 0 | 1, ...devices: string[]) =>
      scene.commands.submit(
        {
          command: "update_meter_status",
          parameters: { meter_activation_status: status },
          devices: devices.map((id) => ({ id })),
        },
        staff,
      );
    const meterOf = (globalDeviceId: string) =>
      scene.db
        .selectFrom("meter_devices")
        .selectAll()
        .where("organization", "=", scene.organization)
        .where("global_device_id", "=", globalDeviceId)
        .executeTakeFirst();

    test("a meter known by its serial number gets its id, and the command is at level 5 at once", async () => {
      const known = await scene.meter({ manufacturer_serial: "3697000001", name: "any" });
      const taken = await create(creation(["3697000001", "m97000001"]));
      assert.deepEqual(
        taken.devices.map(({ accepted, remark, meterDevice, msn }) => [accepted, remark, meterDevice, msn]),
        [[true, resetIsSent, known, "3697000001"]],
      );
      const meter = await meterOf("m97000001");
      assert.deepEqual([meter!.id, meter!.msn, meter!.name], [known, "3697000001", "any"]);
      const [row] = await scene.rowsOf(taken.id!);
      assert.deepEqual([row!.state, row!.statusLevel, row!.timesSent], ["succeeded", 5, 0]);
      assert.ok(row!.statusAt.every((instant) => instant === row!.createdAt));
      const again = await create(creation(["3697000001", "m97000001"]));
      assert.equal(again.devices[0]!.accepted, true, "the same again is no error");
    });

    test("the billing reset goes to our own meters as a command of its own, and to nobody else", async () => {
      const known = await scene.meter({ manufacturer_serial: "61" });
      await scene.meter({ manufacturer_serial: "62", protocol: "mbus" });
      await scene.meter({ manufacturer_serial: "63", meter_activation_status: 0 });
      await scene.meter({ manufacturer_serial: "64", udil_mdc: await scene.mdc(), protocol: "udil" });
      const identities = ["61", "62", "63", "64", "65"].map((dsn) => [dsn, `reset-${dsn}`] as [string, string]);
      const reset = { mdi_reset_date: 17, mdi_reset_time: "03:00:00" };
      const taken = await create({ ...creation(...identities), ...reset });
      const notSent = "The billing reset is not sent to the meter.";
      assert.deepEqual(
        taken.devices.map(({ accepted, remark }) => [accepted, remark]),
        [
          [true, resetIsSent],
          [true, `${notSent} Meters of protocol mbus cannot be asked for update_mdi_reset_date.`],
          [true, `${notSent} The meter is out of use (meter_activation_status 0): it takes no commands.`],
          [true, "It is changed in the registry, and the meter's MDC is told."],
          [
            true,
            `The meter was not known: it is registered now, and needs its type, keys and address before it can be called. ${notSent} Give update_mdi_reset_date when it can be called.`,
          ],
        ],
      );
      const given = await scene.db
        .selectFrom("commands as k")
        .innerJoin("command_devices as c", "c.command", "k.id")
        .innerJoin("amr_runs as r", "r.command_device", "c.id")
        .select(["k.parameters", "k.requested_by", "k.idempotency_key", "c.meter_device", "c.state", "r.task_call"])
        .where("k.command", "=", "update_mdi_reset_date")
        .where("c.global_device_id", "like", "reset-%")
        .execute();
      assert.deepEqual(given, [
        {
          ...{ parameters: reset, requested_by: "admin", idempotency_key: null, meter_device: known, state: "waiting" },
          task_call: "update_mdi_reset_date",
        },
      ]);
      assert.deepEqual(await takenNames(), [["device_creation", "reset-64"]], "which has the reset in it");
    });

    test("a DCU is no meter: it is refused, and registered nowhere", async () => {
      const taken = await create({ ...creation(["DCU-1", "dcu-1"]), device_type: 2 });
      const [{ accepted, cause, remark }] = taken.devices as [(typeof taken.devices)[number]];
      assert.deepEqual([accepted, cause], [false, "invalid_parameters"]);
      assert.match(remark!, /DCU, which is no meter/);
      assert.equal(await meterOf("dcu-1"), undefined);
    });

    test("a meter nobody knows is registered, with a remark", async () => {
      const taken = await create({ ...creation(["SN-9", "m-9"]), meter_type: 3 });
      assert.match(taken.devices[0]!.remark!, /registered now/);
      const meter = await meterOf("m-9");
      assert.deepEqual(
        [meter!.name, meter!.manufacturer_serial, meter!.msn, meter!.protocol, meter!.has_disconnector],
        ["SN-9", "SN-9", null, "dlms-cosem", false],
      );
      assert.deepEqual((await scene.rowsOf(taken.id!))[0]!.result, { meter_device: meter!.id, registered: true });
    });

    test("an id that is taken, another id for the same meter and a name given twice are refused, each alone", async () => {
      await scene.meter({ name: "bearer", global_device_id: "taken-1", msn: "555" });
      const taken = await create(
        creation(["777", "taken-1"], ["555", "other-1"], ["888", "new-1"], ["888", "new-2"], ["999", "new-1"]),
      );
      assert.deepEqual(
        taken.devices.map(({ accepted, cause }) => [accepted, cause]),
        [
          [false, "identity_taken"],
          [false, "identity_taken"],
          [true, undefined],
          [false, "invalid_parameters"],
          [false, "invalid_parameters"],
        ],
      );
      assert.equal((await meterOf("new-1"))!.msn, "888");
      assert.equal(await meterOf("new-2"), undefined);
      assert.deepEqual(
        (await scene.rowsOf(taken.id!)).map(({ state, statusLevel }) => [state, statusLevel]),
        [
          ["refused", 0],
          ["refused", 0],
          ["succeeded", 5],
          ["refused", 0],
          ["refused", 0],
        ],
      );
    });

    test("two names of one meter in a request give it one id: the second is refused", async () => {
      await scene.meter({ name: "plate-1", manufacturer_serial: "SER-1", msn: "31337" });
      const taken = await create(creation(["31337", "two-1"], ["SER-1", "two-2"], ["plate-1", "two-1b"]));
      assert.deepEqual(
        taken.devices.map(({ accepted, cause }) => [accepted, cause]),
        [
          [true, undefined],
          [false, "invalid_parameters"],
          [false, "invalid_parameters"],
        ],
      );
      assert.equal((await meterOf("two-1"))!.msn, "31337");
    });

    test("what a vendor's MDC took up and did not reach the meter with is cancelled when the meter is out of use", async () => {
      const meter = await scene.meter({ udil_mdc: await scene.mdc(), global_device_id: "behind-1" });
      const command = await scene.switchOff(meter);
      const [taken] = await scene.commands.takeForPeers(10);
      assert.equal(taken!.command, command);
      await setStatus(0, meter);
      const [row] = await scene.rowsOf(command);
      assert.deepEqual([row!.state, row!.statusLevel], ["cancelled", 1]);
      assert.deepEqual(await takenNames(), [["update_meter_status", "behind-1"]], "which the MDC is told");
    });

    /** What is handed out for MDCs, which then have it. */
    const takenNames = async () => {
      const taken = await scene.commands.takeForPeers(100);
      const devices = taken.flatMap((command) => command.devices.map((device) => ({ ...device, name: command.name })));
      await scene.commands.report(devices.map(({ commandDevice }) => ({ commandDevice, state: "succeeded" })));
      return devices.map(({ name, globalDeviceId }) => [name, globalDeviceId]);
    };
    const mdcOf = async (mdc: string) =>
      (await scene.db.selectFrom("udil_mdcs").selectAll().where("id", "=", mdc).executeTakeFirst())!;

    test("a meter that a vendor's MDC has, or gets, is in the registry at once, and the MDC is told of it", async () => {
      const mdc = await scene.mdc();
      const known = await scene.meter({ manufacturer_serial: "40001", udil_mdc: mdc, protocol: "udil" });
      const unclaimed = await scene.meter({ manufacturer_serial: "40002", protocol: "udil" });
      const taken = await create({
        ...creation(["40001", "v-1"], ["40002", "v-2"], ["40003", "v-3"]),
        udil_mdc: mdc,
      });
      assert.deepEqual(
        taken.devices.map(({ accepted, carriedOut, remark }) => [accepted, carriedOut, remark]),
        Array(3).fill([true, false, "It is changed in the registry, and the meter's MDC is told."]),
      );
      const meters = [await meterOf("v-1"), await meterOf("v-2"), await meterOf("v-3")];
      assert.deepEqual(
        meters.map((meter) => [meter!.udil_mdc, meter!.protocol, meter!.msn]),
        [
          [mdc, "udil", "40001"],
          [mdc, "udil", "40002"],
          [mdc, "udil", "40003"],
        ],
      );
      assert.deepEqual(
        [meters[0]!.id, meters[1]!.id, meters[2]!.type],
        [known, unclaimed, (await mdcOf(mdc)).device_type],
      );
      const rows = await scene.rowsOf(taken.id!);
      assert.deepEqual(
        rows.map(({ state, statusLevel, mdc: told, result }) => [state, statusLevel, told, result]),
        [known, unclaimed, meters[2]!.id].map((id, index) => [
          ...["waiting", 0, mdc],
          { meter_device: id, registered: index === 2 },
        ]),
      );
      const runs = await scene.db.selectFrom("amr_runs").select("id").where("meter_device", "=", known).execute();
      assert.deepEqual(runs, []);
      // Whoever asks for a meter's load before its MDC knows the meter waits for that.
      const off = await scene.switchOff(known);
      assert.deepEqual(await takenNames(), [
        ["device_creation", "v-1"],
        ["device_creation", "v-2"],
        ["device_creation", "v-3"],
      ]);
      assert.equal((await scene.rowsOf(off))[0]!.state, "waiting");
      assert.equal((await scene.rowsOf(taken.id!))[2]!.state, "succeeded");
      await scene.commands.cancel({ command: off }, staff, "");
      // What the registry says of the meter is enough.
      await create(creation(["40001", "v-1"]));
      assert.deepEqual(await takenNames(), [["device_creation", "v-1"]]);
    });

    test("a meter that we read, or another MDC has, does not change hands by being created", async () => {
      const [mdc, other] = [await scene.mdc(), await scene.mdc()];
      await scene.meter({ manufacturer_serial: "40011" });
      await scene.meter({ manufacturer_serial: "40012", udil_mdc: other, protocol: "udil" });
      const taken = await create({ ...creation(["40011", "w-1"], ["40012", "w-2"]), udil_mdc: mdc });
      assert.deepEqual(
        taken.devices.map(({ accepted, cause }) => [accepted, cause]),
        [
          [false, "identity_taken"],
          [false, "identity_taken"],
        ],
      );
      assert.match(taken.devices[0]!.remark!, /set its protocol to udil/);
      assert.match(taken.devices[1]!.remark!, /another MDC/);
      assert.deepEqual([await meterOf("w-1"), await meterOf("w-2")], [undefined, undefined]);
      const strange = { ...creation(["40013", "w-3"]), udil_mdc: organizationOfNobody };
      await assert.rejects(create(strange), (error: PlatformError) =>
        /udil_mdc: Invalid pk/.test(JSON.stringify(error.fields)),
      );
      assert.equal(await meterOf("w-3"), undefined);
    });

    test("a dry run changes nothing, and no MDC is told", async () => {
      const mdc = await scene.mdc();
      const request = { command: "device_creation", organization: scene.organization, dryRun: true } as const;
      const tried = await scene.commands.submit(
        { ...request, parameters: { ...creation(["40021", "d-1"]), udil_mdc: mdc } },
        staff,
      );
      assert.deepEqual([tried.id, tried.devices[0]!.accepted, tried.devices[0]!.carriedOut], [undefined, true, false]);
      assert.equal(await meterOf("d-1"), undefined);
      assert.deepEqual(await takenNames(), []);
    });

    test("an MDC is told the last status of a meter alone, and of a meter that is not in use that there is one", async () => {
      const meter = await scene.meter({ udil_mdc: await scene.mdc(), protocol: "udil", manufacturer_serial: "40031" });
      await create(creation(["40031", "s-1"]));
      const [off, on, last] = [await setStatus(0, meter), await setStatus(1, meter), await setStatus(0, meter)];
      const states = await Promise.all([off, on, last].map(async ({ id }) => (await scene.rowsOf(id!))[0]!));
      assert.deepEqual(
        states.map(({ state, cancelReason }) => [state, cancelReason]),
        [
          ["cancelled", "The meter's status was set anew."],
          ["cancelled", "The meter's status was set anew."],
          ["waiting", null],
        ],
      );
      assert.equal((await meterOf("s-1"))!.meter_activation_status, 0);
      assert.deepEqual(await takenNames(), [["device_creation", "s-1"]]);
      await scene.db
        .updateTable("command_devices")
        .set({ peer_not_before: new Date(0) })
        .execute();
      assert.deepEqual(await takenNames(), [["update_meter_status", "s-1"]]);
    });

    test("an organization that is not active takes no commands, and none that waited is carried out", async () => {
      const closed = await scene.rows.organization();
      const meter = await scene.rows.device(closed, { has_disconnector: true });
      const waiting = await scene.switchOff(meter);
      await scene.db.updateTable("organizations").set({ is_active: false }).where("id", "=", closed).execute();
      const [late] = await scene.rowsOf(await scene.switchOff(meter));
      assert.deepEqual([late!.state, late!.cause], ["refused", "organization_inactive"]);
      const taken = await scene.commands.submit(
        { command: "device_creation", parameters: creation(["SN-closed", "closed-1"]), organization: closed },
        staff,
      );
      assert.deepEqual(
        taken.devices.map(({ globalDeviceId, accepted, cause }) => [globalDeviceId, accepted, cause]),
        [["closed-1", false, "organization_inactive"]],
      );
      await scene.headEnd.start();
      await scene.commands.start();
      const [row] = await scene.when(waiting, over);
      assert.deepEqual([row!.state, row!.cause, row!.timesSent], ["failed", "organization_inactive", 0]);
      await scene.commands.stop();
      await scene.headEnd.stop();
    });

    test("a meter out of use, and one of an organization that is not active, is not handed to its vendor's MDC", async () => {
      const closed = await scene.rows.organization();
      const mdc = await scene.mdc();
      const unused = await scene.meter({ udil_mdc: mdc, global_device_id: "unused-1" });
      const foreign = await scene.rows.device(closed, { has_disconnector: true, udil_mdc: mdc });
      const commands = [await scene.switchOff(unused), await scene.switchOff(foreign)];
      await scene.db
        .updateTable("meter_devices")
        .set({ meter_activation_status: 0 })
        .where("id", "=", unused)
        .execute();
      await scene.db.updateTable("organizations").set({ is_active: false }).where("id", "=", closed).execute();
      assert.deepEqual(await scene.commands.takeForPeers(10), []);
      const rows = (await Promise.all(commands.map((command) => scene.rowsOf(command)))).flat();
      assert.deepEqual(
        rows.map(({ state, cause }) => [state, cause]),
        [
          ["failed", "meter_inactive"],
          ["failed", "organization_inactive"],
        ],
      );
    });

    test("a meter out of use takes no commands, and what waited for it is cancelled, until it is in use again", async () => {
      const [meter, other] = [await scene.meter(), await scene.meter()];
      const waiting = await scene.switchOff(meter, other);
      const off = await setStatus(0, meter);
      assert.deepEqual((await scene.rowsOf(off.id!))[0]!.statusLevel, 5);
      const rows = await scene.rowsOf(waiting);
      assert.deepEqual(
        rows.map(({ state, cancelReason }) => [state, cancelReason]),
        [
          ["cancelled", "The meter was taken out of use."],
          ["waiting", null],
        ],
      );
      const refused = await scene.rowsOf(await scene.switchOff(meter));
      assert.deepEqual([refused[0]!.state, refused[0]!.cause], ["refused", "meter_inactive"]);
      const on = await setStatus(1, meter);
      assert.equal(on.devices[0]!.accepted, true);
      await scene.headEnd.start();
      await scene.commands.start();
      const again = await scene.switchOff(meter);
      assert.equal((await scene.when(again, over))[0]!.state, "succeeded");
      await scene.commands.stop();
      await scene.headEnd.stop();
    });

    test("a run that is due for a meter out of use fails without a call, and says so", async () => {
      const meter = await scene.meter();
      const command = await scene.switchOff(meter);
      await scene.db.updateTable("meter_devices").set({ meter_activation_status: 0 }).where("id", "=", meter).execute();
      await scene.headEnd.start();
      await scene.commands.start();
      const [row] = await scene.when(command, over);
      assert.deepEqual([row!.state, row!.cause, row!.statusLevel], ["failed", "meter_inactive", 1]);
      await scene.commands.stop();
      await scene.headEnd.stop();
    });
  });
}

test("who waits for a meter's name is told when a command registers it", async () => {
  const fixture = await openRegistryFixture();
  const named: Pick<CreatedMeter, "name">[] = [];
  fixture.registry.changes.onDeviceNamed((device) => {
    named.push({ name: device.name });
  });
  const commands = createCommands({
    relational: fixture.store,
    pageSize: 100,
    commandsOf: () => undefined,
    changes: fixture.registry.changes,
    logger: silentLog,
  });
  const { id: organization } = await fixture.create("/v1/organizations/", { name: "Own" });
  await commands.submit({ command: "device_creation", parameters: creation(["SN-1", "m-1"]), organization }, staff);
  assert.deepEqual(named, [{ name: "SN-1" }]);
  const found = await fixture.send("GET", "/v1/metering/meter-devices?search=m-1");
  assert.deepEqual(
    found.body.results.map(({ name }: { name: string }) => name),
    ["SN-1"],
  );
});
