import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { RelationalStore } from "../stores/relational/relational-store.ts";
import { CommandChanges } from "./changes.ts";
import type { CommandDeviceRow } from "./command-rows.ts";
import { type CommandScene, openCommandScene } from "./testing/command-scene.ts";
import { migratedForms } from "./testing/migrated-forms.ts";

for (const form of migratedForms()) {
  describe(`changes of commands on ${form.name}`, () => {
    let store: RelationalStore;
    let scene: CommandScene;
    before(async () => {
      store = await form.open();
      scene = await openCommandScene({ store });
    });

    /** A process that follows changes. */
    function follower(listen?: (rows: readonly CommandDeviceRow[]) => void) {
      const reported: unknown[] = [];
      const told: CommandDeviceRow[] = [];
      const changes = new CommandChanges(store.db, (error) => reported.push(error), 10);
      changes.listen((rows) => {
        listen?.(rows);
        told.push(...rows);
      });
      return { tell: () => changes.tell(), told, reported };
    }
    const setRemark = (command: string, remark: string, db = store.db) =>
      db.updateTable("command_devices").set({ remark }).where("command", "=", command).execute();

    test("every change is told, whoever made it, and after a restart what was missed", async () => {
      const first = follower();
      const command = await scene.switchOff(await scene.meter(), await scene.meter());
      await first.tell();
      assert.deepEqual(
        first.told.map((row) => [row.command, row.position, row.state]),
        [
          [command, 0, "waiting"],
          [command, 1, "waiting"],
        ],
      );
      assert.ok(
        first.told.every(({ organizationNumber, deviceNumber }) => organizationNumber > 0 && deviceNumber! > 0),
      );
      await first.tell();
      assert.equal(first.told.length, 2, "nothing is told without a change");
      await setRemark(command, "by another room");
      const second = follower();
      await second.tell();
      assert.deepEqual(
        second.told.map(({ remark }) => remark),
        ["by another room", "by another room"],
      );
      await setRemark(command, "once more");
      await second.tell();
      assert.equal(second.told.length, 4);
    });

    test("more than one batch is told in order, none twice", async () => {
      const follow = follower();
      await follow.tell();
      const before = follow.told.length;
      const meters = await Promise.all(Array.from({ length: 9 }, () => scene.meter()));
      const commands = [];
      for (let number = 0; number < 5; number++) commands.push(await scene.switchOff(...meters));
      await follow.tell();
      const told = follow.told.slice(before);
      assert.equal(told.length, 9 * 5);
      assert.deepEqual([...new Set(told.map(({ command }) => command))], commands);
      assert.equal(new Set(told.map(({ id }) => id)).size, told.length);
    });

    test("what a listener fails at is told again, and left out in the end, so that others go on", async () => {
      const command = await scene.switchOff(await scene.meter());
      await follower().tell();
      let fails = 0;
      const follow = follower((rows) => {
        if (rows.some(({ remark }) => remark === "poison") && ++fails) throw new Error("no place");
      });
      await setRemark(command, "poison");
      for (let attempt = 1; attempt < 5; attempt++) await assert.rejects(follow.tell(), /no place/);
      await follow.tell();
      assert.deepEqual([fails, follow.told.length, follow.reported.length], [5, 0, 1]);
      await setRemark(command, "good");
      await follow.tell();
      assert.deepEqual(
        follow.told.map(({ remark }) => remark),
        ["good"],
      );
    });

    if (form.name !== "PGlite") {
      test("a change that is committed late is told, after changes that came later", async () => {
        const [slow, quick] = [await scene.switchOff(await scene.meter()), await scene.switchOff(await scene.meter())];
        const follow = follower();
        await follow.tell();
        const before = follow.told.length;
        const written = Promise.withResolvers<void>();
        const commit = Promise.withResolvers<void>();
        const transaction = store.db.transaction().execute(async (late) => {
          await setRemark(slow, "late", late);
          written.resolve();
          await commit.promise;
        });
        await written.promise;
        await setRemark(quick, "quick");
        await follow.tell();
        commit.resolve();
        await transaction;
        await follow.tell();
        assert.deepEqual(
          follow.told.slice(before).map(({ remark }) => remark),
          ["late", "quick"],
        );
      });
    }
  });
}
