/** What became of commands, and taking them back at each level. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { CommandDeviceRow } from "../../commands/command-rows.ts";
import type { CommandToCarryOut } from "../../head-end/drivers/driver.ts";
import { hasEnded } from "./services/exchange.ts";
import { type MdcScene, openMdcScene } from "./testing/mdc-scene.ts";
import type { UdilClient } from "./testing/udil-client.ts";

/** A meter that stops where it is told to: before it is connected, connected, or sent the command. */
class HeldMeter {
  readonly #reached = new Map<number, PromiseWithResolvers<void>>();
  readonly #go = Promise.withResolvers<void>();

  /** Resolves when the meter waits there. */
  at(level: 2 | 3 | 4): Promise<void> {
    return this.#gate(level).promise;
  }

  go(): void {
    this.#go.resolve();
  }

  async carryOut(command: CommandToCarryOut, stopAt: number): Promise<void> {
    for (const level of [2, 3, 4] as const) {
      if (level > 2) await command.reached(level as 3 | 4);
      this.#gate(level).resolve();
      if (level === stopAt) await this.#go.promise;
    }
  }

  #gate(level: number): PromiseWithResolvers<void> {
    const gate = this.#reached.get(level) ?? Promise.withResolvers<void>();
    this.#reached.set(level, gate);
    return gate;
  }
}

