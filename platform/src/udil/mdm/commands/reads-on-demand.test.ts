import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type Answering, json } from "../testing/handmade-mdc.ts";
import { type CarrierScene, ended, openCarrierScene } from "./testing/carrier-scene.ts";
import { accepting, rememberingMdc } from "./testing/remembering-mdc.ts";

let carrier: CarrierScene;
before(async () => {
  carrier = await openCarrierScene();
});

for (const [version, format, delays] of [
  ["v1", "json", [400]],
  ["v3.2", "json", [330]],
  ["v3.3", "json", [200, 330, 400]],
  ["v3.3", "xml", [400]],
] as const) {
  describe(`an MDC of ${version} in ${format}`, () => {
    for (const seconds of delays) {
      test(`takes ${seconds} s for a read, and it is no failure meanwhile`, async () => {
        const { organization, vendor, ids } = await carrier.utility({
          ...{ version, format, meters: 1, habits: { onDemandDelay: seconds * 1000 } },
        });
        const begun = carrier.scene.clock.now();
        const id = await carrier.give(organization, "on_demand_read", { type: "INST" }, ids);
        const [row] = await carrier.until(id, ended, 5_000);
        assert.equal(row!.state, "succeeded", row!.remark ?? "");
        assert.ok(carrier.scene.clock.now() - begun >= seconds * 1000);
        const { table, rows } = row!.result as { table: string; rows: { global_device_id: string }[] };
        assert.deepEqual([table, rows.map(({ global_device_id }) => global_device_id)], ["INST", ids]);
        assert.equal([...vendor.transactions.all()].length, 1, "it is asked for once");
        const [count] = await carrier.scene.select<[number]>(
          `SELECT toUInt32(count()) FROM udil_instantaneous_rows FINAL WHERE device_number = ${row!.deviceNumber}`,
        );
        assert.ok(count![0] >= 1, "the rows are stored");
      });
    }
  });
}

/** A read whose call is answered as the test says, and which ends by transaction_status. */
async function held(call: (transaction: string, ids: readonly string[]) => ReturnType<Answering>) {
  const ready = { level: 2 };
  const { answering: honest, known } = rememberingMdc((_, device) => ({
    level: ready.level,
    more:
      ready.level < 5
        ? {}
        : {
            response_data: [
              { global_device_id: device, msn: "1", meter_datetime: "2026-11-20 10:00:00", voltage_phase_a: "230" },
            ],
          },
  }));
  const answering: Answering = (request, service) => {
    if (service !== "on_demand_data_read") return honest(request, service);
    known.set(request.transactionIds[0]!, request.ids);
    return call(request.transactionIds[0]!, request.ids);
  };
  const { organization, ids, peer } = await carrier.handmade(answering, { meters: 1, version: "v3.3" });
  const id = await carrier.give(organization, "on_demand_read", { type: "INST" }, ids);
  await carrier.until(id, ([row]) => row!.statusLevel === 2);
  ready.level = 5;
  const [row] = await carrier.until(id, ended);
  return { row: row!, peer };
}

const timeOut = "The meter has not answered in time. The read goes on: ask transaction_status for its result.";

for (const [name, call] of [
  ["of the whole answer", () => json({ status: "0", message: timeOut })],
  ["of its meter", (transaction: string, ids: readonly string[]) => accepting(transaction, ids, () => timeOut)],
  ["by ending the connection", () => undefined],
] as const) {
  test(`a read whose time is out, said ${name}, goes on and is asked for`, async () => {
    const { row, peer } = await held(call);
    assert.deepEqual([row.state, row.cause, row.statusLevel], ["succeeded", null, 5], row.remark ?? "");
    assert.equal((row.result as { rows: unknown[] }).rows.length, 1);
    assert.equal(peer.asked("on_demand_data_read"), 1);
  });
}

test("a read that is refused, and of which the MDC knows nothing or that it failed, has failed for that reason", async () => {
  for (const shown of [undefined, { level: 1, more: { indv_status: "2" } }]) {
    const { answering: honest, known } = rememberingMdc(() => shown);
    const answering: Answering = (request, service) => {
      if (service !== "on_demand_data_read") return honest(request, service);
      known.set(request.transactionIds[0]!, request.ids);
      return accepting(request.transactionIds[0]!, request.ids, () => "no such meter");
    };
    const { organization, ids } = await carrier.handmade(answering, { meters: 1, version: "v3.3" });
    const [row] = await carrier.done(organization, "on_demand_read", { type: "INST" }, ids);
    assert.deepEqual([row!.state, row!.cause, row!.remark], ["failed", "command_refused", "no such meter"]);
  }
});

describe("a read that finds nothing has gone well", () => {
  const empty = { table: "EVNT", rows: [] };
  for (const [name, version, data, remark] of [
    ["an empty list", "v1", [], "The MDC gave no rows."],
    ["an empty list as text", "v1", "[]", "The MDC gave no rows."],
    ["no response_data", "v1", undefined, "The MDC gave no rows."],
    ["words", "v3.3", "The meter has no events.", "The meter has no events."],
  ] as const) {
    test(`told by ${name} in ${version}`, async () => {
      const { answering: honest, known } = rememberingMdc(() => ({ level: 5, more: { response_data: data } }));
      const answering: Answering = (request, service) => {
        if (service !== "on_demand_data_read") return honest(request, service);
        known.set(request.transactionIds[0]!, request.ids);
        return json({ status: "0", message: "time-out" });
      };
      const { organization, ids } = await carrier.handmade(answering, { meters: 1, version });
      const [row] = await carrier.done(organization, "on_demand_read", { type: "EVNT" }, ids);
      assert.deepEqual([row!.state, row!.result, row!.remark], ["succeeded", empty, remark]);
    });
  }

  test("told by the answer itself in v3.3", async () => {
    const { answering: honest } = rememberingMdc(() => undefined);
    const answering: Answering = (request, service) =>
      service === "on_demand_data_read" ? json({ status: "1", message: "", data: [] }) : honest(request, service);
    const { organization, ids } = await carrier.handmade(answering, { meters: 1, version: "v3.3" });
    const [row] = await carrier.done(organization, "on_demand_read", { type: "EVNT" }, ids);
    assert.deepEqual([row!.state, row!.result, row!.remark], ["succeeded", empty, "The MDC gave no rows."]);
  });
});

test("words beside a success are a remark; those of a failure end with one full stop", async () => {
  for (const [level, indv_status, expected] of [
    [5, "1", ["succeeded", null, "Done at the second try."]],
    [4, "2", ["failed", null, "The MDC says that it failed at level 4: Done at the second try."]],
  ] as const) {
    const more = { indv_status, response_data: "Done at the second try." };
    const { answering } = rememberingMdc(() => ({ level, more }));
    const { organization, ids } = await carrier.handmade(answering, { meters: 1, version: "v3.3" });
    const [row] = await carrier.done(organization, "time_synchronization", {}, ids);
    assert.deepEqual([row!.state, row!.result, row!.remark], expected);
  }
});
