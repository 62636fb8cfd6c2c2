import assert from "node:assert/strict";
import { before, test } from "node:test";
import { json, startHandmadeMdc } from "../testing/handmade-mdc.ts";
import { type MdmScene, openMdmScene } from "../testing/mdm-scene.ts";
import { AskedHoles, holeRequester } from "./holes.ts";

let scene: MdmScene;
before(async () => {
  scene = await openMdmScene();
});

const hour = 3_600_000;
let seed = 90;

async function utility(habits: object) {
  const organization = await scene.organization(`Utility ${++seed}`);
  const vendor = await scene.vendor({ seed, meters: 2, habits, historyDays: 2 });
  return {
    vendor,
    mdc: await scene.register(organization, vendor, { fills_holes: true, switches: { tables: ["LPRO", "BILL"] } }),
  };
}

const asked = async (mdc: string) =>
  await scene.store.db
    .selectFrom("command_devices as c")
    .innerJoin("commands as k", "k.id", "c.command")
    .select(["k.parameters", "k.requested_by", "c.meter_device"])
    .where("c.udil_mdc", "=", mdc)
    .execute();

test("a load profile without holes is left alone", async () => {
  const { mdc } = await utility({});
  await scene.poll(mdc);
  assert.equal(await scene.fill(mdc), 0);
  assert.deepEqual(await asked(mdc), []);
});

test("rows that were stamped into the past are found in the MDC's tables", async () => {
  const { vendor, mdc } = await utility({ backdatedRows: 4, filtersByMeterTime: false });
  for (let polls = 0; polls < 4; polls++) {
    await scene.poll(mdc);
    scene.clock.advance(6 * hour);
  }
  await scene.poll(mdc);
  const { number } = await scene.store.db
    .selectFrom("udil_mdcs")
    .select("number")
    .where("id", "=", mdc)
    .executeTakeFirstOrThrow();
  const times = async () =>
    new Set(
      (
        await scene.select<[string]>(
          `SELECT toString(toUnixTimestamp64Milli(meter_datetime)) || ' ' || toString(device_number)
           FROM udil_load_profile_rows FINAL WHERE source = ${number}`,
        )
      ).map(([time]) => time),
    );
  const before = await times();
  const left = await scene.fill(mdc);
  const after = await times();
  const meters = new Set(vendor.meters.values());
  const expected = vendor.collector.tables.select("LPRO", { meters, by: "db_datetime" });
  // Those of the last hours may be on their way still.
  const isSettled = (at: number) => at < scene.clock.now() - 8 * hour;
  const settled = expected.filter(({ at }) => isSettled(at)).length;
  const settledOf = (times: ReadonlySet<string>) =>
    [...times].filter((time) => isSettled(Number.parseInt(time, 10))).length;
  assert.ok(settledOf(before) < settled, "no row was missing");
  assert.equal(settledOf(after), settled, `${left} holes are left`);
  assert.ok(after.size <= expected.length, "nothing came that the MDC does not have");
  assert.ok([...before].every((time) => after.has(time)));
});

test("what the MDC refuses to tell of a meter is asked of the meter, like what it refuses of others", async () => {
  let refuses = false;
  const rows = ["h1", "h2"].flatMap((global_device_id) =>
    ["10:00", "10:30", "13:00"].map((time) => ({
      ...{ global_device_id, msn: "", channel_id: "0", interval: "30", active_energy_tl: "1" },
      ...{ meter_datetime: `2026-11-20 ${time}:00`, db_datetime: `2026-11-20 ${time}:30` },
    })),
  );
  const peer = await startHandmadeMdc(() =>
    refuses ? json({ status: "0", message: "This meter is blocked" }) : json({ status: "1", data: rows }),
  );
  const organization = await scene.organization(`Utility ${++seed}`);
  const { id: mdc } = await scene.create("/v1/udil/mdcs", {
    ...{ organization, name: "Refusing", base_url: peer.url, username: "u", password: "p", code: "c" },
    ...{ pinned_certificate: peer.certificate, switches: { tables: ["LPRO"] } },
  });
  await scene.send("POST", `/v1/udil/mdcs/${mdc}/meters`, {
    meters: [{ global_device_id: "h1" }, { global_device_id: "h2" }],
  });
  await scene.poll(mdc);
  refuses = true;
  assert.equal(await scene.fill(mdc), 2);
  assert.equal(new Set((await asked(mdc)).map(({ meter_device }) => meter_device)).size, 2);
});

test("holes that stay open do not keep younger ones from their turn", () => {
  const found = Array.from({ length: 450 }, (_, index) => ({
    ...{ table: "LPRO" as const, from: index, to: index },
    meter: { id: "x", number: 1, globalDeviceId: "x", isNew: false },
  }));
  const holes = new AskedHoles();
  const turns = [1, 2, 3, 4].map((now) => {
    const due = holes.next(found, now);
    holes.add(due, now);
    return due.map(({ from }) => from);
  });
  assert.deepEqual(
    turns.map(({ length }) => length),
    [200, 200, 50, 0],
  );
  assert.deepEqual(new Set(turns.flat()).size, 450);
  assert.equal(holes.next(found, 86_400_001).length, 200, "the next day they are asked again");
});

test("rows that the MDC never had are asked of the meters, once a day", async () => {
  const { mdc } = await utility({ lostRows: 9 });
  await scene.poll(mdc);
  const holes = await scene.fill(mdc);
  assert.ok(holes > 3, `${holes} holes`);
  const commands = await asked(mdc);
  assert.equal(commands.length, holes);
  for (const { parameters, requested_by } of commands) {
    assert.equal(requested_by, holeRequester);
    assert.match(String(parameters.type), /LPRO|BILL/);
    assert.ok(Date.parse(String(parameters.start_datetime)) <= Date.parse(String(parameters.end_datetime)));
  }
  await scene.fill(mdc);
  assert.equal((await asked(mdc)).length, holes);
  scene.clock.advance(24 * hour);
  await scene.fill(mdc);
  assert.ok((await asked(mdc)).length > holes);
});
