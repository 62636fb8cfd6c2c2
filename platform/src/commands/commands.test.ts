import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { relationalForms } from "../stores/testing/relational-stores.ts";
import { type CommandScene, openCommandScene, over } from "./testing/command-scene.ts";

for (const form of relationalForms()) {
  describe(`the pipeline of commands on ${form.name}`, () => {
    let scene: CommandScene;
    before(async () => {
      scene = await openCommandScene({ store: await form.open() });
      await scene.headEnd.start();
      await scene.commands.start();
    });

    test("a command goes through every level to the meter, and each instant is kept", async () => {
      const meter = await scene.meter();
      const command = await scene.switchOff(meter);
      const [row] = await scene.when(command, over);
      assert.equal(row!.state, "succeeded");
      assert.equal(row!.statusLevel, 5);
      assert.equal(row!.timesSent, 1);
      assert.equal(row!.cause, null);
      const instants = row!.statusAt;
      assert.deepEqual(
        instants,
        [...instants].sort((a, b) => a! - b!),
      );
      assert.ok(instants.every((instant) => instant! >= row!.createdAt));
      const run = await scene.db.selectFrom("amr_runs").selectAll().where("command_device", "=", row!.id).execute();
      assert.deepEqual(
        [run[0]!.origin, run[0]!.state, run[0]!.task_call],
        ["command", "succeeded", "aux_relay_operations"],
      );
    });
  });
}
