import assert from "node:assert/strict";
import { before, test } from "node:test";
import { type MdmScene, openMdmScene } from "../testing/mdm-scene.ts";
import { holeRequester } from "./holes.ts";

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
  const left = await scene.fill(mdc);
  const { number } = await scene.store.db
    .selectFrom("udil_mdcs")
    .select("number")
    .where("id", "=", mdc)
    .executeTakeFirstOrThrow();
  const [row] = await scene.select<[number]>(
    `SELECT toUInt32(count()) FROM udil_load_profile_rows FINAL WHERE source = ${number}`,
  );
  const meters = new Set(vendor.meters.values());
  const expected = vendor.collector.tables.select("LPRO", { meters, by: "db_datetime" });
  // Those of the last hours may be on their way still.
  const settled = expected.filter(({ at }) => at < scene.clock.now() - 8 * hour).length;
  assert.ok(row![0] >= settled, `${row![0]} of ${settled}; ${left} holes are left`);
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
