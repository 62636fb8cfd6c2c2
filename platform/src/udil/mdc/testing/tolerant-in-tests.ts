/** What was seen of requests that depart from the document: all of it is the same request (register of inconsistencies). */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { MdcScene } from "./mdc-scene.ts";
import type { UdilCall, UdilClient } from "./udil-client.ts";

const ids = ["m1", "m2"];
const form = (fields: Record<string, string>) => new URLSearchParams({ relay_operate: "1", ...fields }).toString();
const multipart = (fields: Record<string, string>) =>
  `${Object.entries(fields)
    .map(([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
    .join("")}--b--\r\n`;

const variants: Readonly<Record<string, { path?: string; call: UdilCall }>> = {
  "ids as a JSON array": { call: { body: form({ global_device_id: '["m1","m2"]' }) } },
  "ids in typographic quotes": { call: { body: form({ global_device_id: "[“m1”, “m2”]" }) } },
  "ids with blanks around them": { call: { body: form({ global_device_id: '[" m1 ","m2 "]' }) } },
  "an id twice": { call: { body: form({ global_device_id: '["m1","m2","m1"]' }) } },
  "ids as a list with commas": { call: { body: form({ global_device_id: "m1,m2" }) } },
  "ids in repeated fields": { call: { body: `${form({})}&global_device_id=m1&global_device_id=m2` } },
  "ids in repeated fields with brackets": {
    call: { body: `${form({})}&global_device_id[]=m1&global_device_id[]=m2` },
  },
  "ids as objects": {
    call: { body: form({ global_device_id: '[{"global_device_id":"m1"},{"global_device_id":"m2"}]' }) },
  },
  "ids under the name gd_id": { call: { body: form({ gd_id: '["m1","m2"]' }) } },
  "ids under the name gdid": { call: { body: form({ gdid: '["m1","m2"]' }) } },
  "quoted scalars": { call: { body: form({ global_device_id: '["m1","m2"]', relay_operate: '"1"' }) } },
  "doubled quotes": { call: { body: form({ global_device_id: '["m1","m2"]', relay_operate: '""1""' }) } },
  "typographic quotes": { call: { body: form({ global_device_id: '["m1","m2"]', relay_operate: "“1”" }) } },
  "the letter I for the digit": { call: { body: form({ global_device_id: '["m1","m2"]', relay_operate: "I" }) } },
  "the letter l for the digit": { call: { body: form({ global_device_id: '["m1","m2"]', relay_operate: "l" }) } },
  "the bar for the digit": { call: { body: form({ global_device_id: '["m1","m2"]', relay_operate: "|" }) } },
  "a word for the digit": { call: { body: form({ global_device_id: '["m1","m2"]', relay_operate: "connect" }) } },
  "a request_datetime in quotes": {
    call: { body: form({ global_device_id: '["m1","m2"]', request_datetime: '""2018-10-15 13:00:00""' }) },
  },
  "names of fields in capitals, with a comma": {
    call: { body: `Global_Device_Id=["m1","m2"]&RELAY_OPERATE%2C=1`.replaceAll('"', "%22") },
  },
  "a JSON body": {
    call: { body: JSON.stringify({ global_device_id: ids, relay_operate: 1 }), contentType: "application/json" },
  },
  "a JSON body under the name of a form": {
    call: { body: JSON.stringify({ global_device_id: ids, relay_operate: "1" }) },
  },
  "a multipart body": {
    call: {
      body: multipart({ global_device_id: '["m1","m2"]', relay_operate: "1" }),
      contentType: "multipart/form-data; boundary=b",
    },
  },
  "a form under a strange name": {
    call: { body: form({ global_device_id: '["m1","m2"]' }), contentType: "text/plain;charset=UTF-8" },
  },
  "a path below /udil": {
    path: "udil/aux_relay_operations",
    call: { body: form({ global_device_id: '["m1","m2"]' }) },
  },
  "a slash behind the path": {
    path: "aux_relay_operations/",
    call: { body: form({ global_device_id: '["m1","m2"]' }) },
  },
  "the service by another name": {
    path: "aux_relay_operation",
    call: { body: form({ global_device_id: '["m1","m2"]' }) },
  },
  "headers in capitals": {
    call: { body: form({ global_device_id: '["m1","m2"]' }), headers: { TransactionId: " 7Uc ", PRIVATEKEY: "" } },
  },
  "a quoted transaction id": {
    call: { body: form({ global_device_id: '["m1","m2"]' }), headers: { transactionid: '"7Uc"' } },
  },
};

