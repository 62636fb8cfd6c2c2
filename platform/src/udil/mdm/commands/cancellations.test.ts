import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { Answering } from "../testing/handmade-mdc.ts";
import { type CarrierScene, ended, openCarrierScene, requestsOf } from "./testing/carrier-scene.ts";
import { accepting, rememberingMdc } from "./testing/remembering-mdc.ts";

let carrier: CarrierScene;
before(async () => {
  carrier = await openCarrierScene();
});
const off = { relay_operate: 0 };
const cancel = async (id: string) =>
  (await carrier.scene.send("POST", `/v1/commands/${id}/cancel`, { reason: "paid" })).body;
const storedRows = (id: string) =>
  carrier.scene.store.db
    .selectFrom("command_devices")
    .selectAll()
    .where("command", "=", id)
    .orderBy("position")
    .execute();
const stored = async (id: string) => (await storedRows(id))[0]!;
const relayOf = async (globalId: string) =>
  (
    await carrier.scene.store.db
      .selectFrom("meter_devices")
      .select("disconnector_status")
      .where("global_device_id", "=", globalId)
      .executeTakeFirstOrThrow()
  ).disconnector_status;

/** An MDC whose levels the test sets; it cancels by the rule of the levels. */
function ruled(levelOf: (device: string) => number) {
  const cancelled = new Set<string>();
  const {
    answering: honest,
    known,
    orders,
  } = rememberingMdc((_, device) => ({
    level: levelOf(device),
    more: { request_cancelled: cancelled.has(device) ? "1" : "0" },
  }));
  const away = { cancellations: false, questions: false };
  const answering: Answering = (request, service) => {
    if (service === "transaction_status" && away.questions) return undefined;
    if (service !== "transaction_cancel") return honest(request, service);
    if (away.cancellations) return undefined;
    const [id = ""] = request.transactionIds;
    const isKnown = (device: string) => known.get(id)?.includes(device) === true;
    for (const device of request.ids) if (isKnown(device) && levelOf(device) <= 2) cancelled.add(device);
    return accepting(id, request.ids, (device) =>
      cancelled.has(device) ? undefined : isKnown(device) ? "too late" : "there is no such transaction",
    );
  };
  return { answering, orders, known, away, cancelled };
}

test("at each level of the MDC, which ours lags behind, the MDC's own word counts", async () => {
  const levels = new Map<string, number>();
  let isShown = false;
  const { answering, orders } = ruled((device) => (isShown ? levels.get(device)! : 1));
  // As long as nobody cancels, the MDC tells nothing newer than that it has begun.
  const lagging: Answering = (request, service) => {
    if (service === "transaction_cancel") isShown = true;
    return answering(request, service);
  };
  const { organization, ids, peer } = await carrier.handmade(lagging, { meters: 6 });
  for (const [level, id] of ids.entries()) levels.set(id, level);
  const id = await carrier.give(organization, "aux_relay_operations", off, ids);
  await carrier.until(id, (rows) => rows.every(({ statusLevel }) => statusLevel === 1));
  await carrier.untilTrue(() => peer.asked("transaction_status") > 0);
  const { cancelled_count, not_cancelled } = await cancel(id);
  assert.equal(cancelled_count, 3);
  assert.deepEqual(
    not_cancelled.map(({ global_device_id }: { global_device_id: string }) => global_device_id),
    ids.slice(3),
  );
  for (const [index, { remark, status_level }] of not_cancelled.entries()) {
    assert.ok(status_level >= 3, "the level is the MDC's");
    assert.match(remark, index === 2 ? /carried out/ : new RegExp(`level ${index + 3}`));
  }
  for (const meter of ids.slice(3)) levels.set(meter, 5);
  const rows = await carrier.until(id, ended);
  assert.deepEqual(
    rows.map(({ state, cancelledAt, cancelReason }) => [state, cancelledAt !== null, cancelReason]),
    [...Array(3).fill(["cancelled", true, "paid"]), ...Array(3).fill(["succeeded", false, null])],
  );
  assert.ok(rows.slice(3).every(({ statusLevel }) => statusLevel === 5));
  await carrier.untilTrue(async () => (await relayOf(ids[5]!)) === 0);
  assert.deepEqual(await Promise.all(ids.map(relayOf)), [null, null, null, 0, 0, 0]);
  assert.deepEqual(orders, ["aux_relay_operations 0"]);
});

