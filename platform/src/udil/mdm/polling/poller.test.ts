import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { cleanUpAfterTests } from "../../../stores/testing/clean-up.ts";
import { json, startHandmadeMdc } from "../testing/handmade-mdc.ts";
import { type MdmScene, openMdmScene } from "../testing/mdm-scene.ts";
import { PollLeases } from "./poll-leases.ts";
import { pauseAfterFailures } from "./retries.ts";

let scene: MdmScene;
let organization: string;
before(async () => {
  scene = await openMdmScene();
  organization = await scene.organization("Utility");
});

async function register(peer: { url: string; certificate: string }, name: string) {
  const mdc = await scene.create("/v1/udil/mdcs", {
    ...{ organization, name, base_url: peer.url, username: "u", password: "p", code: "c", fills_holes: false },
    ...{ pinned_certificate: peer.certificate, poll_interval_seconds: 60, switches: { tables: ["EVNT"] } },
  });
  await scene.send("POST", `/v1/udil/mdcs/${mdc.id}/meters`, { meters: [{ global_device_id: `${name}-1` }] });
  return mdc.id as string;
}

async function state(
  mdc: string,
  wanted: (state: {
    next_poll_at: string | null;
    failures: number;
    succeeded_at: string | null;
    started_at: string | null;
  }) => boolean,
) {
  for (let tries = 0; tries < 500; tries++) {
    const { body } = await scene.send("GET", `/v1/udil/mdcs/${mdc}/state`);
    if (wanted(body)) return body;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("the state did not come");
}

describe("the poller", () => {
  before(async () => {
    await scene.mdm.start();
    cleanUpAfterTests(() => scene.mdm.stop());
  });

  test("polls when the time has come, at once when asked to, and tells how it went", async () => {
    const peer = await startHandmadeMdc(() => json({ status: "1", data: [] }));
    const mdc = await register(peer, "good");
    const first = await state(mdc, ({ succeeded_at }) => succeeded_at !== null);
    assert.deepEqual([first.failures, first.error_code, first.meters], [0, null, 1]);
    scene.clock.advance(59_000);
    await scene.send("POST", `/v1/udil/mdcs/${mdc}/poll`);
    const second = await state(
      mdc,
      ({ succeeded_at, next_poll_at }) => Date.parse(succeeded_at!) === scene.clock.now() && next_poll_at !== null,
    );
    assert.equal(Date.parse(second.next_poll_at), scene.clock.now() + 60_000);
    scene.clock.advance(60_000);
    await state(mdc, ({ succeeded_at }) => Date.parse(succeeded_at!) === scene.clock.now());
  });

  test("waits longer with every failure, says why and what to do, and goes on by itself", async () => {
    let broken = true;
    const peer = await startHandmadeMdc(() =>
      broken ? { body: "stack trace", status: 500 } : json({ status: "1", data: [] }),
    );
    const mdc = await register(peer, "bad");
    const first = await state(mdc, ({ failures, next_poll_at }) => failures === 1 && next_poll_at !== null);
    assert.equal(first.error_code, "server_error");
    assert.match(first.error, /HTTP 500: stack trace/);
    assert.match(first.error_advice, /log/);
    const pause = Date.parse(first.next_poll_at) - scene.clock.now();
    scene.clock.advance(pause + 1_000);
    const second = await state(mdc, ({ failures, next_poll_at }) => failures === 2 && next_poll_at !== null);
    assert.ok(Date.parse(second.next_poll_at) - scene.clock.now() > pause * 1.5);
    broken = false;
    scene.clock.advance(10 * 60_000);
    const healed = await state(mdc, ({ failures }) => failures === 0);
    assert.equal(healed.error, null);
  });

  test("takes a setting that changed with the next poll, which comes at once", async () => {
    const old = await startHandmadeMdc(() => json({ status: "1", data: [] }));
    const mdc = await register(old, "moved");
    await state(mdc, ({ succeeded_at }) => succeeded_at !== null);
    const fresh = await startHandmadeMdc(() => json({ status: "1", data: [] }));
    scene.clock.advance(1_000);
    await scene.send("PATCH", `/v1/udil/mdcs/${mdc}`, { base_url: fresh.url, pinned_certificate: fresh.certificate });
    await state(mdc, () => fresh.asked("events") > 0);
  });
});

test("an MDC is polled by one process: another takes over when that one let go", async () => {
  const { db } = scene.store;
  const row = { organization, name: "leased", is_active: true };
  const { id } = await db
    .insertInto("udil_mdcs")
    .values(row as never)
    .returning("id")
    .executeTakeFirstOrThrow();
  const now = () => 0;
  const [one, other] = [new PollLeases(db, now), new PollLeases(db, now)];
  // Epoch: none of the others is due.
  assert.deepEqual(await one.claim(10, []), [id]);
  assert.deepEqual(await other.claim(10, []), []);
  assert.deepEqual(await one.claim(10, [id]), []);
  await one.succeeded(id, 0);
  assert.deepEqual(await other.claim(10, []), [], "who polled it keeps it");
  await one.release();
  assert.deepEqual(await other.claim(10, []), [id]);
  await other.succeeded(id, 1_000);
  assert.equal(await other.nextIn([]), 1_000);
});

test("pauses double up to an hour, or the interval when that is longer", () => {
  const pauses = [1, 2, 3, 20].map((failures) => pauseAfterFailures(60_000, failures, () => 0.5));
  assert.deepEqual(pauses, [60_000, 120_000, 240_000, 3_600_000]);
  assert.equal(
    pauseAfterFailures(7_200_000, 5, () => 0.5),
    7_200_000,
  );
});
