/** Reads of the meter itself: answered by transaction_status (v1), or while the caller waits (v3). */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { udilTables } from "@anymeter/udil";
import { RunFailure } from "../../head-end/causes.ts";
import type { CallOutcome } from "../../head-end/drivers/driver.ts";
import { hasEnded } from "./services/exchange.ts";
import { type AnotherMdc, credentials, type MdcScene, openMdcScene } from "./testing/mdc-scene.ts";
import type { UdilClient } from "./testing/udil-client.ts";

const at = Date.parse("2026-02-28T19:00:00Z");
const waitMilliseconds = 2_500;
/** A connection on which nothing moves is dropped after that time, in milliseconds. */
const silence = 500;

describe("reads on demand", () => {
  let scene: MdcScene;
  let client: UdilClient;
  let later: UdilClient;
  const slow = Promise.withResolvers<void>();
  /** Of the meter that answers when it is told to. */
  let reached: PromiseWithResolvers<void>;
  let answer: PromiseWithResolvers<void>;
  const results: Record<string, object> = {
    EVNT: {
      table: "EVNT",
      rows: [{ event_datetime: at, event_code: 203, event_description: "Contactor off", mdc_read_datetime: at }],
    },
    INST: { table: "INST", rows: [{ meter_datetime: at, voltage_phase_a: "230.5", signal_strength: "-89" }] },
    VISL: {
      table: "VISL",
      rows: [{ auxr_status: 1, auxr_datetime: at, sanc_load_limit: "20", sanc_datetime: at }],
    },
    // A profile that has no row yet.
    BILL: { table: "BILL", rows: [] },
  };

  before(async () => {
    scene = await openMdcScene({
      onDemandWait: waitMilliseconds,
      carryOut: async (command, { name }): Promise<CallOutcome> => {
        await command.reached(3);
        if (name === "slow") await slow.promise;
        if (name === "waits") {
          reached.resolve();
          await answer.promise;
        }
        if (name === "broken") throw new RunFailure("command_unsupported", "it has no such object");
        await command.reached(4);
        return { result: results[(command.parameters as { type: string }).type] } as CallOutcome;
      },
    });
    client = await scene.client();
    later = await scene.client({ version: "v3.3" });
    await scene.client({ version: "v3.3", code: "waits" });
    for (const [index, name] of ["m1", "slow", "broken", "waits"].entries())
      await scene.meter({ globalDeviceId: name, name, msn: `400${index + 1}` });
  });

  const ask = (path: string, transactionid: string, form: Record<string, unknown>, asker = later) =>
    asker.post(path, { headers: { transactionid }, form });
  const ended = async (transactionid: string) => {
    const { id } = await scene.db
      .selectFrom("commands")
      .select("id")
      .where("idempotency_key", "=", transactionid)
      .executeTakeFirstOrThrow();
    await scene.commands.when(id, hasEnded);
  };

  it("on_demand_request: answers at once, and gives the rows by transaction_status when the meter gave them", async () => {
    const { json } = await ask("on_demand_request", "d1", { global_device_id: ["m1"], type: "EVNT" }, client);
    assert.equal(json.data[0].indv_status, "1");
    await ended("d1");
    const status = await client.post("transaction_status", { headers: { transactionid: "d1" } });
    const [row] = status.json.data;
    assert.deepEqual([row.type, row.status_level, row.indv_status], ["EVNT", "5", "1"]);
    assert.equal(row.response_data.length, 1);
    assert.deepEqual(
      Object.keys(row.response_data[0]),
      udilTables.v1.EVNT.fields.map(({ name }) => name),
    );
    assert.equal(row.response_data[0].event_datetime, "2026-03-01 00:00:00");
    assert.deepEqual([row.response_data[0].global_device_id, row.response_data[0].msn], ["m1", "4001"]);
    const xml = await client.post("transaction_status", { headers: { transactionid: "d1", accept: "text/xml" } });
    assert.match(xml.text, /<response_data><element><msn>4001<\/msn>/);
  });

  it("on_demand_request: tells a client of v1 in the message why a meter gave nothing", async () => {
    await ask("on_demand_request", "d9", { global_device_id: ["broken"], type: "INST" }, client);
    await ended("d9");
    const { json } = await client.post("transaction_status", { headers: { transactionid: "d9" } });
    const [row] = json.data;
    assert.equal(row.indv_status, "0");
    assert.ok(!("response_data" in row));
    assert.match(json.message, /broken: .*it has no such object/);
    // v1's rows end by level 5 or by a cancellation: who waits for one of them need not wait for ever.
    assert.deepEqual([row.status_level, row.request_cancelled], ["3", "1"]);
    assert.match(row.request_cancel_reason, /^The meter .{30,}…$/);
    assert.equal(row.request_cancel_reason.length, 50);
    assert.match(row.request_cancel_datetime, /^\d{4}-\d\d-\d\d \d\d:/);
  });

  it("on_demand_request: ends at once for a device that was refused, in v1 by a cancellation", async () => {
    for (const [asker, transactionid] of [
      [client, "d10"],
      [later, "d11"],
    ] as const) {
      await ask("on_demand_request", transactionid, { global_device_id: ["nobody"], type: "INST" }, asker);
      const { json } = await asker.post("transaction_status", { headers: { transactionid } });
      const [{ indv_status, request_cancelled, request_cancel_reason }] = json.data;
      assert.deepEqual(
        [indv_status, request_cancelled, request_cancel_reason],
        asker === client ? ["0", "1", "No meter of this name is registered."] : ["2", "0", ""],
      );
    }
  });

  // A profile may be empty, and a vendor's MDC may answer a read without rows with nothing at all.
  for (const type of ["BILL", "MBIL"]) {
    it(`a read that found no row is a success without rows (${type})`, async () => {
      const { status, json } = await ask("on_demand_data_read", `n3-${type}`, { global_device_id: "m1", type });
      assert.deepEqual([status, json.status, json.data, json.message], [200, "1", [], "0 rows were read."]);
      await ask("on_demand_request", `n1-${type}`, { global_device_id: ["m1"], type }, client);
      await ended(`n1-${type}`);
      for (const [asker, transactionid] of [
        [client, `n1-${type}`],
        [later, `n3-${type}`],
      ] as const) {
        const { data } = (await asker.post("transaction_status", { headers: { transactionid } })).json;
        const { status_level, indv_status, request_cancelled, response_data } = data[0];
        assert.deepEqual([status_level, indv_status, request_cancelled, response_data], ["5", "1", "0", []]);
      }
    });
  }

  it("on_demand_request: VISL reads the meter's parameters", async () => {
    await ask("on_demand_request", "d2", { global_device_id: ["m1"], type: "VISL" }, client);
    await ended("d2");
    const { json } = await client.post("transaction_status", { headers: { transactionid: "d2" } });
    assert.equal(json.data[0].response_data[0].meter_load_limit_set, "20");
  });

  it("on_demand_data_read: answers with the rows", async () => {
    const { status, json } = await ask("on_demand_data_read", "d3", { global_device_id: "m1", type: "INST" });
    assert.equal(status, 200);
    assert.deepEqual([json.status, json.transactionid, json.data.length], ["1", "d3", 1]);
    assert.deepEqual(
      Object.keys(json.data[0]),
      udilTables["v3.3"].INST.fields.map(({ name }) => name),
    );
    assert.deepEqual([json.data[0].global_device_id, json.data[0].voltage_phase_a], ["m1", "230.5"]);
    const xml = await later.post("on_demand_data_read", {
      headers: { transactionid: "d3", accept: "application/xml" },
      form: { global_device_id: "m1", type: "INST" },
    });
    assert.match(xml.text, /<transactionid>d3<\/transactionid><data><current_tariff_register>/);
  });

  it("on_demand_data_read: says why a meter gave nothing, was not asked, or is not known", async () => {
    const broken = await ask("on_demand_data_read", "d4", { global_device_id: "broken", type: "INST" });
    assert.deepEqual([broken.status, broken.json.status, broken.json.data[0].indv_status], [200, "0", "0"]);
    assert.match(broken.json.data[0].remarks, /it has no such object/);
    const unknown = await ask("on_demand_data_read", "d5", { global_device_id: "nobody", type: "INST" });
    assert.deepEqual(unknown.json.data, [
      { global_device_id: "nobody", msn: "", indv_status: "0", remarks: "No meter of this name is registered." },
    ]);
    const two = await ask("on_demand_data_read", "d6", { global_device_id: ["m1", "slow"], type: "INST" });
    assert.equal(two.json.status, "0");
    assert.match(two.json.message, /takes one device; 2 were named/);
  });

  it("on_demand_data_read: gives up waiting in time, and the read goes on", async () => {
    const begun = performance.now();
    const { status, json } = await ask("on_demand_data_read", "d7", { global_device_id: "slow", type: "INST" });
    assert.ok(performance.now() - begun >= waitMilliseconds - 50);
    assert.deepEqual([status, json.status, json.data[0].indv_status], [200, "0", "0"]);
    assert.match(json.data[0].remarks, /The read goes on: ask transaction_status/);
    const hangUp = new AbortController();
    const left = later.post("on_demand_data_read", {
      headers: { transactionid: "d8" },
      form: { global_device_id: "slow", type: "INST" },
      signal: hangUp.signal,
    });
    hangUp.abort();
    await assert.rejects(left);
    slow.resolve();
    await ended("d7");
    const after = await later.post("transaction_status", { headers: { transactionid: "d7" } });
    assert.equal(after.json.data[0].response_data.length, 1);
    const again = await ask("on_demand_data_read", "d7", { global_device_id: "slow", type: "INST" });
    assert.deepEqual([again.json.status, again.json.data.length], ["1", 1]);
  });

  it("on_demand_parameter_read: answers with the columns of one group of parameters, as the meter shows them", async () => {
    const commanded = { sanc_maximum_retries: 3, lsch_load_shedding_slabs: "[]", dmdt_phase: 3, msim_id: "8992" };
    await scene.rows.visuals.update([{ ...(await scene.numbersOf("m1")), at, fields: commanded }]);
    const { json } = await ask("on_demand_parameter_read", "p1", { global_device_id: "m1", type: "SANC" });
    assert.equal(json.status, "1");
    assert.deepEqual(json.data, [
      {
        ...{ global_device_id: "m1", msn: "4001", sanc_datetime: "2026-03-01 00:00:00", sanc_load_limit: "20" },
        ...{ sanc_maximum_retries: "", sanc_retry_interval: "", sanc_threshold_duration: "" },
        sanc_retry_clear_interval: "",
      },
    ]);
    const relay = await ask("on_demand_parameter_read", "p2", { global_device_id: "m1", type: "auxr" });
    assert.deepEqual(Object.keys(relay.json.data[0]), ["global_device_id", "msn", "auxr_datetime", "auxr_status"]);
    assert.equal(relay.json.data[0].auxr_status, "1");
    const active = await ask("on_demand_parameter_read", "p3", { global_device_id: "m1", type: "MTST" });
    assert.equal(active.json.data[0].mtst_meter_activation_status, "1");
    const phase = await ask("on_demand_parameter_read", "p5", { global_device_id: "m1", type: "DMDT" });
    assert.equal(phase.json.data[0].dmdt_phase, "3", "no meter can tell it");
    const sim = await ask("on_demand_parameter_read", "p6", { global_device_id: "m1", type: "MSIM" });
    assert.equal(sim.json.data[0].msim_id, "8992");
    const slabs = await ask("on_demand_parameter_read", "p7", { global_device_id: "m1", type: "LSCH" });
    assert.deepEqual(
      [slabs.json.status, slabs.json.message, slabs.json.data[0].lsch_load_shedding_slabs],
      ["1", "The meter does not show LSCH.", ""],
    );
    const day = await ask("on_demand_parameter_read", "p4", { global_device_id: "m1", type: "MDI" });
    assert.deepEqual(Object.keys(day.json.data[0]), ["global_device_id", "msn", "mdi_reset_date", "mdi_reset_time"]);
  });

  it("takes the same transaction again for the same read, and refuses it for any other", async () => {
    const read = { global_device_id: "m1", type: "EVNT" };
    const parameters = { global_device_id: "m1", type: "AUXR" };
    const first = await ask("on_demand_parameter_read", "same-1", parameters);
    const again = await ask("on_demand_parameter_read", "same-1", { ...parameters, type: " auxr " });
    assert.deepEqual([again.status, again.json], [200, first.json]);
    assert.equal((await ask("on_demand_data_read", "same-2", read)).json.status, "1");
    assert.equal((await ask("on_demand_data_read", "same-2", read)).json.status, "1");
    await ask("on_demand_request", "same-3", { global_device_id: ["m1"], type: "VISL" }, client);
    const others: [string, string, Record<string, unknown>, UdilClient?][] = [
      ["on_demand_parameter_read", "same-1", { ...parameters, type: "SANC" }],
      ["on_demand_parameter_read", "same-1", { ...parameters, type: "OVFC" }],
      ["on_demand_parameter_read", "same-1", { ...parameters, global_device_id: "broken" }],
      ["on_demand_data_read", "same-1", read],
      ["on_demand_data_read", "same-2", { ...read, type: "INST" }],
      ["on_demand_data_read", "same-2", { ...read, start_datetime: "2026-03-01 00:00:00" }],
      ["on_demand_request", "same-3", { global_device_id: ["m1"], type: "EVNT" }, client],
      ["on_demand_request", "same-3", { global_device_id: ["m1", "broken"], type: "VISL" }, client],
    ];
    for (const [path, transactionid, form, asker] of others) {
      const { status, json } = await ask(path, transactionid, form, asker);
      assert.deepEqual([status, json.status, json.transactionid], [400, "0", transactionid]);
      assert.match(json.message, new RegExp(`${transactionid} was used for another request`));
    }
    const kept = await scene.db
      .selectFrom("commands")
      .select("id")
      .where("idempotency_key", "like", "same-%")
      .execute();
    assert.equal(kept.length, 3);
  });

  it("answers what no meter here has for each device, with a remark", async () => {
    const asked: [string, Record<string, unknown>][] = [
      ["on_demand_parameter_read", { global_device_id: "m1", type: "OVFC" }],
      ["on_demand_parameter_read", { global_device_id: "m1", type: "nonsense" }],
    ];
    for (const [index, [path, form]] of asked.entries()) {
      const transactionid = `a1-${index}`;
      const { status, json } = await ask(path, transactionid, form);
      assert.deepEqual([status, json.data[0].indv_status, json.data[0].msn], [200, "0", "4001"]);
      assert.match(json.data[0].remarks, /cannot be read/);
      const [row] = (await later.post("transaction_status", { headers: { transactionid } })).json.data;
      assert.deepEqual([row.type, row.indv_status], ["ON_DEMAND_PARAMETER_READ", "2"]);
      assert.match(row.response_data, /cannot be read/);
    }
    const limits = { critical_event_threshold_limit: "250", tripping_event_threshold_limit: "260" };
    const tripping = { type: "OVFC", ...limits, critical_event_log_time: "5", tripping_event_log_time: "5" };
    const refused: [string, Record<string, unknown>, RegExp][] = [
      ["apms_tripping_events", { ...tripping, enable_tripping: "1" }, /^The functions of an APMS/],
      ["update_major_alarms", { major_alarms_list: ["111"] }, /^Which alarms a meter reports at once/],
    ];
    for (const [path, form, reason] of refused) {
      const { status, json } = await ask(path, "a2", { global_device_id: ["m1", "nobody"], ...form });
      assert.deepEqual([status, json.status, json.data.length], [200, "1", 2]);
      assert.deepEqual([json.data[0].indv_status, json.data[1].indv_status], ["0", "0"]);
      assert.match(json.data[0].remarks, reason);
      assert.match(json.data[1].remarks, /No meter of this name/);
    }
  });

  describe("a caller that waits for a meter", () => {
    let other: AnotherMdc;
    let caller: UdilClient;
    before(async () => {
      other = await scene.another({ timeouts: { connection: silence } });
      // The key comes from where a connection may stand still while a password is checked.
      const headers = { ...credentials, code: "waits", accept: "application/json" };
      const { json } = await scene.anonymous.post("authorization_service", { headers });
      caller = other.anonymous.with({ privatekey: json.privatekey });
    });
    after(() => answer.resolve());

    const ask = async (transactionid: string) => {
      reached = Promise.withResolvers();
      answer = Promise.withResolvers();
      const form = { global_device_id: "waits", type: "INST" };
      const answered = caller.post("on_demand_data_read", { headers: { transactionid }, form });
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
      await other.fixture.app.close();
      assert.ok(performance.now() - begun < 20_000);
      const { status, json } = await answered;
      assert.deepEqual([status, json.status], [200, "0"]);
      assert.match(json.message, /The read goes on: ask transaction_status/);
    });
  });
});
