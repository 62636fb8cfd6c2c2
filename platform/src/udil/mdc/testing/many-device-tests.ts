/** Requests with as many devices as a city has. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { sql } from "kysely";
import type { MdcScene } from "./mdc-scene.ts";
import type { UdilClient } from "./udil-client.ts";

const count = 10_000;
/** The machine of the tests may be busy; on two free cores one request takes about a second. */
const fewSeconds = 20_000;

/** @param opened gives the scene, which others use too */
export function manyDeviceTests(opened: () => MdcScene): void {
  describe("10,000 devices in one request", () => {
    let scene: MdcScene;
    let client: UdilClient;
    const ids = Array.from({ length: count }, (_, index) => `m${String(index).padStart(8, "0")}`);

    before(async () => {
      scene = opened();
      client = await scene.client();
      // Every tenth is out of use, every tenth behind it is not known.
      await sql`
      insert into meter_devices (organization, name, protocol, global_device_id, msn, has_disconnector, meter_activation_status)
      select ${scene.organization}::uuid, 'meter ' || i, 'dlms-cosem', 'm' || lpad(i::text, 8, '0'), (4000000000 + i)::text,
        true, case when i % 10 = 0 then 0 else 1 end
      from generate_series(0, ${count - 1}::integer) i where i % 10 <> 1`.execute(scene.db);
    });

    it("are answered one by one in their order within seconds: known, unknown and out of use", async () => {
      const begun = performance.now();
      const { status, json } = await client.post("aux_relay_operations", {
        headers: { transactionid: "many" },
        form: { global_device_id: ids, relay_operate: "1" },
      });
      const milliseconds = performance.now() - begun;
      assert.equal(status, 200);
      assert.ok(milliseconds < fewSeconds, `${milliseconds} ms`);
      assert.deepEqual(
        json.data.map((device: { global_device_id: string }) => device.global_device_id),
        ids,
      );
      for (const [index, device] of json.data.entries()) {
        const known = index % 10 !== 1;
        assert.equal(device.msn, known ? String(4_000_000_000 + index) : "");
        assert.equal(device.indv_status, known && index % 10 !== 0 ? "1" : "0");
      }
      assert.match(json.message, /m00000001, m00000011, .* and 980 more cannot be entertained: No meter of this name/);
      assert.match(json.message, /and 980 more cannot be entertained: The meter is out of use/);
      assert.ok(json.message.length < 2_000, "a message stays readable");
    });

    it("have a row each in transaction_status", async () => {
      const begun = performance.now();
      const { json } = await client.post("transaction_status", { headers: { transactionid: "many" } });
      assert.ok(performance.now() - begun < fewSeconds);
      assert.equal(json.data.length, count);
      assert.equal(new Set(json.data.map((row: { global_device_id: string }) => row.global_device_id)).size, count);
    });

    it("can be taken back in one request", async () => {
      const begun = performance.now();
      const { status, json } = await client.post("transaction_cancel", {
        headers: { transactionid: "many" },
        form: { global_device_id: ids },
      });
      assert.ok(performance.now() - begun < fewSeconds);
      assert.deepEqual([status, json.data.length], [200, count]);
      const cancelled = json.data.filter(({ indv_status }: { indv_status: string }) => indv_status === "1");
      assert.equal(cancelled.length, (count * 8) / 10);
      const after = await client.post("transaction_status", { headers: { transactionid: "many" } });
      const reasons: string[] = after.json.data.map((row: Record<string, string>) => row.request_cancel_reason);
      assert.equal(reasons.filter((reason) => /^Cancelled by/.test(reason)).length, cancelled.length);
      // The others were refused: they are over too, and v1 has no other way to say so.
      assert.equal(reasons.filter((reason) => /^(?:No meter|The meter is out of use)/.test(reason)).length, count / 5);
    });

    it("can be created in one request", async () => {
      const device_identity = ids.map((_, index) => ({
        dsn: String(9_000_000_000 + index),
        global_device_id: `new${index}`,
      }));
      const form = {
        ...{ device_identity, request_datetime: "2018-10-15 13:00:00", device_type: "1", communication_mode: "1" },
        ...{ communication_type: "0", mdi_reset_date: "1", mdi_reset_time: "00:00:00", phase: "1", meter_type: "1" },
      };
      const begun = performance.now();
      const { json } = await client.post("device_creation", { headers: { transactionid: "new" }, form });
      assert.ok(performance.now() - begun < fewSeconds);
      assert.equal(json.data.filter(({ indv_status }: { indv_status: string }) => indv_status === "1").length, count);
      const read = await client.post("events", { form: { global_device_id: [`new${count - 1}`] } });
      assert.match(read.json.message, /^0 rows of 1 meters/);
    });
  });
}
