import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { forgetCommands } from "./retention.ts";
import { type CommandScene, openCommandScene, over, staff } from "./testing/command-scene.ts";
import { migratedForms } from "./testing/migrated-forms.ts";

const day = 86_400_000;
const retention = { retentionDays: 400, resultRetentionDays: 30 };

for (const form of migratedForms()) {
  describe(`old commands on ${form.name}`, () => {
    let scene: CommandScene;
    before(async () => {
      const rows = [{ meter_datetime: 1 }];
      scene = await openCommandScene({
        store: await form.open(),
        carryOut: async ({ name }) => ({
          result: name === "on_demand_read" ? { table: "INST", rows } : { output_state: false },
        }),
      });
    });
    const read = async (device: string) => {
      const command = { command: "on_demand_read", parameters: { type: "INST" }, devices: [{ id: device }] } as const;
      return (await scene.commands.submit(command, staff)).id!;
    };

    test("are forgotten with their rows and runs when they are over, and the rows of their reads before", async () => {
      const meter = await scene.meter();
      const far = await scene.rows.device(scene.organization, { has_disconnector: true, udil_mdc: await scene.mdc() });
      const [switched, asked] = [await scene.switchOff(meter), await read(meter)];
      await scene.headEnd.start();
      await scene.commands.start();
      for (const command of [switched, asked]) await scene.when(command, over);
      await scene.commands.stop();
      await scene.headEnd.stop();
      const waiting = await scene.switchOff(far);
      const now = Date.now();
      const forget = (days: number) => forgetCommands(scene.db, now + days * day, retention);
      const resultsOf = async (command: string) => (await scene.rowsOf(command)).map(({ result }) => result);

      assert.deepEqual(await forget(29), { commands: 0, results: 0 });
      assert.deepEqual(await resultsOf(asked), [{ table: "INST", rows: [{ meter_datetime: 1 }] }]);
      assert.deepEqual(await forget(31), { commands: 0, results: 1 });
      assert.deepEqual(await resultsOf(asked), [null]);
      assert.deepEqual(await resultsOf(switched), [{ output_state: false }], "what is small is kept");
      assert.deepEqual(await forget(401), { commands: 2, results: 0 });
      assert.deepEqual([await scene.rowsOf(switched), await scene.rowsOf(asked)], [[], []]);
      const runs = await scene.db.selectFrom("amr_runs").select("id").where("origin", "=", "command").execute();
      assert.deepEqual(runs, []);
      assert.equal((await scene.rowsOf(waiting)).length, 1, "one that is still to be carried out is kept");
    });
  });
}

test("a process forgets them by itself", async () => {
  const scene = await openCommandScene({ commandSettings: { retentionDays: 1, purgeMilliseconds: 20 } });
  const meter = await scene.meter({ meter_activation_status: 0 });
  const command = await scene.switchOff(meter);
  await scene.db
    .updateTable("commands")
    .set({ created_at: new Date(Date.now() - 2 * day) })
    .where("id", "=", command)
    .execute();
  await scene.commands.start();
  for (;;) {
    if ((await scene.rowsOf(command)).length === 0) break;
    await new Promise(setImmediate);
  }
});
