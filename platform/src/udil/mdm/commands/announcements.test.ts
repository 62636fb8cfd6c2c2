import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type Answering, json } from "../testing/handmade-mdc.ts";
import { type CarrierScene, openCarrierScene, requestsOf } from "./testing/carrier-scene.ts";

let carrier: CarrierScene;
before(async () => {
  carrier = await openCarrierScene();
});

const creation = (identities: readonly (readonly [dsn: string, id: string])[], more: object = {}) => ({
  device_identity: identities.map(([dsn, global_device_id]) => ({ dsn, global_device_id })),
  ...{ device_type: 1, communication_mode: 1, communication_type: 2 },
  ...{ mdi_reset_date: 1, mdi_reset_time: "00:00", phase: 3, meter_type: 1 },
  ...more,
});

const meterOf = (organization: string, id: string) =>
  carrier.scene.store.db
    .selectFrom("meter_devices")
    .selectAll()
    .where("organization", "=", organization)
    .where("global_device_id", "=", id)
    .executeTakeFirst();

for (const [version, format] of [
  ["v1", "json"],
  ["v1", "xml"],
  ["v3.2", "json"],
  ["v3.3", "json"],
] as const) {
  describe(`an MDC of ${version} in ${format}`, () => {
    test("gets meters that are created for it, and their rows are taken; what it refuses is told", async () => {
      const { organization, vendor, mdc } = await carrier.utility({ version, format, meters: 1, stock: 1 }, false);
      const { stock } = vendor.description;
      const { phase, meter_type } = stock[0]!;
      const identities = stock.map(({ msn, global_device_id }) => [msn, global_device_id] as const);
      const parameters = creation([...identities, ["4099999999", "m99999999"]], {
        ...{ udil_mdc: mdc, phase, meter_type },
      });
      const rows = await carrier.done(organization, "device_creation", parameters);
      assert.deepEqual(
        rows.map(({ state, statusLevel, cause }) => [state, statusLevel, cause]),
        [
          ["succeeded", 5, null],
          ["failed", 1, "command_refused"],
        ],
      );
      assert.match(rows[1]!.remark!, /there is no meter 4099999999/);
      assert.match(rows[1]!.remark!, /The registry keeps the change\.$/);
      for (const { global_device_id, msn } of stock) {
        assert.ok(vendor.meters.has(global_device_id), "the vendor has it in service");
        const meter = await meterOf(organization, global_device_id);
        assert.deepEqual([meter?.udil_mdc, meter?.protocol, meter?.msn], [mdc, "udil", msn]);
      }
      const [again] = await carrier.done(organization, "device_creation", creation(identities, { phase, meter_type }));
      // 3.3 creates a meter one time only.
      assert.equal(again!.state, version === "v3.3" ? "failed" : "succeeded");
      // A meter that the MDC knows of by now is commanded as any other.
      const [synchronized] = await carrier.done(organization, "time_synchronization", {}, [stock[0]!.global_device_id]);
      assert.equal(synchronized!.state, "succeeded", synchronized!.remark ?? "");
    });

    test("is told when a meter is taken out of use, and into it", async () => {
      const { organization, vendor, ids } = await carrier.utility({ version, format, meters: 2 });
      const [first, second] = ids as [string, string];
      const set = (meter_activation_status: 0 | 1) =>
        carrier.done(organization, "update_meter_status", { meter_activation_status }, [first]);
      const [off] = await set(0);
      assert.deepEqual([off!.state, off!.statusLevel], ["succeeded", 5], off!.remark ?? "");
      assert.deepEqual(
        [first, second].map((id) => vendor.meters.get(id)!.state.active),
        [false, true],
      );
      assert.equal((await meterOf(organization, first))!.meter_activation_status, 0);
      const [refused] = await carrier.done(organization, "time_synchronization", {}, [first]);
      assert.deepEqual([refused!.state, refused!.cause], ["refused", "meter_inactive"]);
      const [on] = await set(1);
      assert.equal(on!.state, "succeeded");
      assert.equal(vendor.meters.get(first)!.state.active, true);
      const [taken] = await carrier.done(organization, "time_synchronization", {}, [first]);
      assert.equal(taken!.state, "succeeded", taken!.remark ?? "");
    });
  });
}

