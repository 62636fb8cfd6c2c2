import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { Answering } from "../testing/handmade-mdc.ts";
import { type CarrierScene, ended, openCarrierScene, requestsOf } from "./testing/carrier-scene.ts";
import { accepting, rememberingMdc } from "./testing/remembering-mdc.ts";

let carrier: CarrierScene;
before(async () => {
  carrier = await openCarrierScene();
});

const relay = (relay_operate: 0 | 1) => ({ relay_operate });

test("a meter that an MDC leaves out of its answer and of its transaction is told to be refused", async () => {
  const { answering: honest, known } = rememberingMdc(() => 5);
  const answering: Answering = (request, service) => {
    const answer = honest(request, service);
    if (service !== "time_synchronization") return answer;
    const [id = ""] = request.transactionIds;
    known.set(id, request.ids.slice(0, 2));
    return accepting(id, request.ids.slice(0, 2));
  };
  const { organization, ids } = await carrier.handmade(answering);
  const id = await carrier.give(organization, "time_synchronization", {}, ids);
  const rows = await carrier.until(id, ended, 5_000);
  assert.deepEqual(
    rows.map(({ state, cause }) => [state, cause]),
    [
      ["succeeded", null],
      ["succeeded", null],
      ["failed", "command_refused"],
    ],
  );
  assert.match(rows[2]!.remark!, /named the meter neither/);
});

test("what an MDC took and forgot is not sent again, also by the next process, and has failed in the end", async () => {
  const { answering, orders } = rememberingMdc(() => undefined);
  const { organization, ids, peer } = await carrier.handmade(answering, { meters: 1 });
  const id = await carrier.give(organization, "aux_relay_operations", relay(0), ids);
  await carrier.untilTrue(() => peer.asked("transaction_status") >= 2);
  await carrier.orphan(id);
  const asked = peer.asked("transaction_status");
  await carrier.untilTrue(() => peer.asked("transaction_status") >= asked + 2);
  const [ended_] = await carrier.until(id, ended, 60_000);
  assert.deepEqual([ended_!.state, ended_!.cause], ["failed", "command_not_verified"]);
  assert.match(ended_!.remark!, /does not know of it any more/);
  assert.deepEqual(orders, ["aux_relay_operations 0"]);
});

test("an MDC that answers for the first id of a set alone is asked for each", async () => {
  const { answering: honest } = rememberingMdc(() => 5);
  const answering: Answering = (request, service) =>
    service === "transaction_status"
      ? honest({ ...request, transactionIds: request.transactionIds.slice(0, 1) }, service)
      : honest(request, service);
  const { organization, ids } = await carrier.handmade(answering, {
    meters: 3,
    switches: { tables: [], devices_per_request: 1 },
  });
  const rows = await carrier.done(organization, "time_synchronization", {}, ids);
  assert.deepEqual(
    rows.map(({ state }) => state),
    Array(3).fill("succeeded"),
  );
});

test("one question names the transactions of many commands", async () => {
  let level = 1;
  const { answering } = rememberingMdc(() => level);
  const { organization, ids, peer } = await carrier.handmade(answering, {
    meters: 12,
    switches: { tables: [], devices_per_request: 1 },
  });
  const id = await carrier.give(organization, "time_synchronization", {}, ids);
  await carrier.until(id, (rows) => rows.every(({ statusLevel }) => statusLevel === 1));
  await carrier.untilTrue(() => sizes().length > 0 && Math.max(...sizes()) >= 10);
  level = 5;
  const rows = await carrier.until(id, ended);
  assert.ok(rows.every(({ state }) => state === "succeeded"));
  function sizes() {
    return requestsOf(peer, "transaction_status").map(({ request }) => request!.transactionIds.length);
  }
});