describe("an MDC that is away when it is to cancel", () => {
  /** @returns the command, which its MDC has at a level and was not told to cancel */
  async function unanswered(level: { of: number }) {
    const { answering, away, cancelled } = ruled(() => level.of);
    const { organization, ids, peer } = await carrier.handmade(answering, { meters: 1 });
    const id = await carrier.give(organization, "aux_relay_operations", off, ids);
    await carrier.until(id, ([row]) => row!.statusLevel === 1);
    away.cancellations = true;
    away.questions = true;
    const { cancelled_count, not_cancelled } = await cancel(id);
    assert.equal(cancelled_count, 0, "nobody knows yet");
    assert.match(not_cancelled[0].remark, /has not said yet/);
    const row = await stored(id);
    assert.deepEqual([row.state, row.cancel_reason, row.peer_cancel_told], ["running", "paid", false]);
    return { id, ids, peer, away, cancelled };
  }

  test("is asked until it answers, and the command is cancelled then", async () => {
    const { id, peer, away, cancelled, ids } = await unanswered({ of: 1 });
    await carrier.untilTrue(() => peer.asked("transaction_cancel") >= 3);
    away.cancellations = false;
    away.questions = false;
    const [row] = await carrier.until(id, ended);
    assert.deepEqual([row!.state, row!.statusLevel, row!.cancelledBy !== null], ["cancelled", 1, true]);
    assert.deepEqual([...cancelled], ids);
    const asked = peer.asked("transaction_cancel");
    await carrier.scene.mdm.stop();
    await carrier.scene.mdm.start();
    assert.equal(peer.asked("transaction_cancel"), asked, "once it has answered it is not asked again");
  });

  test("and carries the command out meanwhile: it has succeeded", async () => {
    const level = { of: 1 };
    const { id, ids, away } = await unanswered(level);
    level.of = 5;
    away.questions = false;
    const [row] = await carrier.until(id, ended);
    assert.deepEqual([row!.state, row!.statusLevel, row!.cancelledAt], ["succeeded", 5, null]);
    assert.equal(row!.remark, "The MDC carried it out although it was to be cancelled.");
    await carrier.untilTrue(async () => (await relayOf(ids[0]!)) === 0);
  });

  test("is asked by the next process when this one is gone", async () => {
    const { answering, cancelled } = ruled(() => 2);
    const { organization, ids } = await carrier.handmade(answering, { meters: 1 });
    const id = await carrier.give(organization, "aux_relay_operations", off, ids);
    await carrier.until(id, ([row]) => row!.statusLevel === 2);
    await carrier.scene.mdm.stop();
    try {
      assert.equal((await cancel(id)).cancelled_count, 0);
      await carrier.orphan(id);
      assert.equal((await stored(id)).state, "running");
    } finally {
      await carrier.scene.mdm.start();
    }
    assert.equal((await carrier.until(id, ended))[0]!.state, "cancelled");
    assert.deepEqual([...cancelled], ids);
  });
});

