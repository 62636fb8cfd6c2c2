import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, describe, test } from "node:test";
import { expireCommands } from "./expiry.ts";
import { type PeerCommand, PeerCommands } from "./peers.ts";
import { type CommandScene, openCommandScene, staff } from "./testing/command-scene.ts";
import { migratedForms } from "./testing/migrated-forms.ts";

for (const form of migratedForms()) {
  describe(`commands for vendors' MDCs on ${form.name}`, () => {
    let scene: CommandScene;
    let mdcs: string[];
    before(async () => {
      scene = await openCommandScene({ store: await form.open() });
      mdcs = [];
      for (const name of ["east", "west"]) {
        const mdc = await scene.db
          .insertInto("udil_mdcs")
          .values({ organization: scene.organization, name } as never)
          .returning("id")
          .executeTakeFirstOrThrow();
        mdcs.push(mdc.id);
      }
    });
    const meterBehind = (mdc: string | undefined, more: object = {}) =>
      scene.meter({ udil_mdc: mdc, global_device_id: randomUUID(), has_disconnector: false, ...more });
    const rowsOf = (taken: readonly PeerCommand[]) =>
      taken.flatMap(({ devices }) => devices.map(({ commandDevice }) => commandDevice));
    /** Whoever took rows is gone, and its lease is over. */
    const restart = async () => {
      await scene.commands.stop();
      const owner = randomUUID();
      await scene.db
        .insertInto("command_carriers")
        .values({ owner, lease_expires_at: new Date(0) })
        .execute();
      await scene.db
        .updateTable("command_devices")
        .set({ peer_owner: owner, peer_not_before: new Date(0) })
        .execute();
    };

    test("one command to our own meter and to one of each vendor is handed out by vendor, and never becomes a run", async () => {
      const [east, west] = mdcs as [string, string];
      const own = await scene.meter();
      const behind = [await meterBehind(east), await meterBehind(west), await meterBehind(east)];
      const command = await scene.switchOff(own, ...behind);
      const taken = await scene.commands.takeForPeers(100);
      assert.deepEqual(
        taken.map(({ mdc, devices }) => [mdc, devices.map(({ meterDevice, level }) => [meterDevice, level])]),
        [
          [
            east,
            [
              [behind[0], 1],
              [behind[2], 1],
            ],
          ],
          [west, [[behind[1], 1]]],
        ],
      );
      assert.deepEqual([taken[0]!.name, taken[0]!.parameters], ["aux_relay_operations", { relay_operate: 0 }]);
      assert.deepEqual(await scene.commands.takeForPeers(100), [], "nobody else gets them");
      const runs = await scene.db
        .selectFrom("amr_runs")
        .select("meter_device")
        .where("command_device", "is not", null)
        .execute();
      assert.deepEqual(
        runs.map(({ meter_device }) => meter_device),
        [own],
      );
      const now = Date.now();
      const instants = { 2: now + 1_000, 3: now + 2_000, 4: now + 2_000, 5: now + 5_000 };
      const [first, second, third] = rowsOf(taken) as [number, number, number];
      const standings = await scene.commands.report([
        { commandDevice: first, level: 2, at: now + 1_000, reference: "t-77" },
        { commandDevice: first, state: "succeeded", instants, result: { seen: true } },
        { commandDevice: second, state: "failed", level: 4, cause: "peer_failed", remark: "No relay." },
        { commandDevice: third, level: 3 },
      ]);
      assert.ok(standings.every(({ cancelled }) => !cancelled));
      const rows = new Map((await scene.rowsOf(command)).map((row) => [row.id, row]));
      const done = rows.get(first)!;
      assert.deepEqual(
        [done.state, done.statusLevel, done.result, done.timesSent],
        ["succeeded", 5, { seen: true }, 1],
      );
      assert.deepEqual(done.statusAt.slice(1), [now + 1_000, now + 2_000, now + 2_000, now + 5_000]);
      const failed = rows.get(second)!;
      assert.deepEqual(
        [failed.state, failed.statusLevel, failed.cause, failed.remark],
        ["failed", 4, "peer_failed", "No relay."],
      );
      assert.deepEqual([rows.get(third)!.state, rows.get(third)!.statusLevel], ["running", 3]);
      await scene.commands.report([{ commandDevice: third, state: "succeeded", level: 2 }]);
      assert.equal((await scene.rowsOf(command)).find(({ id }) => id === third)!.statusLevel, 5);
    });

    test("who reports back learns of a cancellation; what the vendor did all the same is told", async () => {
      const command = await scene.switchOff(await meterBehind(mdcs[0]), await meterBehind(mdcs[0]));
      const [one, two] = rowsOf(await scene.commands.takeForPeers(100)) as [number, number];
      await scene.commands.report([{ commandDevice: two, level: 3 }]);
      const answers = await scene.commands.cancel({ command }, staff, "paid");
      assert.deepEqual(
        answers.map(({ cancelled }) => cancelled),
        [true, false],
      );
      assert.deepEqual(
        await scene.commands.report([
          { commandDevice: one, level: 3 },
          { commandDevice: two, level: 4 },
        ]),
        [
          { commandDevice: one, cancelled: true },
          { commandDevice: two, cancelled: false },
        ],
      );
      assert.deepEqual(
        (await scene.rowsOf(command)).map(({ statusLevel }) => statusLevel),
        [1, 4],
      );
      await scene.commands.report([{ commandDevice: one, state: "succeeded", remark: "Relay is off." }]);
      const [row] = await scene.rowsOf(command);
      assert.deepEqual(
        [row!.state, row!.statusLevel, row!.cancelledAt, row!.cancelledBy, row!.cancelReason],
        ["succeeded", 5, null, null, null],
      );
      assert.equal(row!.remark, "Relay is off. The MDC carried it out although it was cancelled.");
      await scene.commands.report([{ commandDevice: two, state: "succeeded" }]);
    });

    test("after a restart rows are handed out again with their level and what the MDC calls them", async () => {
      const command = await scene.switchOff(await meterBehind(mdcs[0]));
      const [row] = rowsOf(await scene.commands.takeForPeers(100));
      await scene.commands.report([{ commandDevice: row!, level: 4, reference: "t-1" }]);
      await restart();
      const [again] = await scene.commands.takeForPeers(100);
      assert.deepEqual(
        again!.devices.map(({ commandDevice, level, reference }) => [commandDevice, level, reference]),
        [[row, 4, "t-1"]],
      );
      await scene.commands.report([{ commandDevice: row!, state: "succeeded" }]);
      assert.equal((await scene.rowsOf(command))[0]!.timesSent, 1);
    });

    test("what another process took up meanwhile is not begun by the one that had it before", async () => {
      const command = await scene.switchOff(await meterBehind(mdcs[0]));
      const [row] = rowsOf(await scene.commands.takeForPeers(100));
      const other = new PeerCommands(scene.db, Date.now);
      await restart();
      assert.deepEqual(rowsOf(await other.take(100)), [row]);
      assert.deepEqual(await other.report([{ commandDevice: row!, reference: "t-2" }]), [
        { commandDevice: row!, cancelled: false },
      ]);
      assert.deepEqual(await scene.commands.report([{ commandDevice: row!, reference: "t-1" }]), [
        { commandDevice: row!, cancelled: true },
      ]);
      await other.report([{ commandDevice: row!, state: "succeeded" }]);
      assert.equal((await scene.rowsOf(command))[0]!.state, "succeeded");
    });

    test("results of many megabytes are stored, in parts", async () => {
      const command = await scene.switchOff(...(await Promise.all([1, 2, 3].map(() => meterBehind(mdcs[0])))));
      const rows = rowsOf(await scene.commands.takeForPeers(100));
      const result = (commandDevice: number) => ({ rows: [String(commandDevice).padEnd(6_000_000, "x")] });
      await scene.commands.report(
        rows.map((commandDevice) => ({ commandDevice, state: "succeeded", result: result(commandDevice) })),
      );
      const stored = await scene.rowsOf(command);
      assert.deepEqual(
        stored.map(({ id, state, result: kept }) => [
          state,
          (kept as { rows: string[] }).rows[0]!.startsWith(`${id}x`),
        ]),
        rows.map(() => ["succeeded", true]),
      );
    });

    test("leases of what a living process took are kept", async () => {
      await scene.switchOff(await meterBehind(mdcs[0]));
      const [row] = rowsOf(await scene.commands.takeForPeers(100));
      await scene.db
        .updateTable("command_carriers")
        .set({ lease_expires_at: new Date(0) })
        .execute();
      await scene.commands.start();
      for (;;) {
        const { count } = await scene.db
          .selectFrom("command_carriers as g")
          .innerJoin("command_devices as c", "c.peer_owner", "g.owner")
          .select((eb) => eb.fn.countAll<number>().as("count"))
          .where("c.id", "=", row!)
          .where("g.lease_expires_at", ">", new Date())
          .executeTakeFirstOrThrow();
        if (Number(count) === 1) break;
        await new Promise(setImmediate);
      }
      assert.deepEqual(await scene.commands.takeForPeers(100), []);
      await scene.commands.report([{ commandDevice: row!, state: "failed" }]);
      await scene.commands.stop();
    });

    test("what is given back is handed out later, urgent commands first", async () => {
      const early = await scene.switchOff(await meterBehind(mdcs[0]));
      const [row] = rowsOf(await scene.commands.takeForPeers(1));
      const retryAt = Date.now() + 3_600_000;
      await scene.commands.report([
        { commandDevice: row!, state: "waiting", retryAt, remark: "The MDC does not answer." },
      ]);
      assert.deepEqual(await scene.commands.takeForPeers(100), []);
      assert.deepEqual(
        (await scene.rowsOf(early)).map(({ state, remark }) => [state, remark]),
        [["waiting", "The MDC does not answer."]],
      );
      const urgent = await scene.commands.submit(
        {
          command: "aux_relay_operations",
          parameters: { relay_operate: 1 },
          devices: [{ id: await meterBehind(mdcs[1]) }],
          priority: 0,
        },
        staff,
      );
      await restart();
      const order: string[] = [];
      for (let taken = 0; taken < 2; taken++) order.push((await scene.commands.takeForPeers(1))[0]!.command);
      assert.deepEqual(order, [urgent.id, early]);
      const left = [...(await scene.rowsOf(early)), ...(await scene.rowsOf(urgent.id!))];
      await scene.commands.report(left.map(({ id }) => ({ commandDevice: id, state: "failed" })));
    });

    test("what an MDC never answers expires, and is not handed out any more", async () => {
      const command = await scene.switchOff(await meterBehind(mdcs[0]));
      const [row] = rowsOf(await scene.commands.takeForPeers(100));
      const later = Date.now() + 8 * 86_400_000;
      while ((await expireCommands(scene.db, later)) > 0);
      assert.equal((await scene.rowsOf(command))[0]!.state, "expired");
      await restart();
      assert.deepEqual(await scene.commands.takeForPeers(100), []);
      assert.deepEqual(await scene.commands.report([{ commandDevice: row!, level: 3 }]), [
        { commandDevice: row!, cancelled: true },
      ]);
    });
  });
}
