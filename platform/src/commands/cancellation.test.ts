import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, beforeEach, describe, test } from "node:test";
import type { PlatformError } from "../errors/platform-error.ts";
import { CommandLevels } from "../head-end/runs/command-progress.ts";
import type { OpenLine } from "../head-end/session/contact-session.ts";
import { type CommandScene, openCommandScene, over, staff } from "./testing/command-scene.ts";
import { type CarryOut, obedient, silentLine } from "./testing/fake-pipeline.ts";
import { migratedForms } from "./testing/migrated-forms.ts";

/** A gate that a meter stands at until the test lets it go on. */
function gate() {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  return {
    reached: reached.promise,
    open: opened.resolve,
    pass: async () => {
      reached.resolve();
      await opened.promise;
    },
  };
}

for (const form of migratedForms()) {
  describe(`cancelling commands on ${form.name}`, () => {
    let scene: CommandScene;
    let carryOut: CarryOut;
    let openLine: OpenLine;
    let sent: string[];
    before(async () => {
      scene = await openCommandScene({
        store: await form.open(),
        carryOut: (...call) => carryOut(...call),
        openLine: (...line) => openLine(...line),
      });
      await scene.headEnd.start();
      await scene.commands.start();
    });
    beforeEach(() => {
      sent = [];
      carryOut = async (command, device) => {
        await command.reached(3);
        await command.reached(4);
        sent.push(device.id);
        return {};
      };
      openLine = async () => silentLine;
    });
    const cancel = (command: string) => scene.commands.cancel({ command }, staff, "paid");

    test("at level 0 nothing is sent, and the run is over", async () => {
      await scene.headEnd.stop();
      const command = await scene.switchOff(await scene.meter());
      const [answer] = await cancel(command);
      assert.equal(answer!.cancelled, true);
      const row = answer!.row!;
      assert.deepEqual(
        [row.state, row.statusLevel, row.cancelReason, row.cancelledBy, row.cancelledAt !== null],
        ["cancelled", 0, "paid", "admin", true],
      );
      await scene.headEnd.start();
      const run = await scene.db
        .selectFrom("amr_runs")
        .selectAll()
        .where("command_device", "=", row.id)
        .executeTakeFirstOrThrow();
      assert.deepEqual([run.state, run.cause], ["failed", "command_cancelled"]);
      assert.deepEqual(sent, []);
      const [again] = await cancel(command);
      assert.equal(again!.cancelled, true, "twice is no error");
    });

    test("at level 2 the line is being opened, and nothing is sent when it is open", async () => {
      const line = gate();
      openLine = async () => {
        await line.pass();
        return silentLine;
      };
      const meter = await scene.meter();
      const command = await scene.switchOff(meter);
      await line.reached;
      await scene.when(command, ({ statusLevel }) => statusLevel === 2);
      const [answer] = await cancel(command);
      assert.deepEqual([answer!.cancelled, answer!.row!.statusLevel], [true, 2]);
      line.open();
      while (scene.headEnd.openSessions > 0) await new Promise(setImmediate);
      const [row] = await scene.rowsOf(command);
      assert.deepEqual([row!.state, row!.statusLevel, row!.timesSent, sent], ["cancelled", 2, 0, []]);
      const status = await scene.db
        .selectFrom("meter_device_statuses")
        .select(["consecutive_failures", "last_cause"])
        .where("meter_device", "=", meter)
        .executeTakeFirstOrThrow();
      assert.deepEqual([status.consecutive_failures, status.last_cause], [0, null], "the meter did not fail");
    });

    for (const level of [3, 4] as const) {
      test(`at level ${level} it is too late, and the command is carried out`, async () => {
        const meter = gate();
        carryOut = async (command) => {
          await command.reached(3);
          if (level === 4) await command.reached(4);
          await meter.pass();
          return await obedient(command, undefined as never);
        };
        const command = await scene.switchOff(await scene.meter());
        await meter.reached;
        const [answer] = await cancel(command);
        assert.equal(answer!.cancelled, false);
        assert.match(answer!.remark!, new RegExp(`level ${level}`));
        meter.open();
        const [row] = await scene.when(command, over);
        assert.deepEqual([row!.state, row!.cancelReason], ["succeeded", null]);
      });
    }

    test("at level 5 it is over", async () => {
      const command = await scene.switchOff(await scene.meter());
      await scene.when(command, over);
      const [answer] = await cancel(command);
      assert.deepEqual([answer!.cancelled, answer!.row!.state], [false, "succeeded"]);
      assert.match(answer!.remark!, /carried out/);
    });

    test("of a session at level 3 and a cancellation that come together, exactly one wins, for each device", async () => {
      await scene.headEnd.stop();
      const meters = await Promise.all(Array.from({ length: 40 }, () => scene.meter()));
      const command = await scene.switchOff(...meters);
      const owner = "11111111-1111-4111-8111-111111111111";
      const rows = await scene.rowsOf(command);
      // As if sessions of this process were about to reach the meters.
      await scene.db
        .updateTable("amr_runs")
        .set({ state: "running", lease_owner: owner, lease_expires_at: new Date(Date.now() + 60_000) })
        .where(
          "command_device",
          "in",
          rows.map(({ id }) => id),
        )
        .execute();
      await scene.db.updateTable("command_devices").set({ state: "running" }).where("command", "=", command).execute();
      const runs = await scene.db
        .selectFrom("amr_runs")
        .select(["id", "command_device"])
        .where(
          "command_device",
          "in",
          rows.map(({ id }) => id),
        )
        .orderBy("id", "desc")
        .execute();
      const levels = new CommandLevels(scene.db, owner);
      const reach = async ({ id, command_device }: (typeof runs)[number]) => {
        if (id % 3 === 0) await new Promise(setImmediate);
        const told = levels.reached({ row: command_device!, run: id, level: 3, at: Date.now() });
        return await told.then(
          () => ({ row: command_device!, won: true }),
          (error: { code: string }) => ({ row: command_device!, won: error.code !== "command_cancelled" }),
        );
      };
      const [first, cancelled, second] = await Promise.all([
        Promise.all(runs.slice(0, 20).map(reach)),
        cancel(command),
        Promise.all(runs.slice(20).map(reach)),
      ]);
      const won = new Map([...first, ...second].map(({ row, won }) => [row, won]));
      for (const { row, cancelled: taken } of cancelled) {
        assert.equal(taken, !won.get(row!.id));
        assert.equal(row!.statusLevel, taken ? 0 : 3);
      }
      // They go back, and whoever was not cancelled is sent it.
      await scene.db
        .updateTable("amr_runs")
        .set({ lease_expires_at: new Date(0) })
        .where("lease_owner", "=", owner)
        .execute();
      await scene.headEnd.start();
      const after = await scene.when(command, over);
      assert.equal(after.filter(({ state }) => state === "cancelled").length + sent.length, 40);
      assert.deepEqual(
        after.filter(({ state }) => state === "succeeded").map(({ meterDevice }) => meterDevice),
        after.map(({ meterDevice }) => meterDevice).filter((id) => sent.includes(id!)),
      );
    });

    test("a process that lost its runs tells nothing any more", async () => {
      await scene.headEnd.stop();
      const command = await scene.switchOff(await scene.meter());
      const [row] = await scene.rowsOf(command);
      const run = await scene.db
        .selectFrom("amr_runs")
        .select("id")
        .where("command_device", "=", row!.id)
        .executeTakeFirstOrThrow();
      const stranger = new CommandLevels(scene.db, "22222222-2222-4222-8222-222222222222");
      await assert.rejects(
        stranger.reached({ row: row!.id, run: run.id, level: 4, at: Date.now() }),
        (error: { code: string }) => error.code === "stopped",
      );
      assert.equal((await scene.rowsOf(command))[0]!.timesSent, 0);
      await scene.headEnd.start();
      await scene.when(command, over);
    });

    test("a part of the devices, by either name; those the command was not asked of are told", async () => {
      await scene.headEnd.stop();
      const [one, two] = [await scene.meter({ global_device_id: "part-1" }), await scene.meter()];
      const command = await scene.switchOff(one, two);
      const devices = [{ globalDeviceId: "part-1" }, { globalDeviceId: "never" }];
      const answers = await scene.commands.cancel({ command, devices }, staff, "");
      assert.deepEqual(
        answers.map(({ cancelled, globalDeviceId }) => [cancelled, globalDeviceId]),
        [
          [true, "part-1"],
          [false, "never"],
        ],
      );
      assert.deepEqual(
        (await scene.rowsOf(command)).map(({ state }) => state),
        ["cancelled", "waiting"],
      );
      assert.equal((await scene.commands.cancel({ command, devices: [{ id: two }] }, staff, ""))[0]!.cancelled, true);
      await scene.headEnd.start();
    });

    test("of another organization, or by another's key, there is no such command", async () => {
      const command = await scene.switchOff(await scene.meter());
      const foreign = await scene.rows.organization();
      const stranger = {
        scope: { staff: false, organization: foreign },
        origin: "udil",
        name: "mdm",
        client: randomUUID(),
      } as const;
      const notFound = (error: PlatformError) => error.code === "not_found";
      await assert.rejects(scene.commands.cancel({ command }, stranger, ""), notFound);
      assert.deepEqual(await scene.commands.statusRows({ command }, stranger), []);
      const neighbour = { ...stranger, scope: { staff: false, organization: scene.organization } } as const;
      await assert.rejects(scene.commands.cancel({ command }, neighbour, ""), notFound, "not its own transaction");
      await assert.rejects(scene.commands.cancel({ idempotencyKey: "none" }, neighbour, ""), notFound);
      await scene.when(command, over);
    });
  });
}