describe("transactions", () => {
  let scene: MdcScene;
  let client: UdilClient;
  let other: UdilClient;
  const held = new Map<string, { meter: HeldMeter; stopAt: number }>();

  before(async () => {
    scene = await openMdcScene({
      carryOut: async (command, { name }) => {
        const found = held.get(name);
        if (found) await found.meter.carryOut(command, found.stopAt);
        else for (const level of [3, 4] as const) await command.reached(level);
        return {};
      },
    });
    client = await scene.client();
    const organization = (await scene.fixture.create("/v1/organizations/", { name: "Another" })).id;
    other = await scene.client({ organization });
    for (const id of ["m1", "m2"]) await scene.meter({ globalDeviceId: id, msn: `40${id.slice(1)}` });
  });

  let made = 0;
  const switchOff = async (ids: readonly string[]) => {
    const transactionid = `T${++made}`;
    const { json } = await client.post("aux_relay_operations", {
      headers: { transactionid },
      form: { global_device_id: ids, relay_operate: "0" },
    });
    assert.equal(json.status, "1");
    return transactionid;
  };
  const statusOf = async (transactionid: string, asker = client) =>
    (await asker.post("transaction_status", { headers: { transactionid } })).json;
  const cancel = async (transactionid: string, ids: readonly string[], asker = client) =>
    (await asker.post("transaction_cancel", { headers: { transactionid }, form: { global_device_id: ids } })).json;
  /** A meter that stops at a level. */
  const heldMeter = async (id: string, stopAt: number) => {
    const meter = new HeldMeter();
    held.set(id, { meter, stopAt });
    await scene.meter({ globalDeviceId: id, msn: String(500 + made++), name: id });
    return meter;
  };
  const until = async (transactionid: string, condition: (row: CommandDeviceRow) => boolean) => {
    const command = await scene.db
      .selectFrom("commands")
      .select("id")
      .where("idempotency_key", "=", transactionid)
      .executeTakeFirstOrThrow();
    return await scene.commands.when(command.id, condition);
  };
  const ended = (transactionid: string) => until(transactionid, hasEnded);

  it("tells how far each device got, with its times", async () => {
    const transaction = await switchOff(["m1", "m2"]);
    await ended(transaction);
    const { status, data, transactionid } = await statusOf(transaction);
    assert.deepEqual([status, transactionid, data.length], ["1", transaction, 2]);
    for (const [index, row] of data.entries()) {
      assert.equal(row.global_device_id, ["m1", "m2"][index]);
      assert.equal(row.type, "aux_relay_operations");
      assert.equal(row.type_parameters, '{"relay_operate":0}');
      assert.deepEqual([row.status_level, row.indv_status, row.request_cancelled], ["5", "1", "0"]);
      const times = [1, 2, 3, 4, 5].map((level) => row[`status_${level}_datetime`]);
      for (const time of times) assert.match(time, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
      assert.deepEqual(times, times.toSorted());
    }
  });

  it("tells it in the zone of the client", async () => {
    const transaction = await switchOff(["m1"]);
    const [row] = (await statusOf(transaction)).data;
    const ahead = Date.parse(`${row.command_receiving_datetime.replace(" ", "T")}Z`) - Date.now();
    assert.ok(Math.abs(ahead - 5 * 3_600_000) < 60_000, row.command_receiving_datetime);
  });

  it("answers for a set of ids from header and form, and names those it does not know", async () => {
    const [first, second, third] = [await switchOff(["m1"]), await switchOff(["m2"]), await switchOff(["m1"])];
    const forms: [Record<string, string>, Record<string, unknown>][] = [
      [{ transactionid: first }, { transactionid: [second, third, "nobody"] }],
      [{}, { transactionid: `${first},${second},${third},nobody` }],
      [{ transactionid: `${first},${second},${third},nobody` }, {}],
    ];
    for (const [headers, form] of forms) {
      const { json } = await client.post("transaction_status", { headers, form });
      const ids = json.data.map((row: { transactionid: string }) => row.transactionid);
      assert.deepEqual(ids, [first, second, third]);
      assert.match(json.message, /No transaction is known by nobody/);
    }
  });

  it("answers status 0 to an unknown transaction, and 404 to who wants that", async () => {
    const answer = await client.post("transaction_status", { headers: { transactionid: "nobody" } });
    assert.equal(answer.status, 200);
    assert.deepEqual([answer.json.status, answer.json.data], ["0", []]);
    const strict = await scene.client({ switches: { unknown_transaction_404: true } });
    assert.equal((await strict.post("transaction_status", { headers: { transactionid: "nobody" } })).status, 404);
    assert.equal((await cancel("nobody", ["m1"])).status, "0");
  });

  it("knows no transaction of another client", async () => {
    const transaction = await switchOff(["m1"]);
    assert.equal((await statusOf(transaction, other)).status, "0");
    assert.equal((await cancel(transaction, ["m1"], other)).status, "0");
    const sibling = await scene.client();
    assert.equal((await statusOf(transaction, sibling)).status, "0");
  });

  it("gives the same transaction with the same body its first answer, and begins nothing again", async () => {
    const call = { headers: { transactionid: "same" }, form: { global_device_id: ["m1", "x"], relay_operate: "1" } };
    const first = await client.post("aux_relay_operations", call);
    await ended("same");
    const again = await client.post("aux_relay_operations", call);
    assert.equal(again.status, 200);
    assert.deepEqual(again.json, first.json);
    const racing = { ...call, headers: { transactionid: "racing" } };
    const answers = await Promise.all(Array.from({ length: 5 }, () => client.post("aux_relay_operations", racing)));
    assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
    assert.equal((await statusOf("racing")).data.length, 2);
    const differently = { ...call, form: { ...call.form, relay_operate: "0" } };
    assert.equal((await client.post("aux_relay_operations", differently)).status, 400);
    assert.equal((await client.post("time_synchronization", call)).status, 400);
  });

  it("lets each client name its transactions as it likes", async () => {
    const sibling = await scene.client();
    const call = { headers: { transactionid: "mine" }, form: { global_device_id: ["m1"] } };
    assert.equal((await client.post("time_synchronization", call)).status, 200);
    assert.equal(
      (await sibling.post("time_synchronization", { ...call, form: { global_device_id: ["m2"] } })).status,
      200,
    );
    assert.equal((await statusOf("mine", sibling)).data[0].global_device_id, "m2");
  });

  for (const level of [0, 1]) {
    it(`cancels at level ${level}, per device, with a reason and a time, and keeps the level`, async () => {
      const id = `waits-${level}`;
      const meter = await heldMeter(id, 4);
      const before = await switchOff([id]);
      await meter.at(4);
      // The meter is busy, so the next command waits for it.
      const transaction = await switchOff([id, "m1"]);
      await until(transaction, ({ globalDeviceId, state }) => globalDeviceId === id || state === "succeeded");
      await scene.db
        .updateTable("command_devices")
        .set({ status_level: level, status_1_at: level === 1 ? new Date() : null })
        .where("global_device_id", "=", id)
        .where("state", "=", "waiting")
        .execute();
      const answer = await cancel(transaction, [id, "m1", "stranger"]);
      assert.deepEqual(
        answer.data.map((device: Record<string, string>) => [device.global_device_id, device.indv_status]),
        [
          [id, "1"],
          ["m1", "0"],
          ["stranger", "0"],
        ],
      );
      assert.match(answer.message, /m1 cannot be entertained: The command is over/);
      assert.match(answer.message, /stranger cannot be entertained: The command was not asked of this device/);
      meter.go();
      await ended(before);
      const [waited, done] = (await statusOf(transaction)).data;
      assert.deepEqual([waited.status_level, waited.request_cancelled, waited.indv_status], [String(level), "1", "0"]);
      assert.match(waited.request_cancel_reason, /^Cancelled by MDM/);
      assert.match(waited.request_cancel_datetime, /^\d{4}-/);
      assert.deepEqual([done.status_level, done.request_cancelled], ["5", "0"]);
    });
  }

  for (const [level, mayCancel] of [
    [2, true],
    [3, false],
    [4, false],
  ] as const) {
    it(`${mayCancel ? "cancels" : "cancels no more"} at level ${level}`, async () => {
      const id = `level-${level}`;
      const meter = await heldMeter(id, level);
      const transaction = await switchOff([id]);
      await meter.at(level);
      const answer = await cancel(transaction, [id]);
      assert.equal(answer.data[0].indv_status, mayCancel ? "1" : "0");
      if (!mayCancel) assert.match(answer.message, new RegExp(`is at level ${level}`));
      meter.go();
      await ended(transaction);
      const [row] = (await statusOf(transaction)).data;
      assert.equal(row.request_cancelled, mayCancel ? "1" : "0");
      assert.equal(row.status_level, mayCancel ? "2" : "5");
    });
  }

  it("cancels no more at level 5", async () => {
    const transaction = await switchOff(["m1"]);
    await ended(transaction);
    const answer = await cancel(transaction, ["m1"]);
    assert.equal(answer.data[0].indv_status, "0");
  });

  // The request to take it back is under way in both, and not answered before the meter went on.
  for (const first of ["meter", "client"] as const) {
    it(`lets the ${first} decide, where it comes first, while a meter is reached and its command is taken back`, async (t) => {
      const id = `race-${first}`;
      const meter = await heldMeter(id, 2);
      const transaction = await switchOff([id]);
      await meter.at(2);
      const { commands } = scene.commands;
      const takeBack = commands.cancel;
      t.mock.method(commands, "cancel", async (...asked: Parameters<typeof takeBack>) => {
        if (first === "client") {
          const answer = await takeBack(...asked);
          meter.go();
          await ended(transaction);
          return answer;
        }
        meter.go();
        await meter.at(3);
        return await takeBack(...asked);
      });
      const [{ indv_status: cancelled }] = (await cancel(transaction, [id])).data;
      assert.equal(cancelled, first === "client" ? "1" : "0");
      await ended(transaction);
      const [row] = (await statusOf(transaction)).data;
      // What was cancelled was never sent.
      assert.deepEqual([row.request_cancelled, row.status_level], first === "client" ? ["1", "2"] : ["0", "5"]);
    });
  }

  it("knows a client's transactions when it is called something else, and nobody else's under its former name", async () => {
    const renamed = await scene.client({ name: "Former name" });
    const { body } = await scene.fixture.send("GET", "/v1/udil/mdm-clients?name=Former%20name");
    const headers = { transactionid: "renamed" };
    const form = { global_device_id: ["m1"], relay_operate: "0" };
    const first = await renamed.post("aux_relay_operations", { headers, form });
    await ended("renamed");
    const path = `/v1/udil/mdm-clients/${body.results[0].id}`;
    assert.equal((await scene.fixture.send("PATCH", path, { name: "New name" })).status, 200);
    assert.equal((await statusOf("renamed", renamed)).data[0].status_level, "5");
    const again = await renamed.post("aux_relay_operations", { headers, form });
    assert.deepEqual(again.json, first.json);
    assert.match((await cancel("renamed", ["m1"], renamed)).message, /The command is over/);
    const successor = await scene.client({ name: "Former name" });
    assert.equal((await statusOf("renamed", successor)).status, "0");
    const own = await successor.post("aux_relay_operations", { headers, form: { ...form, relay_operate: "1" } });
    assert.equal(own.json.status, "1", own.text);
  });

  it("answers an id that no meter can have as it was sent, and says why none has it", async () => {
    const id = `m${"0123456789".repeat(6)}`;
    const headers = { transactionid: "long" };
    const form = { global_device_id: [id, "m1"], relay_operate: "0" };
    for (let again = 0; again < 2; again++) {
      const { json } = await client.post("aux_relay_operations", { headers, form });
      assert.deepEqual(
        json.data.map((device: Record<string, string>) => [device.global_device_id, device.indv_status]),
        [
          [id, "0"],
          ["m1", "1"],
        ],
      );
      assert.match(json.message, /A global_device_id has at most 50 characters; this one has 61\./);
    }
    assert.equal((await statusOf("long")).data[0].global_device_id, id);
    assert.equal((await cancel("long", [id])).data[0].global_device_id, id);
  });

  it("tells later versions what each device's remark is, and calls services by their names", async () => {
    const later = await scene.client({ version: "v3.3" });
    const call = {
      headers: { transactionid: "v3" },
      form: { global_device_id: ["m1", "x"], meter_activation_status: "1" },
    };
    const { json } = await later.post("update_meter_status", call);
    assert.deepEqual(json.data, [
      { global_device_id: "m1", msn: "401", indv_status: "1", remarks: "" },
      { global_device_id: "x", msn: "", indv_status: "0", remarks: "No meter of this name is registered." },
    ]);
    const [known, unknown] = (await statusOf("v3", later)).data;
    assert.deepEqual([known.type, known.indv_status, known.status_level], ["UPDATE_METER_STATUS", "1", "5"]);
    assert.deepEqual([unknown.indv_status, unknown.status_level], ["2", "0"]);
    assert.ok(!("type_parameters" in known));
  });
});
