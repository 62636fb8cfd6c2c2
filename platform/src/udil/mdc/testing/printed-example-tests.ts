/** Every printed example of UDIL (section 4 of version v1), with its scanning errors repaired, over HTTPS. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { printedCommands } from "../../../../../protocols/udil/src/testing/printed-commands.ts";
import { printedExample } from "../../../../../protocols/udil/src/testing/printed-examples.ts";
import { encodedForm } from "../../../../../protocols/udil/src/testing/requests.ts";
import type { MdcScene } from "./mdc-scene.ts";
import type { UdilClient } from "./udil-client.ts";

/** The printed meters, of which the second has no relay. */
const meters = ["m96541254", "m97524158", "m98562412"];
const withoutRelay = "m97524158";
const ofRelay = ["aux_relay_operations", "sanctioned_load_control", "load_shedding_scheduling"];

/** @param opened gives the scene, which others use too */
export function printedExampleTests(opened: () => MdcScene): void {
  describe("the printed examples", () => {
    let scene: MdcScene;
    let client: UdilClient;
    before(async () => {
      scene = opened();
      for (const id of meters)
        await scene.meter({ globalDeviceId: id, msn: `40${id.slice(1)}`, has_disconnector: id !== withoutRelay });
      client = await scene.client();
    });

    for (const [path, { name, parameters }] of Object.entries(printedCommands)) {
      const { headers: printed, form } = printedExample(path);
      const transactionid = printed.transactionid!;
      const body = encodedForm(form);
      const ids = path === "aux_relay_operations" ? meters : meters.slice(1).toReversed();
      const taken = ids.map((id) => (ofRelay.includes(path) && id === withoutRelay ? "0" : "1"));

      it(`${path}: is answered as printed, in JSON`, async () => {
        // Only this model has an object for it.
        const dlms_settings = path === "activate_meter_optical_port" ? JSON.stringify({ profile: "tpi-34g" }) : null;
        await scene.db.updateTable("meter_devices").set({ dlms_settings }).execute();
        const { status, json } = await client.post(path, { headers: { transactionid }, body });
        assert.equal(status, 200, JSON.stringify(json));
        assert.deepEqual(Object.keys(json), ["status", "transactionid", "data", "message"]);
        assert.equal(json.status, "1");
        assert.equal(json.transactionid, transactionid);
        const data = ids.map((id, index) => ({
          global_device_id: id,
          msn: `40${id.slice(1)}`,
          indv_status: taken[index],
        }));
        assert.deepEqual(json.data, data);
        if (taken.includes("0")) assert.match(json.message, /m97524158.*has no disconnector/);
      });

      it(`${path}: and in XML below /udil, which is the same transaction`, async () => {
        const headers = { transactionid, accept: "text/xml" };
        const { status, text } = await client.post(`udil/${path}`, { headers, body });
        assert.equal(status, 200, text);
        const elements = ids.map(
          (id, index) =>
            `<element><global_device_id>${id}</global_device_id><msn>40${id.slice(1)}</msn><indv_status>${taken[index]}</indv_status></element>`,
        );
        const expected = `<?xml version="1.0" encoding="UTF-8"?>\n<root><status>1</status><transactionid>${transactionid}</transactionid><data>${elements.join("")}</data><message>`;
        assert.equal(text.slice(0, expected.length), expected);
      });

      it(`${path}: means ${name}`, async () => {
        const kept = await scene.db
          .selectFrom("commands")
          .selectAll()
          .where("idempotency_key", "=", transactionid)
          .execute();
        assert.equal(kept.length, 1);
        assert.equal(kept[0]!.command, name);
        assert.equal(kept[0]!.origin, "udil");
        assert.deepEqual(kept[0]!.parameters, parameters);
      });
    }

    it("time_of_use_change: with more than one meaning is refused for each device, and the reason is told", async () => {
      const form = {
        ...{
          global_device_id: meters.slice(1),
          request_datetime: "2018-10-15 13:00:00",
          activation_datetime: '"2018-11-01 00:00:00"',
        },
        ...{ season: '"3-10"', days: '"5"', time_slab: ["08:00", "17:00"], tariff_identification: '"1"' },
      };
      const headers = { transactionid: "3Wcvfg675d5hg85fhjfv47f65d3s3h" };
      const { status, json } = await client.post("time_of_use_change", { headers, form });
      assert.equal(status, 200);
      assert.deepEqual(
        json.data.map((device: { indv_status: string }) => device.indv_status),
        ["0", "0"],
      );
      assert.match(
        json.message,
        /m97524158, m98562412 cannot be entertained: season "3-10" can be read in several ways/,
      );
    });

    it("transaction_status: tells of the on-demand request as printed, and that nothing was read yet", async () => {
      const transactionid = "ARbvfg675d5hg85fhjfv47f5d3aR6";
      const form = { global_device_id: meters.slice(1), type: "EVNT" };
      await client.post("on_demand_request", { headers: { transactionid }, form });
      const { json } = await client.post("transaction_status", { headers: { transactionid } });
      assert.deepEqual(Object.keys(json), ["status", "transactionid", "data", "message"]);
      assert.equal(json.data.length, 2);
      const printed = [
        ...["transactionid", "msn", "global_device_id", "type", "type_parameters", "command_receiving_datetime"],
        ...["status_level", "status_1_datetime", "status_2_datetime", "status_3_datetime", "status_4_datetime"],
        ...["status_5_datetime", "indv_status", "request_cancelled", "request_cancel_reason"],
        "request_cancel_datetime",
      ];
      for (const row of json.data) {
        assert.deepEqual(Object.keys(row).slice(0, printed.length), printed);
        assert.equal(row.transactionid, transactionid);
        assert.equal(row.type, "EVNT");
        assert.match(row.command_receiving_datetime, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
        for (const value of Object.values(row)) assert.ok(typeof value === "string" || Array.isArray(value));
      }
    });
  });
}