test("a status that goes back is not believed", async () => {
  const levels = [1, 3, 2, 0, 4, 3, 5];
  let asked = 0;
  const { answering } = rememberingMdc(() => levels[Math.min(asked++, levels.length - 1)]);
  const { organization, ids } = await carrier.handmade(answering, { meters: 1 });
  const id = await carrier.give(organization, "aux_relay_operations", relay(0), ids);
  const seen: number[] = [];
  const rows = await carrier.until(id, ([one]) => {
    seen.push(one!.statusLevel);
    return one!.state === "succeeded";
  });
  assert.deepEqual(seen, seen.toSorted());
  assert.deepEqual([rows[0]!.statusLevel, rows[0]!.timesSent], [5, 1]);
});

test("what is taken back while it is on its way is cancelled when it has arrived", async () => {
  const { answering: honest } = rememberingMdc(() => 1);
  let arrived = () => {};
  const sending = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  let answer = () => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const answering: Answering = async (request, service) => {
    if (service !== "aux_relay_operations") return honest(request, service)!;
    arrived();
    await answered;
    return honest(request, service)!;
  };
  const { organization, ids, peer } = await carrier.handmade(answering, { meters: 1 });
  const id = await carrier.give(organization, "aux_relay_operations", relay(0), ids);
  await sending;
  await carrier.scene.send("POST", `/v1/commands/${id}/cancel`, { reason: "paid" });
  // The MDC knows of nothing yet.
  await carrier.untilTrue(() => peer.asked("transaction_cancel") === 1);
  answer();
  await carrier.untilTrue(() => peer.asked("transaction_cancel") === 2);
  const order = peer.requests.map(({ service }) => service);
  assert.ok(order.lastIndexOf("transaction_cancel") > order.indexOf("aux_relay_operations"));
});

test("off and on, one right after the other, come in that order though the first has to be sent twice", async () => {
  const { answering: honest, orders } = rememberingMdc(() => 5);
  let cuts = 1;
  const answering: Answering = (request, service) =>
    service === "aux_relay_operations" && cuts-- > 0 ? undefined : honest(request, service);
  const { organization, ids } = await carrier.handmade(answering, { meters: 1 });
  const off = await carrier.give(organization, "aux_relay_operations", relay(0), ids);
  const on = await carrier.give(organization, "aux_relay_operations", relay(1), ids, { priority: 0 });
  for (const id of [off, on]) assert.equal((await carrier.until(id, ended))[0]!.state, "succeeded");
  assert.deepEqual(orders, ["aux_relay_operations 0", "aux_relay_operations 1"]);
});

test("an outcome that could not be stored is not lost", async () => {
  const { answering } = rememberingMdc(() => 5);
  const { organization, ids } = await carrier.handmade(answering, { meters: 2 });
  const report = carrier.scene.commands.report;
  let failures = 0;
  carrier.scene.commands.report = async (updates) => {
    if (updates.some(({ state }) => state === "succeeded") && failures++ < 2) throw new Error("the store is away");
    return await report(updates);
  };
  try {
    const rows = await carrier.done(organization, "time_synchronization", {}, ids);
    assert.deepEqual(
      rows.map(({ state }) => state),
      ["succeeded", "succeeded"],
    );
    assert.ok(failures >= 2);
  } finally {
    carrier.scene.commands.report = report;
  }
});

test("thousands of meters of one MDC are asked in sets, few at once, each meter once", async () => {
  const { answering: honest } = rememberingMdc(() => 5);
  let [now, most] = [0, 0];
  const answering: Answering = async (request, service) => {
    if (service !== "time_synchronization") return honest(request, service)!;
    now += 1;
    most = Math.max(most, now);
    await new Promise(setImmediate);
    now -= 1;
    return honest(request, service)!;
  };
  const meters = 2_600;
  const { organization, ids, peer } = await carrier.handmade(answering, { meters });
  const id = await carrier.give(organization, "time_synchronization", {}, ids);
  const rows = await carrier.until(id, (all) => all.length === meters && ended(all));
  assert.ok(rows.every(({ state }) => state === "succeeded"));
  const sent = requestsOf(peer, "time_synchronization").map(({ request }) => request!.ids);
  assert.ok(sent.every(({ length }) => length <= 500));
  assert.equal(new Set(sent.flat()).size, meters);
  assert.equal(sent.flat().length, meters);
  assert.ok(most <= 3, `${most} at once`);
});
