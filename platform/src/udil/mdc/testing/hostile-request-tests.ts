/** Requests that no document foresees: each gets an answer that says what is wrong, and holds nothing up. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { MdcScene } from "./mdc-scene.ts";
import type { UdilCall, UdilClient } from "./udil-client.ts";

/** @param opened gives the scene, which others use too */
export function hostileRequestTests(opened: () => MdcScene): void {
  describe("hostile requests", () => {
    let scene: MdcScene;
    let client: UdilClient;
    let later: UdilClient;
    before(async () => {
      scene = opened();
      client = await scene.client();
      later = await scene.client({ version: "v3.3" });
      await scene.meter({ globalDeviceId: "h1", msn: "4001" });
      await scene.meter({ globalDeviceId: "off", msn: "4002", meter_activation_status: 0 });
    });

    const creation = {
      ...{
        request_datetime: "2018-10-15 13:00:00",
        device_type: "1",
        communication_mode: "1",
        communication_type: "0",
      },
      ...{ mdi_reset_date: "1", mdi_reset_time: "00:00:00", phase: "1", meter_type: "1" },
    };
    const unstorable: Readonly<Record<string, { path: string; call: UdilCall }>> = {
      "an id": { path: "aux_relay_operations", call: { body: 'relay_operate=0&global_device_id=["m\\u0000"]' } },
      "half a surrogate pair in an id": {
        path: "aux_relay_operations",
        call: { body: 'relay_operate=0&global_device_id=["m\\ud800"]' },
      },
      "a value": { path: "aux_relay_operations", call: { body: 'relay_operate=%00&global_device_id=["h1"]' } },
      "a value within a list": {
        path: "load_shedding_scheduling",
        call: {
          form: {
            ...{ global_device_id: ["h1"], start_datetime: "2018-10-15 13:00:00", end_datetime: "2018-10-16 13:00:00" },
            load_shedding_slabs: [{ action_time: "\0", relay_operate: "1" }],
          },
        },
      },
      "a serial number": {
        path: "device_creation",
        call: { form: { ...creation, device_identity: [{ dsn: "1\0", global_device_id: "z" }] } },
      },
      "an id to read": { path: "events", call: { body: 'global_device_id=["m\\u0000"]' } },
      "a transaction id": { path: "transaction_status", call: { body: "transactionid=a%00" } },
    };
    for (const [what, { path, call }] of Object.entries(unstorable)) {
      it(`are refused when ${what} holds what no store keeps`, async () => {
        const { status, json } = await client.post(path, { headers: { transactionid: "nul" }, ...call });
        assert.equal(status, 400, json.message);
        assert.equal(json.status, "0");
        assert.match(json.message, /a character that is none/);
      });
    }

    it("are refused in credentials too", async () => {
      const form = { username: "mdm\0", password: "x", code: "1" };
      assert.equal((await scene.anonymous.post("authorization_service", { form })).status, 400);
    });

    it("are told how long a transaction id may be", async () => {
      const form = { relay_operate: "1", global_device_id: ["h1"] };
      const { status, json } = await client.post("aux_relay_operations", {
        headers: { transactionid: "t".repeat(201) },
        form,
      });
      assert.deepEqual([status, json.status], [400, "0"]);
      assert.match(json.message, /at most 200 characters/);
    });

    it("are refused when one command names two transactions", async () => {
      for (const path of ["time_synchronization", "transaction_cancel"]) {
        const form = { transactionid: ["t1", "t2"], global_device_id: ["h1"] };
        const { status, json } = await client.post(path, { form });
        assert.equal(status, 400);
        assert.match(json.message, /takes one transactionid; 2 were named/);
      }
    });

    it("hear of each device that a read on demand of one was asked of", async () => {
      for (const [path, type] of [
        ["on_demand_data_read", "INST"],
        ["on_demand_parameter_read", "SANC"],
      ]) {
        const form = { global_device_id: ["h1", "nobody"], type };
        const { json } = await later.post(path!, { headers: { transactionid: path! }, form });
        assert.deepEqual(
          json.data.map((device: Record<string, string>) => [device.global_device_id, device.indv_status]),
          [
            ["h1", "0"],
            ["nobody", "0"],
          ],
        );
        assert.match(json.message, /takes one device; 2 were named/);
      }
    });

    it("are answered for each device where no meter here has what they ask for, in every version and notation", async () => {
      const services: Readonly<Record<string, object>> = {
        update_device_metadata: {
          ...{
            communication_mode: "1",
            bidirectional_device: "0",
            communication_type: "1",
            communication_interval: "60",
          },
          ...{ initial_communication_time: "00:00:00", phase: "1", meter_type: "1" },
        },
      };
      for (const [service, fields] of Object.entries(services)) {
        for (const asker of [client, later]) {
          const form = {
            global_device_id: ["h1", "off", "nobody"],
            request_datetime: "2026-03-01 13:00:00",
            ...fields,
          };
          const call = { headers: { transactionid: "none" }, form };
          const { status, json } = await asker.post(service, call);
          assert.deepEqual([status, json.status], [200, "1"]);
          assert.deepEqual(
            json.data.map((device: Record<string, string>) => [
              device.global_device_id,
              device.msn,
              device.indv_status,
            ]),
            [
              ["h1", "4001", "0"],
              ["off", "4002", "0"],
              ["nobody", "", "0"],
            ],
          );
          assert.match(
            json.message,
            /h1, off cannot be entertained: How a meter communicates .+nobody .+No meter of this name/,
          );
          const xml = await asker.post(`udil/${service}`, {
            ...call,
            headers: { ...call.headers, accept: "text/xml" },
          });
          assert.equal(xml.text.match(/<element>/g)?.length, 3);
        }
        const without = { headers: { transactionid: "none" }, form: { global_device_id: ["h1"] } };
        assert.equal((await client.post(service, without)).status, 400);
      }
    });

    it("are kept shortened when they are refused, however much was sent for however many", async () => {
      const headers = { transactionid: "much" };
      const form = {
        global_device_id: ["h1"],
        start_datetime: "x".repeat(100_000),
        end_datetime: "y",
        load_shedding_slabs: "[]",
      };
      const { json } = await client.post("load_shedding_scheduling", { headers, form });
      assert.equal(json.data[0].indv_status, "0");
      const status = await client.post("transaction_status", { headers });
      assert.ok(status.text.length < 5_000, `${status.text.length} characters`);
      assert.match(status.json.data[0].type_parameters, /"start_datetime":"x{1000}…"/);
    });

    it("cancel parameters where the meter has them, and are told which it can have none of", async () => {
      const cancel = async (type: string) => {
        const headers = { transactionid: `cancel ${type}` };
        const form = { global_device_id: ["h1", "off"], type };
        const { json } = await later.post("parameterization_cancellation", { headers, form });
        const status = await later.post("transaction_status", { headers });
        assert.equal(status.json.data[0].type, "PARAMETERIZATION_CANCELLATION");
        return json.data.map((device: Record<string, string>) => [device.indv_status, device.remarks]);
      };
      const inactive = "The meter is out of use (meter_activation_status 0): it takes no commands.";
      for (const type of ["SANC", "LSCH", "TIOU"]) {
        assert.deepEqual(await cancel(type), [
          ["1", ""],
          ["0", inactive],
        ]);
      }
      const [[status, remark]] = await cancel("OVFC");
      assert.equal(status, "0");
      assert.match(remark!, /^OVFC cannot be cancelled: The functions of an APMS are its maker's own/);
    });

    it("hear of a store that fails before the first row as of every other failure", async () => {
      const { page } = scene.rows.queries;
      scene.rows.queries.page = () => Promise.reject(new Error("the store is gone"));
      try {
        const { status, json } = await client.post("events", { form: { global_device_id: ["h1"] } });
        assert.deepEqual([status, json.status, json.data], [500, "0", []]);
      } finally {
        scene.rows.queries.page = page;
      }
    });
  });
}
