/** Callers that wait for a meter: longer than a connection may stand still, but not longer than the platform lives. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type MdcScene, openMdcScene } from "./testing/mdc-scene.ts";
import type { UdilClient } from "./testing/udil-client.ts";

/** A connection on which nothing moves is dropped after that time, in milliseconds. */
const silence = 1_000;

describe("a caller that waits for a meter", () => {
  let scene: MdcScene;
  let client: UdilClient;
  let reached: PromiseWithResolvers<void>;
  let answer: PromiseWithResolvers<void>;
  before(async () => {
    scene = await openMdcScene({
      timeouts: { connection: silence },
      carryOut: async (command) => {
        reached.resolve();
        await answer.promise;
        for (const level of [3, 4] as const) await command.reached(level);
        return { result: { table: "INST", rows: [{ meter_datetime: 0, voltage_phase_a: "230.5" }] } };
      },
    });
    client = await scene.client({ version: "v3.3" });
    await scene.meter({ globalDeviceId: "m1", msn: "4001" });
  });
  after(() => answer.resolve());

  const ask = async (transactionid: string) => {
    reached = Promise.withResolvers();
    answer = Promise.withResolvers();
    const form = { global_device_id: "m1", type: "INST" };
    const answered = client.post("on_demand_data_read", { headers: { transactionid }, form });
    await Promise.race([reached.promise, answered]);
    return answered;
  };

  it("is kept connected while nothing moves on the connection", async () => {
    const answered = ask("long");
    setTimeout(() => answer.resolve(), 2 * silence);
    const { status, json } = await answered;
    assert.deepEqual([status, json.status, json.data[0]?.voltage_phase_a], [200, "1", "230.5"]);
  });

  it("is told to come back when the platform stops", async () => {
    const answered = ask("stopped");
    await reached.promise;
    const begun = performance.now();
    await scene.fixture.app.close();
    assert.ok(performance.now() - begun < 20_000);
    const { status, json } = await answered;
    assert.deepEqual([status, json.status], [200, "0"]);
    assert.match(json.message, /The read goes on: ask transaction_status/);
  });
});