describe("a command that is cancelled as it is sent", () => {
  test("between taking its name and sending it is cancelled at the MDC", async () => {
    const { answering, cancelled, orders } = ruled(() => 1);
    const { organization, ids } = await carrier.handmade(answering, { meters: 1 });
    const { report } = carrier.scene.commands;
    let asked: Promise<{ cancelled_count: number }> | undefined;
    carrier.scene.commands.report = async (updates) => {
      const standings = await report(updates);
      if (asked === undefined && updates.some(({ reference }) => reference)) {
        const row = await carrier.scene.store.db
          .selectFrom("command_devices")
          .select("command")
          .where("id", "=", updates[0]!.commandDevice)
          .executeTakeFirstOrThrow();
        asked = cancel(row.command);
        await carrier.untilTrue(async () => (await stored(row.command)).cancelled_at !== null, 0);
      }
      return standings;
    };
    try {
      const id = await carrier.give(organization, "aux_relay_operations", off, ids);
      const [row] = await carrier.until(id, ended);
      assert.equal(row!.state, "cancelled");
      assert.deepEqual(orders, ["aux_relay_operations 0"], "it was on its way");
      assert.deepEqual([...cancelled], ids);
      await asked;
    } finally {
      carrier.scene.commands.report = report;
    }
  });

  test("and never arrived is cancelled, and not sent again", async () => {
    const { answering, orders } = ruled(() => 1);
    const losing: Answering = (request, service) =>
      service === "aux_relay_operations" ? undefined : answering(request, service);
    const { organization, ids, peer } = await carrier.handmade(losing, { meters: 1 });
    const id = await carrier.give(organization, "aux_relay_operations", off, ids);
    await carrier.until(id, ([row]) => row!.state === "waiting" && row!.remark !== null, 0);
    const sent = peer.asked("aux_relay_operations");
    assert.equal((await cancel(id)).cancelled_count, 1);
    assert.equal((await stored(id)).state, "cancelled");
    assert.deepEqual([orders, peer.asked("aux_relay_operations")], [[], sent]);
  });

  test("to an MDC that was never reached is cancelled without it", async () => {
    const { answering } = ruled(() => 1);
    const { organization, ids } = await carrier.handmade(answering, { meters: 1, base_url: "https://127.0.0.1:1" });
    const id = await carrier.give(organization, "aux_relay_operations", off, ids);
    await carrier.until(id, ([row]) => row!.state === "waiting" && row!.remark !== null);
    const row = await stored(id);
    assert.equal(row.peer_reference, null, "no MDC knows it by any name");
    assert.equal((await cancel(id)).cancelled_count, 1);
  });

  test("and waits to be sent again when its meter is taken out of use: the MDC is asked to cancel it", async () => {
    const { answering: honest, cancelled, known } = ruled(() => 1);
    let isLost = true;
    // It arrives, and nothing can be learned of it.
    const answering: Answering = (request, service) => {
      const answer = honest(request, service);
      return isLost && service !== "transaction_cancel" ? undefined : answer;
    };
    const { organization, ids } = await carrier.handmade(answering, { meters: 1 });
    const id = await carrier.give(organization, "aux_relay_operations", off, ids);
    await carrier.until(id, ([row]) => row!.state === "waiting" && row!.remark !== null, 0);
    await carrier.scene.store.db
      .updateTable("meter_devices")
      .set({ meter_activation_status: 0 })
      .where("global_device_id", "=", ids[0]!)
      .execute();
    isLost = false;
    const [row] = await carrier.until(id, ended);
    assert.deepEqual(
      [row!.state, row!.cancelReason],
      ["cancelled", "The meter is out of use: it is not read and takes no commands."],
    );
    assert.ok([...known.values()].flat().includes(ids[0]!));
    assert.deepEqual([...cancelled], ids);
  });
});

test("a refusal shows none of our credentials, and ends with one full stop", async () => {
  const password = "mdm-password-9";
  const { answering: honest } = ruled(() => 2);
  const answering: Answering = (request, service) =>
    service === "transaction_cancel"
      ? accepting(request.transactionIds[0]!, request.ids, () => `not for mdm_user:${password}.`)
      : honest(request, service);
  const { organization, ids, peer } = await carrier.handmade(answering, { meters: 1, password });
  const id = await carrier.give(organization, "aux_relay_operations", off, ids);
  await carrier.until(id, ([row]) => row!.statusLevel === 2);
  const { not_cancelled } = await cancel(id);
  assert.equal(
    not_cancelled[0].remark,
    "The MDC did not cancel it: it is at level 2 there: not for mdm_user:(withheld).",
  );
  assert.equal(requestsOf(peer, "transaction_cancel").length, 1);
  const row = await stored(id);
  assert.deepEqual([row.state, row.cancelled_at, row.cancel_reason], ["running", null, null]);
});

test("an MDC whose secrets do not open keeps no other from its commands", async () => {
  const { answering } = ruled(() => 5);
  const closed = await carrier.handmade(answering, { meters: 1 });
  const open = await carrier.handmade(answering, { meters: 1 });
  await carrier.scene.store.db
    .updateTable("udil_mdcs")
    .set({ password: Buffer.from("no seal of ours") } as never)
    .where("id", "=", closed.mdc)
    .execute();
  const waiting = await carrier.give(closed.organization, "time_synchronization", {}, closed.ids);
  const [row] = await carrier.done(open.organization, "time_synchronization", {}, open.ids);
  assert.equal(row!.state, "succeeded", row!.remark ?? "");
  assert.equal((await stored(waiting)).state, "waiting");
});
