import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { sql } from "kysely";
import { loadMdcs } from "../peers/mdc.ts";
import { json, startHandmadeMdc } from "../testing/handmade-mdc.ts";
import { type MdmScene, openMdmScene } from "../testing/mdm-scene.ts";
import { Cursors } from "./cursors.ts";
import { PollLeases } from "./poll-leases.ts";
import { pauseAfterFailures } from "./retries.ts";

let scene: MdmScene;
let organization: string;
before(async () => {
  scene = await openMdmScene();
  organization = await scene.organization("Utility");
});

async function register(peer: { url: string; certificate: string }, name: string, settings: object = {}) {
  const mdc = await scene.create("/v1/udil/mdcs", {
    ...{ organization, name, base_url: peer.url, username: "u", password: "p", code: "c", fills_holes: false },
    ...{ pinned_certificate: peer.certificate, poll_interval_seconds: 60, switches: { tables: ["EVNT"] } },
    ...settings,
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
  });
  after(() => scene.mdm.stop());

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

describe("a poll under way", () => {
  before(async () => {
    await scene.mdm.start();
  });
  after(() => scene.mdm.stop());

  test("tells an MDC whose secrets do not open, and polls the others", async () => {
    const peer = await startHandmadeMdc(() => json({ status: "1", data: [] }));
    const [sealed, open] = [await register(peer, "sealed"), await register(peer, "open")];
    for (const mdc of [sealed, open]) await state(mdc, ({ succeeded_at }) => succeeded_at !== null);
    await scene.store.db
      .updateTable("udil_mdcs")
      .set({ password: Buffer.alloc(40, 1) })
      .where("id", "=", sealed)
      .execute();
    scene.clock.advance(61_000);
    const told = await state(sealed, ({ failures, next_poll_at }) => failures === 1 && next_poll_at !== null);
    assert.match(told.error, /does not open with this master key/);
    await state(open, ({ succeeded_at }) => Date.parse(succeeded_at!) === scene.clock.now());
    await scene.send("DELETE", `/v1/udil/mdcs/${sealed}`);
  });

  test("tells what an MDC shows of our request without the password", async () => {
    const peer = await startHandmadeMdc(() => ({ body: "header password: sesame-7 of mdm", status: 500 }));
    const mdc = await register(peer, "debug", { password: "sesame-7" });
    const told = await state(mdc, ({ failures, next_poll_at }) => failures === 1 && next_poll_at !== null);
    assert.match(told.error, /header password: \(withheld\) of mdm/);
    for (const answer of scene.answers) assert.ok(!answer.includes("sesame-7"));
  });

  test("ends a poll by settings that changed, and begins another", async () => {
    let hold: Promise<void> | undefined;
    let release = () => {};
    const held = Promise.withResolvers<void>();
    const old = await startHandmadeMdc(async () => {
      held.resolve();
      await hold;
      return json({ status: "1", data: [] });
    });
    hold = new Promise((resolve) => {
      release = resolve;
    });
    const mdc = await register(old, "while", { history_days: 200 });
    await held.promise;
    const asked = old.asked("events");
    const before = await state(mdc, () => true);
    scene.clock.advance(1_000);
    await scene.send("PATCH", `/v1/udil/mdcs/${mdc}`, { is_active: false });
    release();
    await state(mdc, ({ next_poll_at }) => next_poll_at !== null);
    // What was asked at once with the first.
    assert.ok(old.asked("events") <= asked + 3);
    const stopped = await state(mdc, () => true);
    assert.equal(stopped.succeeded_at, before.succeeded_at, "half a poll is no success");
    const fresh = await startHandmadeMdc(() => json({ status: "1", data: [] }));
    const settings = { base_url: fresh.url, pinned_certificate: fresh.certificate, is_active: true };
    await scene.send("PATCH", `/v1/udil/mdcs/${mdc}`, settings);
    await state(mdc, ({ succeeded_at }) => succeeded_at !== null);
    assert.ok(old.asked("events") <= asked + 3);
  });

  test("does not wait for an MDC that holds its answer when it stops, and goes on at once when it starts again", async () => {
    let holds = true;
    const held = Promise.withResolvers<void>();
    const peer = await startHandmadeMdc(async () => {
      if (holds) {
        held.resolve();
        await new Promise(() => undefined);
      }
      return json({ status: "1", data: [] });
    });
    const mdc = await register(peer, "holds", { poll_interval_seconds: 86_400 });
    await held.promise;
    const begun = performance.now();
    await scene.mdm.stop();
    assert.ok(performance.now() - begun < 4_000);
    const { failures, error } = await state(mdc, () => true);
    assert.deepEqual([failures, error], [0, null], "a stop is no failure of the MDC");
    holds = false;
    await scene.mdm.start();
    await state(mdc, ({ succeeded_at }) => succeeded_at !== null);
  });
});

test("an MDC of an organization that is not active keeps nobody busy", async () => {
  const idle = await scene.organization("Idle");
  const { id } = await scene.create("/v1/udil/mdcs", {
    ...{ organization: idle, name: "idle", transport: "file", folder: "nowhere" },
  });
  const leases = new PollLeases(scene.store.db, () => scene.clock.now());
  await leases.soon(id);
  await leases.soon(id);
  await scene.send("PATCH", `/v1/organizations/${idle}`, { is_active: false });
  assert.ok(!(await leases.claim(100, [])).includes(id));
  await scene.store.db
    .updateTable("udil_mdc_polls")
    .set({ wanted: false, next_poll_at: new Date(8e12) })
    .where("mdc", "<>", id)
    .execute();
  assert.equal(await leases.nextIn([]), 8e12 - scene.clock.now());
  await leases.release();
});

test("who did not renew its lease learns that an MDC is another's, and who did, that its settings changed", async () => {
  const { db } = scene.store;
  const { id } = await scene.create("/v1/udil/mdcs", {
    organization,
    name: "lost",
    transport: "file",
    folder: "nowhere",
  });
  await db.updateTable("udil_mdcs").set({ is_active: false }).where("id", "<>", id).execute();
  const now = () => scene.clock.now();
  const [one, other] = [new PollLeases(db, now), new PollLeases(db, now)];
  assert.deepEqual(await one.claim(10, []), [id]);
  const revision = (await one.renew()).get(id);
  assert.ok(revision);
  await scene.send("PATCH", `/v1/udil/mdcs/${id}`, { poll_interval_seconds: 5 });
  assert.notEqual((await one.renew()).get(id), revision);
  await sql`update udil_mdc_polls set lease_expires_at = now() - interval '1 second' where mdc = ${id}::uuid`.execute(
    db,
  );
  assert.deepEqual(await other.claim(10, []), [id]);
  assert.equal((await one.renew()).has(id), false);
  // What the former one says of its poll is the new one's to say.
  await one.interrupted(id);
  assert.equal(await other.nextIn([id]), undefined);
  await sql`delete from udil_mdcs where id = ${id}::uuid`.execute(db);
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

test("where clocks were put back, the hour that came twice is read twice", async () => {
  const { id } = await scene.create("/v1/udil/mdcs", {
    ...{
      organization,
      name: "Berlin",
      transport: "file",
      folder: "drop",
      timezone: "Europe/Berlin",
      overlap_seconds: 900,
    },
  });
  const [mdc] = await loadMdcs(scene.store.db, scene.registry.sealer, [id]);
  let now = 0;
  const cursors = new Cursors(scene.store.db, () => now);
  const at = async (instant: string, readUntil: string) => {
    now = Date.parse(instant);
    await cursors.advance(mdc!, "EVNT", { readUntil: Date.parse(readUntil) });
    return new Date((await cursors.read(mdc!, "EVNT")).readUntil!).toISOString().slice(11, 16);
  };
  // At 01:00 UTC 03:00 became 02:00. Stamps from 02:00 on are read as those of the first time, before 01:00 UTC.
  assert.equal(await at("2026-10-25T00:50:00Z", "2026-10-25T00:40:00Z"), "00:40");
  assert.equal(await at("2026-10-25T01:10:00Z", "2026-10-25T00:58:00Z"), "23:58");
  assert.equal(await at("2026-10-25T02:05:00Z", "2026-10-25T01:10:00Z"), "00:10");
  assert.equal(await at("2026-10-25T02:30:00Z", "2026-10-25T02:20:00Z"), "02:20");
  // Where they are put forward no stamp comes twice.
  assert.equal(await at("2027-03-28T01:10:00Z", "2027-03-28T00:58:00Z"), "00:58");
});
