import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { RunFailure } from "../head-end/causes.ts";
import { inOrder } from "../head-end/queue/command-claims.ts";
import type { CommandPriority } from "./new-command.ts";
import { type CommandScene, openCommandScene, over, staff } from "./testing/command-scene.ts";
import { type CarryOut, obedient } from "./testing/fake-pipeline.ts";
import { migratedForms } from "./testing/migrated-forms.ts";

test("runs of a session go by priority, and the same command twice in the order of asking", () => {
  const relay = (id: number, priority: number) =>
    ({ id, priority, command: { row: id, name: "aux_relay_operations" } }) as const;
  const read = { id: 3, priority: 1 };
  const clock = { id: 4, priority: -1, command: { row: 4, name: "time_synchronization" } } as const;
  const order = inOrder([relay(5, 0), read, clock, relay(2, 4), relay(1, 6)]);
  assert.deepEqual(
    order.map(({ id }) => id),
    [4, 1, 3, 2, 5],
  );
});

for (const form of migratedForms()) {
  describe(`the order of commands for one meter on ${form.name}`, () => {
    let scene: CommandScene;
    let carryOut: CarryOut = obedient;
    let reachable = true;
    before(async () => {
      scene = await openCommandScene({
        store: await form.open(),
        carryOut: (...call) => carryOut(...call),
        begin: async () => {
          if (!reachable) throw new RunFailure("connect_timeout");
        },
      });
      await scene.headEnd.start();
      await scene.commands.start();
    });
    const operate = async (meter: string, relay_operate: 0 | 1, priority: CommandPriority = 1) => {
      const devices = [{ id: meter }];
      const parameters = { relay_operate };
      return (await scene.commands.submit({ command: "aux_relay_operations", parameters, devices, priority }, staff))
        .id!;
    };
    const pauseRun = (command: string) =>
      scene.db
        .updateTable("amr_runs")
        .set({ not_before: new Date(Date.now() + 3_600_000) })
        .where(
          "command_device",
          "in",
          scene.db.selectFrom("command_devices").select("id").where("command", "=", command),
        )
        .execute();

    test("a supply that was cut and connected again while the meter was away is connected in the end", async () => {
      const meter = await scene.meter();
      const relay: unknown[] = [];
      carryOut = async (command, device) => {
        relay.push(command.parameters);
        return await obedient(command, device);
      };
      reachable = false;
      const off = await operate(meter, 0, 2);
      await scene.when(off, ({ state, cause }) => state === "waiting" && cause === "connect_timeout");
      await scene.headEnd.stop();
      await pauseRun(off);
      const on = await operate(meter, 1, 0);
      reachable = true;
      await scene.headEnd.start();
      await scene.when(on, over);
      await scene.when(off, over);
      assert.deepEqual(relay, [{ relay_operate: 0 }, { relay_operate: 1 }]);
    });

    test("what the meter did not take before the later one was done is not tried again", async () => {
      const meter = await scene.meter();
      let offs = 0;
      carryOut = async (command, device) => {
        if ("relay_operate" in command.parameters && command.parameters.relay_operate === 0) {
          offs++;
          throw new RunFailure("request_refused");
        }
        return await obedient(command, device);
      };
      await scene.headEnd.stop();
      const off = await operate(meter, 0);
      const on = await operate(meter, 1);
      await scene.headEnd.start();
      const [done] = await scene.when(on, over);
      const [left] = await scene.when(off, over);
      assert.deepEqual([done!.state, left!.state, left!.cause, offs], ["succeeded", "failed", "command_overtaken", 1]);
    });

    test("reads undo nothing: each is made", async () => {
      const meter = await scene.meter();
      let fails = 1;
      carryOut = async (command) => {
        const { type } = command.parameters as { type: string };
        if (type === "BILL" && fails-- > 0) throw new RunFailure("meter_busy");
        return { result: type };
      };
      await scene.headEnd.stop();
      const read = async (type: string) => {
        const devices = [{ id: meter }];
        return (await scene.commands.submit({ command: "on_demand_read", parameters: { type }, devices }, staff)).id!;
      };
      const [first, second] = [await read("BILL"), await read("INST")];
      await scene.headEnd.start();
      const rows = [...(await scene.when(first, over)), ...(await scene.when(second, over))];
      assert.deepEqual(
        rows.map(({ state, result }) => [state, result]),
        [
          ["succeeded", "BILL"],
          ["succeeded", "INST"],
        ],
      );
    });

    /** What waits is due now. */
    const hurry = () =>
      scene.db
        .updateTable("command_devices")
        .set({ peer_not_before: new Date(0) })
        .where("state", "=", "waiting")
        .execute();
    const rowOf = async (command: string) => (await scene.rowsOf(command))[0]!;

    test("a vendor's MDC gets what is asked of a meter twice in the order of asking, and reads at once", async () => {
      const meter = await scene.meter({ udil_mdc: await scene.mdc() });
      const off = await operate(meter, 0);
      const on = await operate(meter, 1, 0);
      const read = await scene.commands.submit(
        { command: "on_demand_read", parameters: { type: "INST" }, devices: [{ id: meter }] },
        staff,
      );
      assert.deepEqual(await scene.commands.takeForPeers(1), [], "the urgent one is looked at first, and waits");
      assert.match((await rowOf(on)).remark!, /waits until the MDC has taken an earlier/);
      const taken = await scene.commands.takeForPeers(10);
      assert.deepEqual(
        taken.map(({ command }) => command),
        [off, read.id],
      );
      const first = taken[0]!.devices[0]!.commandDevice;
      await hurry();
      assert.deepEqual(await scene.commands.takeForPeers(10), [], "the MDC did not take the first one yet");
      await scene.commands.report([{ commandDevice: first, state: "waiting", retryAt: Date.now() + 3_600_000 }]);
      await hurry();
      const [again] = await scene.commands.takeForPeers(1);
      assert.equal(again?.command ?? (await scene.commands.takeForPeers(1))[0]!.command, off, "it goes first again");
      await scene.commands.report([{ commandDevice: first, accepted: true }]);
      await hurry();
      const [later] = await scene.commands.takeForPeers(10);
      assert.equal(later!.command, on);
      assert.equal((await rowOf(on)).remark, null);
      const rows = [await rowOf(on), await rowOf(off), await rowOf(read.id!)];
      await scene.commands.report(rows.map(({ id }) => ({ commandDevice: id, state: "succeeded" })));
    });

    test("a vendor's MDC is not asked for what was done since, at the MDC that has the meter now", async () => {
      const meter = await scene.meter({ udil_mdc: await scene.mdc() });
      const off = await operate(meter, 0);
      const [first] = await scene.commands.takeForPeers(10);
      await scene.commands.report([{ commandDevice: first!.devices[0]!.commandDevice, state: "waiting" }]);
      const elsewhere = await scene.mdc();
      await scene.db.updateTable("meter_devices").set({ udil_mdc: elsewhere }).where("id", "=", meter).execute();
      const on = await operate(meter, 1, 0);
      const [later] = await scene.commands.takeForPeers(1);
      assert.equal(later!.command, on);
      await scene.commands.report([{ commandDevice: later!.devices[0]!.commandDevice, state: "succeeded" }]);
      assert.deepEqual(await scene.commands.takeForPeers(10), []);
      const row = await rowOf(off);
      assert.deepEqual([row.state, row.cause], ["failed", "command_overtaken"]);
    });
  });
}
