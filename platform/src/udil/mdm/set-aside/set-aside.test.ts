import assert from "node:assert/strict";
import { before, beforeEach, describe, test } from "node:test";
import { MdcFailure } from "../connection/failures.ts";
import { loadMdcs, type Mdc } from "../peers/mdc.ts";
import { type MdmScene, openMdmScene } from "../testing/mdm-scene.ts";
import { type Refused, SetAside } from "./set-aside.ts";

let scene: MdmScene;
let mdc: Mdc;
let count = 0;
const password = "a-very-secret-password";
before(async () => {
  scene = await openMdmScene();
});
beforeEach(async () => {
  const organization = await scene.organization(`Utility ${++count}`);
  const { id } = await scene.create("/v1/udil/mdcs", {
    ...{ organization, name: "Vendor", base_url: "https://127.0.0.1:9", username: "mdm", password, code: "36" },
    ...{ fills_holes: false, dsn: "postgresql://reader:pass%20word@127.0.0.1/x" },
  });
  [mdc] = (await loadMdcs(scene.store.db, scene.registry.sealer, [id])) as [Mdc];
});

const now = () => scene.clock.now();
const row = (number: number, more: Partial<Refused> = {}): Refused => ({
  ...{ table: "EVNT", kind: "row", code: "unknown_meter", reason: "unknown" },
  raw: JSON.stringify({
    global_device_id: `s${count}-${number}`,
    event_datetime: "2026-11-21 10:00:00",
    event_code: "101",
    db_datetime: "2026-11-21 10:00:00",
  }),
  ...more,
});
const replay = async (body: object) =>
  (await scene.send("POST", `/v1/udil/mdcs/${mdc.id}/set-aside/replay`, body)).body;

describe("limits hold while rows come, not from the next poll on", () => {
  test("of their number", async () => {
    const setAside = new SetAside(scene.store.db, now, { rows: 600, bytes: 1e9 });
    const rows = Array.from({ length: 2_000 }, (_, number) => row(number));
    await assert.rejects(setAside.add(mdc, rows), (error: MdcFailure) => {
      assert.match(error.message, /1000 rows of this MDC are set aside \(\d+ MiB\), the most that are kept/);
      return error instanceof MdcFailure && error.code === "refused";
    });
    await assert.rejects(new SetAside(scene.store.db, now, { rows: 600, bytes: 1e9 }).requireRoom(mdc), MdcFailure);
    await setAside.remove((await setAside.page(mdc.id, undefined, 5_000)).map(({ id }) => id));
    assert.equal(await setAside.add(mdc, rows.slice(0, 10)), 10);
  });

  test("of their bytes", async () => {
    const setAside = new SetAside(scene.store.db, now, { rows: 1e6, bytes: 100_000 });
    // Noise, which does not pack.
    const noise = () => Array.from({ length: 10_000 }, () => Math.random().toString(36).slice(2, 8)).join("");
    await assert.rejects(async () => {
      for (let number = 0; number < 50; number++) await setAside.add(mdc, [row(number, { raw: noise() })]);
    }, MdcFailure);
    assert.ok((await setAside.page(mdc.id, undefined, 100)).length < 10);
  });
});

test("what an MDC shows of our own request is kept without our credentials", async () => {
  const setAside = new SetAside(scene.store.db, now);
  const page = `<pre>headers: username=mdm password=${password}, reader: pass word</pre>`;
  await setAside.add(mdc, [
    row(1, { kind: "answer", raw: page, reason: `HTTP 500: ${page}`, request: { ids: ["x"] }, code: "server_error" }),
  ]);
  const [kept] = await scene.setAside(mdc.id);
  assert.match(kept!.raw, /password=\(withheld\), reader: \(withheld\)/);
  assert.ok(!JSON.stringify(kept).includes(password));
});

describe("a replay", () => {
  test("stores what can be stored, tells of the others, and changes nothing when it is repeated", async () => {
    const setAside = new SetAside(scene.store.db, now);
    await setAside.add(
      mdc,
      Array.from({ length: 40 }, (_, number) => row(number)),
    );
    const meters = Array.from({ length: 30 }, (_, number) => ({ global_device_id: `s${count}-${number}` }));
    await scene.send("POST", `/v1/udil/mdcs/${mdc.id}/meters`, { meters });
    await scene.send("PATCH", `/v1/udil/mdcs/${mdc.id}`, { creates_devices: false });
    const entries = await scene.setAside(mdc.id);
    assert.deepEqual(await replay({ all: true }), { stored: 30, refused: 10, asked_again: 0 });
    const stored = async () =>
      (
        await scene.select<[number]>(`SELECT toUInt32(count()) FROM udil_event_rows WHERE source = ${mdc.number}`)
      )[0]![0];
    assert.equal(await stored(), 30);
    const left = await scene.setAside(mdc.id);
    assert.equal(left.length, 10);
    for (const { reason, global_device_id: _ } of left)
      assert.match(reason, /is no meter of this organization at this MDC/);
    assert.deepEqual(await replay({ ids: entries.map(({ id }) => id) }), { stored: 0, refused: 10, asked_again: 0 });
  });

  test("of all begins with those that were tried least, and so reaches every one", async () => {
    const setAside = new SetAside(scene.store.db, now);
    await setAside.add(mdc, [row(1), row(2), row(3)]);
    const [first] = await setAside.page(mdc.id, undefined, 1);
    await setAside.keep([{ id: first!.id, code: "unknown_meter", reason: "still" }]);
    const order = (await setAside.page(mdc.id, undefined, 3)).map(({ id }) => id);
    assert.deepEqual(order, [first!.id + 1, first!.id + 2, first!.id]);
  });

  test("of an answer leaves asking the MDC to the next poll, and holds no request for it", async () => {
    const setAside = new SetAside(scene.store.db, now);
    await setAside.add(mdc, [row(1, { kind: "answer", raw: "<html>", request: { ids: ["x"] }, code: "unreadable" })]);
    assert.deepEqual(await setAside.due(mdc, 10), []);
    assert.deepEqual(await replay({ all: true }), { stored: 0, refused: 0, asked_again: 1 });
    assert.equal((await setAside.due(mdc, 10)).length, 1);
  });
});