/** @param opened gives the scene, which others use too */
export function tolerantInTests(opened: () => MdcScene): void {
  describe("requests that depart from the document", () => {
    let scene: MdcScene;
    let client: UdilClient;
    before(async () => {
      scene = opened();
      for (const [index, id] of ids.entries()) await scene.meter({ globalDeviceId: id, msn: `409652${index}` });
      client = await scene.client({ name: "Tolerated" });
    });

    for (const [name, { path = "aux_relay_operations", call }] of Object.entries(variants)) {
      it(`takes ${name}`, async () => {
        const headers = Object.fromEntries(Object.entries(call.headers ?? {}).filter(([, value]) => value !== ""));
        const transaction = Object.keys(headers).length > 0 ? headers : { transactionid: "7Uc" };
        const { status, json } = await client.post(path, { ...call, headers: transaction });
        // All are one transaction: had one another meaning, it would be refused.
        assert.equal(status, 200, JSON.stringify(json));
        assert.equal(json.transactionid, "7Uc");
        assert.deepEqual(
          json.data.map((device: Record<string, string>) => [device.global_device_id, device.indv_status]),
          [
            ["m1", "1"],
            ["m2", "1"],
          ],
        );
      });
    }

    it("took them for one command", async () => {
      const kept = await scene.db.selectFrom("commands").selectAll().where("requested_by", "=", "Tolerated").execute();
      assert.deepEqual(
        kept.map(({ command, parameters }) => [command, parameters]),
        [["aux_relay_operations", { relay_operate: 1 }]],
      );
    });

    const day = { start_datetime: "2026-12-01 00:00:00", end_datetime: "2026-12-02 00:00:00" };
    const at = (text: string) => `${new Date(`${text.replace(" ", "T")}+05:00`).toISOString().slice(0, 19)}Z`;
    const others: Readonly<Record<string, { path: string; fields: Record<string, string>; parameters: object }>> = {
      "slabs with = for a colon, bare names, typographic quotes and a comma too many": {
        path: "load_shedding_scheduling",
        fields: {
          ...day,
          load_shedding_slabs:
            '[{“action_time”:“03:00:00”,“relay_operate”:“0”},{action_time="04:00:00",relay_operate="I"},]',
        },
        parameters: {
          start_datetime: at(day.start_datetime),
          end_datetime: at(day.end_datetime),
          load_shedding_slabs: [
            { action_time: "03:00:00", relay_operate: 0 },
            { action_time: "04:00:00", relay_operate: 1 },
          ],
        },
      },
      "a comma behind the name of a field, and O for zero": {
        path: "sanctioned_load_control",
        fields: {
          ...{ load_limit: "2O", maximum_retries: "1O", "retry_interval,": "60", threshold_duration: "30" },
          retry_clear_interval: "3600",
        },
        parameters: {
          ...{
            load_limit: 20,
            maximum_retries: 10,
            retry_interval: 60,
            threshold_duration: 30,
            retry_clear_interval: 3600,
          },
        },
      },
      "type for data_type, and two zeros for no offset": {
        path: "meter_data_sampling",
        fields: {
          activation_datetime: day.start_datetime,
          type: "LPRO",
          sampling_interval: "15",
          sampling_initial_time: "00",
        },
        parameters: {
          ...{ activation_datetime: at(day.start_datetime), data_type: "LPRO", sampling_interval: 15 },
          sampling_initial_time: 0,
        },
      },
      "type before data_type, blanks, and a zero date": {
        path: "on_demand_request",
        fields: {
          data_type: "BILL",
          type: " EVNT ",
          start_datetime: day.start_datetime,
          end_datetime: "0000-00-00 00:00:00",
        },
        parameters: { type: "EVNT", start_datetime: at(day.start_datetime) },
      },
      "data_type alone, and empty dates": {
        path: "on_demand_request",
        fields: { data_type: "inst", start_datetime: "", end_datetime: "" },
        parameters: { type: "INST" },
      },
    };
    for (const [index, [name, { path, fields, parameters }]] of Object.entries(others).entries()) {
      it(`takes ${name}`, async () => {
        const transactionid = `other ${index}`;
        const body = new URLSearchParams({ global_device_id: '["m1"]', ...fields }).toString();
        const { json } = await client.post(path, { headers: { transactionid }, body });
        assert.equal(json.data[0].indv_status, "1", json.message);
        const kept = await scene.db
          .selectFrom("commands")
          .select("parameters")
          .where("idempotency_key", "=", transactionid)
          .executeTakeFirstOrThrow();
        assert.deepEqual(kept.parameters, parameters);
      });
    }

    it("takes identities with = for a colon, numbers for serial numbers, one-element lists and words for digits", async () => {
      const fields = {
        device_identity:
          '[{dsn="4098562412",global_device_id="m98562412"},{"dsn":4098562413,"global_device_id":"m98562413 "}]',
        ...{ device_type: '["meter"]', communication_mode: "GPRS", communication_interval: "60", mdi_reset_date: "I" },
        ...{ mdi_reset_time: "00:00:00", phase: "Three-phase", meter_type: "Whole Current" },
      };
      const body = new URLSearchParams(fields).toString();
      const { json } = await client.post("device_creation", { headers: { transactionid: "identities" }, body });
      assert.deepEqual(
        json.data.map((device: Record<string, string>) => [device.global_device_id, device.msn, device.indv_status]),
        [
          ["m98562412", "4098562412", "1"],
          ["m98562413", "4098562413", "1"],
        ],
      );
    });

    const malformed: Readonly<Record<string, { path?: string; call: UdilCall; says: RegExp }>> = {
      "a request without devices": { call: { body: form({}) }, says: /no global_device_id/ },
      "a request without its field": {
        call: { body: new URLSearchParams({ global_device_id: '["m1"]' }).toString() },
        says: /no relay_operate/,
      },
      "a request without a transaction": {
        call: { body: form({ global_device_id: '["m1"]' }), headers: { transactionid: "" } },
        says: /no transactionid/,
      },
      "half a list of ids": { call: { body: form({ global_device_id: '["m1",{"a' }) }, says: /global_device_id/ },
      "a time that is none": {
        path: "load_profile_data",
        call: { body: new URLSearchParams({ global_device_id: "m1", start_datetime: "yesterday" }).toString() },
        says: /start_datetime is "yesterday"/,
      },
      "a transaction that was another": {
        call: { body: form({ global_device_id: '["m1"]' }), headers: { transactionid: "7Uc" } },
        says: /7Uc was used for another request/,
      },
    };
    for (const [name, { path = "aux_relay_operations", call, says }] of Object.entries(malformed)) {
      it(`answers 400 in the envelope to ${name}`, async () => {
        const { status, json } = await client.post(path, {
          ...call,
          headers: { transactionid: "400", ...call.headers },
        });
        assert.equal(status, 400, JSON.stringify(json));
        assert.equal(json.status, "0");
        assert.deepEqual(json.data, []);
        assert.match(json.message, says);
      });
    }

    it("answers 400 in XML to who wants that", async () => {
      const headers = { transactionid: "x<y", accept: "application/xml" };
      const { status, text } = await client.post("aux_relay_operations", { headers, body: form({}) });
      assert.equal(status, 400);
      assert.match(
        text,
        /<root><status>0<\/status><transactionid>x&lt;y<\/transactionid><data><\/data><message>.+<\/message>/,
      );
    });

    it("tells values out of range to each device, and keeps the request well formed", async () => {
      const call = { headers: { transactionid: "range" }, form: { global_device_id: ids, relay_operate: "7" } };
      const { status, json } = await client.post("aux_relay_operations", call);
      assert.equal(status, 200);
      assert.equal(json.status, "1");
      assert.deepEqual([json.data[0].indv_status, json.data[1].indv_status], ["0", "0"]);
      assert.match(json.message, /m1, m2 cannot be entertained: relay_operate is "7"; it must be 0 .* or 1/);
    });

    it("refuses a body that is too long, a compressed one, and another method", async () => {
      const long = await client.post("aux_relay_operations", { body: Buffer.alloc(17 * 1024 * 1024, "a") });
      assert.deepEqual([long.status, long.json.status], [413, "0"]);
      const zipped = await client.post("aux_relay_operations", { body: "x", headers: { "content-encoding": "gzip" } });
      assert.deepEqual([zipped.status, zipped.json.status], [415, "0"]);
      const unknown = await scene.anonymous.post("aux_relay_operations", { body: Buffer.alloc(70_000, "a") });
      assert.deepEqual([unknown.status, unknown.json.status], [413, "0"]);
      const read = await scene.fixture.send("GET", "/udil/aux_relay_operations");
      assert.deepEqual([read.status, read.body.status, read.headers.allow], [405, "0", "OPTIONS, POST"]);
      const nothing = await client.post("udil/no_such_service");
      assert.deepEqual([nothing.status, nothing.json.status], [404, "0"]);
    });
  });
}