/** An MDC that remembers each creation by its transaction, and says that it took all. */
function creating(breaks: { answer?: boolean; remembers?: boolean } = {}) {
  const created = new Map<string, readonly string[]>();
  const executed: string[] = [];
  const answering: Answering = ({ transactionIds, identities = [], ids }, service) => {
    const [id = ""] = transactionIds;
    if (service === "transaction_status") {
      const data = transactionIds.flatMap((transactionid) =>
        (created.get(transactionid) ?? []).map((global_device_id) => {
          const level = { status_level: "5", indv_status: "1", status_5_datetime: "2026-11-21 12:00:00" };
          return { transactionid, global_device_id, msn: "1", ...level };
        }),
      );
      return json(breaks.remembers !== false && data.length > 0 ? { status: "1", data } : { status: "0", data: [] });
    }
    const devices = identities.length > 0 ? identities.map(({ global_device_id }) => global_device_id) : ids;
    if (!created.has(id)) executed.push(...devices);
    created.set(id, devices);
    if (breaks.answer === false) return undefined;
    return json({
      ...{ status: "1", transactionid: id },
      data: devices.map((global_device_id) => ({ global_device_id, msn: "1", indv_status: "1" })),
    });
  };
  return { answering, executed, breaks };
}

test("a creation whose answer is lost is made once, in sets the MDC takes, each with its own meters alone", async () => {
  const { answering, executed, breaks } = creating({ answer: false });
  const { organization, mdc, peer } = await carrier.handmade(answering, {
    meters: 0,
    switches: { tables: [], devices_per_request: 2 },
  });
  const identities = ["a", "b", "c"].map((name, index) => [`5000${index}`, `lost-${name}`] as const);
  const id = await carrier.give(organization, "device_creation", creation(identities, { udil_mdc: mdc }));
  await carrier.until(id, (rows) => rows.every(({ remark }) => !remark!.startsWith("It is changed")));
  assert.equal((await meterOf(organization, "lost-b"))!.udil_mdc, mdc, "the registry has it before the MDC");
  breaks.answer = true;
  const rows = await carrier.until(id, (all) => all.every(({ state }) => state === "succeeded"));
  assert.equal(rows.length, 3);
  assert.deepEqual(executed.toSorted(), ["lost-a", "lost-b", "lost-c"]);
  const sent = requestsOf(peer, "device_creation");
  assert.deepEqual(sent.map(({ request }) => request?.identities?.map(({ dsn }) => dsn)).toSorted(), [
    ["50000", "50001"],
    ["50002"],
  ]);
  for (const { body } of sent) {
    const form = new URLSearchParams(body);
    assert.equal(form.get("udil_mdc"), null);
    assert.equal(form.get("mdi_reset_time"), "00:00:00");
  }
});

test("an MDC that keeps no transactions of what it does alone has done it when it took it", async () => {
  const { answering, executed } = creating({ remembers: false });
  const { organization, ids } = await carrier.handmade(answering, { meters: 2 });
  const id = await carrier.give(organization, "update_meter_status", { meter_activation_status: 0 }, ids);
  const begun = carrier.scene.clock.now();
  const rows = await carrier.until(id, (all) => all.every(({ state }) => state === "succeeded"), 5_000);
  assert.match(rows[0]!.remark!, /keeps no transaction of it/);
  assert.ok(carrier.scene.clock.now() - begun >= 60_000, "it is asked for a minute");
  assert.deepEqual(executed, ids, "and told once");
});

test("an MDC without services leaves it to the platform", async () => {
  const organization = await carrier.scene.organization("Files alone");
  const mdc = await carrier.scene.create("/v1/udil/mdcs", {
    ...{ organization, name: "Files", transport: "file", folder: "drop" },
  });
  const [created] = await carrier.done(
    organization,
    "device_creation",
    creation([["60001", "file-1"]], { udil_mdc: mdc.id }),
  );
  assert.equal(created!.state, "succeeded", created!.remark ?? "");
  assert.match(created!.remark!, /changed in the registry.*no base URL/);
  const [off] = await carrier.done(organization, "update_meter_status", { meter_activation_status: 0 }, ["file-1"]);
  assert.equal(off!.state, "succeeded");
});

test("the cancellation of what the MDC was not told yet leaves the registry as it is", async () => {
  const { answering, executed, breaks } = creating();
  const { organization, mdc } = await carrier.handmade(answering, { meters: 0, is_active: false });
  breaks.answer = true;
  const id = await carrier.give(organization, "device_creation", creation([["70001", "c-1"]], { udil_mdc: mdc }));
  await carrier.until(id, ([row]) => row!.remark === "The MDC is not in use.");
  const answer = await carrier.scene.send("POST", `/v1/commands/${id}/cancel`, { reason: "wrong" });
  assert.equal(answer.body.cancelled_count, 1);
  await carrier.scene.send("PATCH", `/v1/udil/mdcs/${mdc}`, { is_active: true });
  const [next] = await carrier.done(organization, "device_creation", creation([["70002", "c-2"]], { udil_mdc: mdc }));
  assert.equal(next!.state, "succeeded");
  assert.deepEqual(executed, ["c-2"]);
  assert.equal((await meterOf(organization, "c-1"))!.udil_mdc, mdc);
});
