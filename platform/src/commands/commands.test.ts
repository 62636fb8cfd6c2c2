import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, describe, test } from "node:test";
import type { PlatformError } from "../errors/platform-error.ts";
import { RunFailure } from "../head-end/causes.ts";
import type { OpenLine } from "../head-end/session/contact-session.ts";
import { expireCommands } from "./expiry.ts";
import type { NewCommand } from "./new-command.ts";
import { type CommandScene, openCommandScene, over, staff } from "./testing/command-scene.ts";
import { type CarryOut, obedient, silentLine } from "./testing/fake-pipeline.ts";
import { migratedForms } from "./testing/migrated-forms.ts";

const relayOff = { command: "aux_relay_operations", parameters: { relay_operate: 0 } } as const;

for (const form of migratedForms()) {
  describe(`the pipeline of commands on ${form.name}`, () => {
    let scene: CommandScene;
    let carryOut: CarryOut = obedient;
    let openLine: OpenLine = async () => silentLine;
    before(async () => {
      scene = await openCommandScene({
        store: await form.open(),
        carryOut: (...call) => carryOut(...call),
        openLine: (...line) => openLine(...line),
      });
      await scene.headEnd.start();
      await scene.commands.start();
    });
    const reset = () => {
      carryOut = obedient;
      openLine = async () => silentLine;
    };
    const submit = (request: NewCommand) => scene.commands.submit(request, staff);
    const runsOf = (row: number) =>
      scene.db.selectFrom("amr_runs").selectAll().where("command_device", "=", row).execute();

    test("a command goes through every level to the meter, and each instant is kept", async () => {
      const command = await scene.switchOff(await scene.meter());
      const [row] = await scene.when(command, over);
      assert.deepEqual([row!.state, row!.statusLevel, row!.timesSent, row!.cause], ["succeeded", 5, 1, null]);
      assert.deepEqual([row!.requestedBy, row!.origin], ["admin", "api"]);
      const instants = row!.statusAt.map(Number);
      assert.deepEqual(
        instants,
        instants.toSorted((a, b) => a - b),
      );
      assert.ok(instants.every((instant) => instant >= row!.createdAt));
      const [run] = await runsOf(row!.id);
      assert.deepEqual([run!.origin, run!.state, run!.task_call], ["command", "succeeded", "aux_relay_operations"]);
    });

    test("the registry shows the relay as the last command left it", async () => {
      const meter = await scene.meter();
      const device = scene.db.selectFrom("meter_devices").select("disconnector_status").where("id", "=", meter);
      const shows = (status: number | null) =>
        scene.whenTold(async () =>
          (await device.executeTakeFirst())!.disconnector_status === status ? true : undefined,
        );
      await shows(null);
      await scene.switchOff(meter);
      await shows(0);
      carryOut = async () => ({ result: { output_state: false, control_state: 2 } });
      const on = { command: "aux_relay_operations", parameters: { relay_operate: 1 } } as const;
      await submit({ ...on, devices: [{ id: meter }] });
      await shows(2);
      reset();
    });

    test("a driver gets the parameters, and what it answers is kept with the command", async () => {
      const meter = await scene.meter();
      const got: unknown[] = [];
      carryOut = async (command, device) => {
        got.push(device.id, command.name, command.parameters, command.sentBefore);
        await command.reached(3);
        return { notes: ["The meter's clock was wrong."], result: { table: "INST", rows: [{ msn: "1\0" }] } };
      };
      const parameters = { type: "INST" };
      const { id } = await submit({ command: "on_demand_read", parameters, devices: [{ id: meter }] });
      const [row] = await scene.when(id!, over);
      reset();
      assert.deepEqual(got, [meter, "on_demand_read", parameters, false]);
      assert.equal(row!.remark, "The meter's clock was wrong.");
      assert.deepEqual(row!.result, { table: "INST", rows: [{ msn: "1" }] });
      const [run] = await runsOf(row!.id);
      assert.equal(run!.result, null, "it is kept once");
    });

    test("each device is refused or accepted for itself, in the order of the request, each once", async () => {
      const good = await scene.meter({ global_device_id: "good-1", msn: "0042" });
      await scene.meter({ global_device_id: "inactive-1", meter_activation_status: 0 });
      await scene.meter({ global_device_id: "fixed-1", has_disconnector: false });
      await scene.meter({ global_device_id: "bus-1", protocol: "mbus" });
      const foreign = await scene.rows.organization();
      await scene.rows.device(foreign, { global_device_id: "foreign-1", has_disconnector: true });
      const names = ["inactive-1", "good-1", "unknown-1", "fixed-1", "bus-1", "foreign-1", "good-1"];
      const devices = names.map((globalDeviceId) => ({ globalDeviceId }));
      const taken = await submit({ ...relayOff, devices, organization: scene.organization });
      const answers = taken.devices.map(({ globalDeviceId, accepted, cause }) => [globalDeviceId, accepted, cause]);
      assert.deepEqual(answers, [
        ["inactive-1", false, "meter_inactive"],
        ["good-1", true, undefined],
        ["unknown-1", false, "unknown_device"],
        ["fixed-1", false, "no_disconnector"],
        ["bus-1", false, "command_unsupported"],
        ["foreign-1", false, "unknown_device"],
      ]);
      const rows = await scene.when(taken.id!, over);
      assert.deepEqual(
        rows.map(({ state }) => state),
        ["refused", "succeeded", "refused", "refused", "refused", "refused"],
      );
      assert.deepEqual([rows[1]!.meterDevice, rows[1]!.msn], [good, "0042"]);
      assert.equal(rows[2]!.meterDevice, null);
      assert.ok(rows.filter(({ state }) => state === "refused").every(({ remark }) => remark!.length > 10));
    });

    test("the same key with the same request is the first answer again, however many ask at once", async () => {
      const meter = await scene.meter();
      const request = { ...relayOff, devices: [{ id: meter }], idempotencyKey: "order-1" } as const;
      const answers = await Promise.all(Array.from({ length: 5 }, () => submit(request)));
      assert.equal(new Set(answers.map(({ id }) => id)).size, 1);
      assert.equal(answers.filter(({ repeated }) => !repeated).length, 1);
      assert.deepEqual(answers[4]!.devices, answers[0]!.devices);
      const rows = await scene.when(answers[0]!.id!, over);
      assert.equal(rows.length, 1);
      const again = await submit({ ...request, parameters: { relay_operate: 0 } });
      assert.deepEqual([again.repeated, again.id, again.devices[0]!.accepted], [true, answers[0]!.id, true]);
      await assert.rejects(
        submit({ ...request, parameters: { relay_operate: 1 } }),
        (error: PlatformError) => error.code === "idempotency_conflict",
      );
      const other = await scene.commands.submit(request, { ...staff, name: "another" });
      assert.notEqual(other.id, answers[0]!.id, "keys are each requester's own");
      await scene.when(other.id!, over);
    });

    test("a dry run tells what would happen, and nothing of it is kept", async () => {
      const meter = await scene.meter();
      const before = await scene.db.selectFrom("commands").select("id").execute();
      const taken = await submit({
        ...relayOff,
        devices: [{ id: meter }, { id: "00000000-0000-4000-8000-000000000000" }],
        idempotencyKey: "dry",
        dryRun: true,
      });
      assert.equal(taken.id, undefined);
      assert.deepEqual(
        taken.devices.map(({ accepted, commandDevice }) => [accepted, commandDevice]),
        [
          [true, undefined],
          [false, undefined],
        ],
      );
      assert.equal((await scene.db.selectFrom("commands").select("id").execute()).length, before.length);
      const dry = await submit({
        command: "update_meter_status",
        parameters: { meter_activation_status: 0 },
        devices: [{ id: meter }],
        dryRun: true,
      });
      assert.equal(dry.devices[0]!.accepted, true);
      const kept = await scene.db
        .selectFrom("meter_devices")
        .select("meter_activation_status")
        .where("id", "=", meter)
        .executeTakeFirstOrThrow();
      assert.equal(kept.meter_activation_status, 1);
    });

    test("a filter chooses meters of the organization, and must say something", async () => {
      const organization = await scene.rows.organization();
      const first = await scene.rows.device(organization, { name: "feeder-7 a", has_disconnector: true });
      const second = await scene.rows.device(organization, { name: "feeder-7 b", has_disconnector: true });
      const other = await scene.rows.device(organization, { name: "feeder-8", has_disconnector: true });
      await scene.rows.giveTaskByGroup(organization, [second], []);
      const group = await scene.db
        .selectFrom("meter_device_task_groups")
        .select("amr_task_group")
        .where("meter_device", "=", second)
        .executeTakeFirstOrThrow();
      const chosenBy = async (devices: NewCommand["devices"]) => {
        const taken = await submit({ ...relayOff, devices, organization, dryRun: true });
        // Meters of the same millisecond stand in any order.
        return taken.devices.map(({ meterDevice }) => meterDevice!).sort();
      };
      assert.deepEqual(await chosenBy({ search: "FEEDER-7" }), [first, second].sort());
      assert.deepEqual(await chosenBy({ search: "feeder-7", task_group: group.amr_task_group }), [second]);
      assert.deepEqual(await chosenBy({ all: true }), [first, second, other].sort());
      assert.deepEqual(await chosenBy({ mdc: group.amr_task_group }), []);
      await assert.rejects(chosenBy({}), (error: PlatformError) => "filter" in error.fields!);
      await assert.rejects(
        submit({ ...relayOff, devices: { all: true } }),
        (error: PlatformError) => "organization" in error.fields!,
      );
    });

    test("what is wrong with parameters is told at once, or, to UDIL, for each device and kept", async () => {
      const meter = await scene.meter({ global_device_id: "range-1" });
      await assert.rejects(
        submit({ ...relayOff, parameters: { relay_operate: 7 }, devices: [{ id: meter }] }),
        (error: PlatformError) => error.code === "invalid" && "parameters" in error.fields!,
      );
      const client = {
        scope: { staff: false, organization: scene.organization },
        origin: "udil",
        name: "mdm",
        client: randomUUID(),
      } as const;
      const devices = [{ globalDeviceId: "range-1" }];
      const request = { ...relayOff, parameters: { relay_operate: 7 }, devices, idempotencyKey: "t-1" };
      const taken = await scene.commands.submit(request, client);
      assert.deepEqual(
        taken.devices.map(({ accepted, cause }) => [accepted, cause]),
        [[false, "invalid_parameters"]],
      );
      const rows = await scene.commands.statusRows({ idempotencyKeys: ["t-1", "never"] }, client);
      assert.deepEqual(
        rows.map(({ state, idempotencyKey, globalDeviceId }) => [state, idempotencyKey, globalDeviceId]),
        [["refused", "t-1", "range-1"]],
      );
      assert.deepEqual(
        await scene.commands.statusRows({ idempotencyKeys: ["t-1"] }, { ...client, client: randomUUID() }),
        [],
      );
    });

    test("a meter that cannot be reached is tried until the command expires", async () => {
      let attempts = 0;
      openLine = async () => {
        attempts++;
        throw new RunFailure("connect_timeout");
      };
      const command = await scene.switchOff(await scene.meter());
      // More often than other runs are repeated.
      await scene.when(command, ({ cause }) => cause === "connect_timeout" && attempts >= 4);
      reset();
      const [row] = await scene.when(command, over);
      assert.deepEqual([row!.state, row!.timesSent, row!.cause, row!.remark], ["succeeded", 1, null, null]);
    });

    test("what expires is over with its run, and says whether it was sent", async () => {
      openLine = async () => {
        throw new RunFailure("connect_timeout");
      };
      const [silent, doubtful] = [await scene.meter(), await scene.meter()];
      const taken = await submit({ ...relayOff, devices: [{ id: silent }, { id: doubtful }], expiresInSeconds: 3600 });
      await scene.when(taken.id!, ({ cause, state }) => state === "waiting" && cause === "connect_timeout");
      await scene.db
        .updateTable("command_devices")
        .set({ times_sent: 1, status_level: 4 })
        .where("meter_device", "=", doubtful)
        .execute();
      assert.equal(await expireCommands(scene.db, Date.now() + 3_500_000), 0);
      for (let ended = 0; ended < 2; ) ended += await expireCommands(scene.db, Date.now() + 3_700_000);
      reset();
      const rows = await scene.rowsOf(taken.id!);
      assert.deepEqual(
        rows.map(({ state, cause }) => [state, cause]),
        [
          ["expired", "command_expired"],
          ["failed", "command_not_verified"],
        ],
      );
      assert.match(rows[1]!.remark!, /^It was sent, /);
      for (const { id } of rows) assert.equal((await runsOf(id))[0]!.state, "failed");
    });

    test("what expired while no process was there is not sent by the one that starts", async () => {
      await scene.headEnd.stop();
      await scene.commands.stop();
      const [late, doubtful] = [await scene.meter(), await scene.meter()];
      const command = await scene.switchOff(late, doubtful);
      const past = new Date(Date.now() - 1_000);
      await scene.db.updateTable("command_devices").set({ expires_at: past }).where("command", "=", command).execute();
      await scene.db
        .updateTable("command_devices")
        .set({ times_sent: 1, status_level: 4 })
        .where("meter_device", "=", doubtful)
        .execute();
      await scene.headEnd.start();
      let rows = await scene.rowsOf(command);
      while (!rows.every(over)) {
        // The embedded store answers within the turn: others need one too.
        await new Promise(setImmediate);
        rows = await scene.rowsOf(command);
      }
      await scene.commands.start();
      assert.deepEqual(
        rows.map(({ state, cause, timesSent }) => [state, cause, timesSent]),
        [
          ["expired", "command_expired", 0],
          ["failed", "command_not_verified", 1],
        ],
      );
    });

    test("a meter that is deleted takes no command any more, and the command says so", async () => {
      const line = Promise.withResolvers<void>();
      const called = Promise.withResolvers<void>();
      openLine = async () => {
        called.resolve();
        await line.promise;
        return silentLine;
      };
      const meter = await scene.meter({ global_device_id: "deleted-1" });
      const command = await scene.switchOff(meter);
      await called.promise;
      await scene.db.deleteFrom("meter_devices").where("id", "=", meter).execute();
      const [row] = await scene.when(command, over);
      line.resolve();
      reset();
      while (scene.headEnd.openSessions > 0) await new Promise(setImmediate);
      assert.deepEqual(
        [row!.state, row!.cause, row!.remark, row!.meterDevice, row!.globalDeviceId],
        ["failed", "unknown_device", "The meter was deleted.", null, "deleted-1"],
      );
      assert.equal((await scene.rowsOf(command))[0]!.timesSent, 0);
    });

    test("what a meter refuses is not repeated, and the command says why", async () => {
      carryOut = async (command) => {
        await command.reached(3);
        await command.reached(4);
        throw new RunFailure("command_refused", "0.0.96.3.10.255: temporary-failure");
      };
      const command = await scene.switchOff(await scene.meter());
      const [row] = await scene.when(command, over);
      reset();
      assert.deepEqual([row!.state, row!.cause, row!.statusLevel], ["failed", "command_refused", 4]);
      assert.equal(row!.remark, "The meter refused the command. 0.0.96.3.10.255: temporary-failure");
    });

    test("a line that breaks after sending makes the next attempt look, and a repetition is told", async () => {
      const attempts: boolean[] = [];
      carryOut = async (command) => {
        attempts.push(command.sentBefore);
        await command.reached(3);
        await command.reached(4);
        if (attempts.length === 1) throw new RunFailure("connection_reset");
        return {};
      };
      const command = await scene.switchOff(await scene.meter());
      const [row] = await scene.when(command, over);
      reset();
      assert.deepEqual(attempts, [false, true]);
      assert.deepEqual([row!.state, row!.timesSent], ["succeeded", 2]);
      assert.equal(row!.remark, "It was sent 2 times: what came of an earlier attempt was not known.");
    });

    test("urgent commands precede others, and those with the schedule follow", async () => {
      const meters = await Promise.all([0, 1, 2].map(() => scene.meter()));
      const order: number[] = [];
      carryOut = async (command, device) => {
        order.push(2 - meters.indexOf(device.id));
        return await obedient(command, device);
      };
      await scene.headEnd.stop();
      const taken = await Promise.all(
        meters.map((id, index) => submit({ ...relayOff, devices: [{ id }], priority: (2 - index) as 0 | 1 | 2 })),
      );
      const queued = await scene.db
        .selectFrom("amr_runs")
        .select("priority")
        .where("meter_device", "in", meters)
        .orderBy("priority")
        .execute();
      assert.deepEqual(
        queued.map(({ priority }) => priority),
        [-1, 0, 1],
      );
      await scene.headEnd.start();
      for (const { id } of taken) await scene.when(id!, over);
      reset();
      assert.deepEqual(order, [0, 1, 2]);
    });

    test("at most so many commands wait for one meter", async () => {
      const meter = await scene.meter();
      await scene.headEnd.stop();
      const devices = [{ id: meter }];
      const taken: string[] = [];
      for (let number = 0; number < 100; number++)
        taken.push((await submit({ command: "time_synchronization", parameters: {}, devices })).id!);
      const last = await submit({ command: "time_synchronization", parameters: {}, devices });
      assert.equal(last.devices[0]!.cause, "too_many_waiting");
      await scene.headEnd.start();
      for (const id of taken) await scene.when(id, over);
    });

    test("lifetimes, keys and lists of devices have their limits", async () => {
      const devices = [{ id: await scene.meter() }];
      const wrong: readonly [Partial<NewCommand>, string][] = [
        [{ expiresAt: Date.now() - 1 }, "expires_at"],
        [{ expiresInSeconds: 91 * 86_400 }, "expires_in_seconds"],
        [{ expiresInSeconds: 1, expiresAt: Date.now() + 1_000 }, "expires_at"],
        [{ idempotencyKey: "" }, "idempotency_key"],
        [{ idempotencyKey: "k".repeat(201) }, "idempotency_key"],
        [{ devices: [] }, "devices"],
        [{ devices: undefined }, "devices"],
        [{ devices: Array.from({ length: 100_001 }, (_, id) => ({ globalDeviceId: String(id) })) }, "devices"],
        [{ command: "self_destruct" as never }, "command"],
        [{ command: "device_creation" }, "parameters"],
        [{ organization: "00000000-0000-4000-8000-000000000000" }, "organization"],
      ];
      for (const [part, field] of wrong) {
        await assert.rejects(submit({ ...relayOff, devices, ...part }), (error: PlatformError) => {
          assert.ok(
            error.fields && field in error.fields,
            `${JSON.stringify(part).slice(0, 80)}: ${JSON.stringify(error)}`,
          );
          return true;
        });
      }
    });
  });
}
