import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { VendorMdc } from "@anymeter/simulator";
import { eventDescription, udilTables } from "@anymeter/udil";
import type { MdcFailure } from "../connection/failures.ts";
import { pollableTables } from "../peers/switches.ts";
import { type MdmScene, openMdmScene } from "../testing/mdm-scene.ts";

let scene: MdmScene;
before(async () => {
  scene = await openMdmScene();
});

const columnarTables = {
  INST: "udil_instantaneous_rows",
  BILL: "udil_billing_rows",
  MBIL: "udil_monthly_billing_rows",
  LPRO: "udil_load_profile_rows",
  EVNT: "udil_event_rows",
} as const;

/** Rows of an MDC in the store, by table. */
async function storedRows(mdc: string): Promise<Record<string, number>> {
  const { number } = await scene.store.db
    .selectFrom("udil_mdcs")
    .select("number")
    .where("id", "=", mdc)
    .executeTakeFirstOrThrow();
  const counts: Record<string, number> = {};
  for (const [table, name] of Object.entries(columnarTables)) {
    const [row] = await scene.select<[number]>(`SELECT toUInt32(count()) FROM ${name} FINAL WHERE source = ${number}`);
    counts[table] = row![0];
  }
  return counts;
}

/** Different rows that the vendor has, by table. */
function vendorRows(vendor: VendorMdc): Record<string, number> {
  vendor.advance();
  const meters = new Set(vendor.meters.values());
  return Object.fromEntries(
    Object.keys(columnarTables).map((table) => {
      const rows = vendor.collector.tables.select(table as "LPRO", { meters, by: "db_datetime" });
      const code = vendor.collector.form(table as "LPRO").column("event_code");
      const keys = rows.map(({ meter, at, texts }) => `${meter.globalDeviceId} ${at} ${texts[code] ?? ""}`);
      return [table, new Set(keys).size];
    }),
  );
}

const minute = 60_000;
let seed = 10;
let utilities = 0;

async function registered(options: Parameters<MdmScene["vendor"]>[0] = {}, settings: object = {}) {
  const organization = await scene.organization(`Utility ${++utilities}`);
  const vendor = await scene.vendor({ seed: ++seed, ...options });
  return { organization, vendor, mdc: await scene.register(organization, vendor, settings) };
}

for (const [version, format] of [
  ["v1", "json"],
  ["v1", "xml"],
  ["v3.2", "json"],
  ["v3.3", "xml"],
] as const) {
  test(`rows of ${version} in ${format} become profile rows, readings, events and visuals`, async () => {
    const { vendor, mdc } = await registered({ version, format });
    const { stored, setAside, repeated } = await scene.poll(mdc);
    assert.deepEqual(await scene.setAside(mdc), []);
    assert.equal(setAside + repeated, 0);
    const expected = vendorRows(vendor);
    assert.ok(expected.LPRO! > 100 && expected.INST! > 0 && expected.BILL! > 0);
    assert.deepEqual(await storedRows(mdc), expected);
    assert.ok(stored >= Object.values(expected).reduce((sum, count) => sum + count, 0));

    const [id, meter] = [...vendor.meters][0]!;
    const device = await scene.store.db
      .selectFrom("meter_devices")
      .select(["id", "number", "protocol", "msn", "name"])
      .where("global_device_id", "=", id)
      .where("udil_mdc", "=", mdc)
      .executeTakeFirstOrThrow();
    assert.deepEqual([device.protocol, device.msn, device.name], ["udil", meter.msn, id]);
    const status = await scene.store.db
      .selectFrom("meter_device_statuses")
      .selectAll()
      .where("meter_device", "=", device.id)
      .executeTakeFirstOrThrow();
    assert.deepEqual([status.last_cause, status.last_success?.getTime()], [null, status.last_contact?.getTime()]);
    const profile = vendor.collector.tables.select("LPRO", { meters: new Set([meter]), by: "meter_datetime" }).at(-1)!;
    const column = version === "v1" ? "active_energy_tl" : "active_energy_abs_tl";
    const energy = profile.texts[vendor.collector.form("LPRO").column(column)]!;
    const [row] = await scene.select<[string, number]>(
      `SELECT toString(active_energy_abs_tl), interval FROM udil_load_profile_rows FINAL
       WHERE device_number = ${device.number} AND meter_datetime = fromUnixTimestamp64Milli(toInt64(${profile.at}))`,
    );
    assert.equal(Number(row![0]), Number(energy));
    assert.equal(row![1], 30);
    const readings = await scene.send(
      "GET",
      `/v1/metering/meter-readings?meter_device=${device.id}&from=${new Date(profile.at).toISOString()}&to=${new Date(profile.at).toISOString()}`,
    );
    const values = readings.body.results.map(({ value }: { value: string }) => Number(value));
    assert.ok(values.includes(Number(energy)), `${JSON.stringify(values)} has no ${energy}`);
    await assertVisuals(mdc, device.number, id);
    await assertEvents(vendor, mdc);
  });
}

/** Everything that the MDC shows of a meter now is kept as it shows it. */
async function assertVisuals(mdc: string, device: number, globalDeviceId: string): Promise<void> {
  const connection = await scene.connection(mdc);
  const { rows = [] } = await connection.ask({ service: "meter_visuals", ids: [globalDeviceId] });
  const kept = new Map(
    await scene.select<[string, string]>(
      `SELECT field, value FROM meter_visuals FINAL WHERE device_number = ${device}`,
    ),
  );
  const { msn: _, global_device_id: __, db_datetime: ___, meter_datetime: ____, ...shown } = rows[0]!;
  const fields = Object.entries(shown).filter(([, value]) => value !== undefined && value !== "");
  assert.ok(fields.length > 10, `only ${fields.length} fields`);
  for (const [field, value] of fields) {
    const text = kept.get(field);
    assert.ok(text !== undefined, `${field} is not kept`);
    const isNumber = typeof value === "number" || /^-?\d+(\.\d+)?$/.test(value as string);
    assert.deepEqual(isNumber ? Number(text) : text, isNumber ? Number(value) : value, field);
  }
}

/** Each event of the MDC's meters, and no other, is told by its code. */
async function assertEvents(vendor: VendorMdc, mdc: string): Promise<void> {
  const devices = await scene.store.db
    .selectFrom("meter_devices")
    .innerJoin("udil_mdcs", "udil_mdcs.id", "meter_devices.udil_mdc")
    .select(["meter_devices.number", "global_device_id", "udil_mdcs.name"])
    .where("udil_mdc", "=", mdc)
    .execute();
  const form = vendor.collector.form("EVNT");
  let count = 0;
  for (const { number, global_device_id, name } of devices) {
    const meters = new Set([vendor.meters.get(global_device_id!)!]);
    const events = vendor.collector.tables.select("EVNT", { meters, by: "db_datetime" });
    const told = await scene.select<[string, string, string]>(
      `SELECT toString(toUnixTimestamp64Milli(timestamp)), title, content FROM meter_system_events WHERE device_number = ${number}`,
    );
    const expected = events.map(({ at, texts }) => {
      const code = Number(texts[form.column("event_code")]);
      const description = texts[form.column("event_description")];
      const what = description === undefined || description === "" ? "" : `: ${description}`;
      return [String(at), eventDescription(code) ?? `UDIL event ${code}`, `UDIL, code ${code}${what}, through ${name}`];
    });
    assert.deepEqual(told.map(String).sort(), expected.map(String).sort());
    count += events.length;
  }
  assert.ok(count > 0, "no meter had an event");
}

test("a meter's columns are all those of its version", () => {
  assert.deepEqual(
    pollableTables.filter((table) => udilTables.v1[table].fields.length === 0),
    ["DCH"],
  );
});

describe("the cursor", () => {
  test("brings what is new, and nothing that was there", async () => {
    const { vendor, mdc } = await registered();
    await scene.poll(mdc);
    const again = await scene.poll(mdc);
    // VISL has no cursor: its three rows come each time.
    assert.equal(again.stored, 3);
    scene.clock.advance(65 * minute);
    const later = await scene.poll(mdc);
    assert.deepEqual(await storedRows(mdc), vendorRows(vendor));
    assert.ok(later.stored > 3 && later.stored < 40, `${later.stored} rows`);
    const state = await scene.send("GET", `/v1/udil/mdcs/${mdc}/state`);
    const profile = state.body.tables.find(({ table }: { table: string }) => table === "LPRO");
    assert.equal(profile.rows_stored, vendorRows(vendor).LPRO);
    assert.ok(profile.lag_seconds < 3600 && profile.lag_seconds >= 0);
  });

  test("begins a little earlier after a restart, and doubles nothing", async () => {
    const { vendor, mdc } = await registered();
    await scene.poll(mdc);
    scene.restart();
    await scene.poll(mdc);
    assert.deepEqual(await storedRows(mdc), vendorRows(vendor));
  });

  test("misses nothing that comes late, in batches of one stamp, or by a clock that is wrong", async () => {
    for (const habits of [
      { lateRows: 5, duplicateStamps: true },
      { mdcClockError: 3_600_000 },
      { mdcClockError: -3_600_000 },
      { mdcClockError: -5 * 3_600_000 },
      { duplicateRows: 2, unknownEventCodes: 2, wrongClocks: 2 },
    ]) {
      const { vendor, mdc } = await registered({ habits });
      for (let polls = 0; polls < 5; polls++) {
        await scene.poll(mdc);
        scene.clock.advance(130 * minute);
      }
      vendor.advance();
      await scene.poll(mdc);
      const expected = vendorRows(vendor);
      assert.deepEqual(await storedRows(mdc), expected, JSON.stringify(habits));
    }
  });

  test("of meters that are new at an MDC does not hide their history", async () => {
    const { vendor, mdc, organization } = await registered({}, {});
    await scene.poll(mdc);
    const other = await scene.vendor({ seed: ++seed, meters: 2 });
    const second = await scene.register(organization, other, {}, false);
    await scene.poll(second);
    const [first] = [...other.meters.keys()];
    await scene.send("POST", `/v1/udil/mdcs/${second}/meters`, { meters: [{ global_device_id: first }] });
    scene.clock.advance(30 * minute);
    await scene.poll(second);
    await scene.send("POST", `/v1/udil/mdcs/${second}/meters`, {
      meters: [...other.meters.keys()].map((global_device_id) => ({ global_device_id })),
    });
    await scene.poll(second);
    assert.deepEqual(await storedRows(second), vendorRows(other));
    assert.equal(vendor.meters.size, 3);
  });

  test("of an MDC that filters by the meters' clocks misses nothing that comes in time", async () => {
    const { vendor, mdc } = await registered({ habits: { filtersByMeterTime: true } }, { overlap_seconds: 7200 });
    for (let polls = 0; polls < 5; polls++) {
      await scene.poll(mdc);
      scene.clock.advance(45 * minute);
    }
    await scene.poll(mdc);
    assert.deepEqual(await storedRows(mdc), vendorRows(vendor));
  });
});

describe("an MDC that answers badly", () => {
  for (const habits of [
    { htmlErrorPage: 3 },
    { htmlInPlaceOfData: 3 },
    { serverError: 3 },
    { halfBody: 3 },
    { cutConnection: 3 },
  ]) {
    test(`now and then is asked again: ${JSON.stringify(habits)}`, async () => {
      const { vendor, mdc } = await registered();
      vendor.habits.set(habits);
      await scene.poll(mdc);
      assert.deepEqual(await storedRows(mdc), vendorRows(vendor));
    });
  }

  test("now and then with broken XML is asked again", async () => {
    const { vendor, mdc } = await registered({ format: "xml", habits: { brokenXml: 3 } });
    await scene.poll(mdc);
    assert.deepEqual(await storedRows(mdc), vendorRows(vendor));
  });

  test("always is told as a failure, and loses nothing by it", async () => {
    const { vendor, mdc } = await registered({}, { switches: { tables: ["LPRO"] } });
    vendor.habits.set({ serverError: 1 });
    await assert.rejects(scene.poll(mdc), (error: MdcFailure) => error.code === "server_error");
    vendor.habits.clear();
    await scene.poll(mdc);
    assert.equal((await storedRows(mdc)).LPRO, vendorRows(vendor).LPRO);
  });

  test("by limiting its answers without a word is asked for less", async () => {
    const { vendor, mdc } = await registered({ habits: { mostRows: 100 } });
    await scene.poll(mdc);
    assert.deepEqual(await storedRows(mdc), vendorRows(vendor));
  });

  test("with rows of nobody and of others has them set aside, with reasons, and the rest stored", async () => {
    const { vendor, mdc } = await registered({ habits: { rowsWithoutKeys: 10, foreignRows: 7 } });
    await scene.poll(mdc);
    const aside = await scene.setAside(mdc);
    const reasons = new Set(aside.map(({ reason_code }) => reason_code));
    assert.deepEqual(reasons, new Set(["unreadable", "unknown_meter"]));
    const foreign = aside.find(({ reason_code }) => reason_code === "unknown_meter")!;
    assert.match(foreign.reason, /m95000001 is no meter of this organization at this MDC/);
    assert.equal(JSON.parse(foreign.raw).global_device_id, "m95000001");
    const stored = await storedRows(mdc);
    const expected = vendorRows(vendor);
    assert.ok(stored.LPRO! < expected.LPRO! && stored.LPRO! > expected.LPRO! / 2);
    const { rows } = { rows: aside.filter(({ reason_code }) => reason_code === "unknown_meter") };
    // The operator says that the meter is theirs, and replays.
    await scene.send("POST", `/v1/udil/mdcs/${mdc}/meters`, { meters: [{ global_device_id: "m95000001" }] });
    const replayed = await scene.send("POST", `/v1/udil/mdcs/${mdc}/set-aside/replay`, {
      ids: rows.map(({ id }) => id),
    });
    assert.deepEqual(replayed.body, { stored: rows.length, refused: 0, asked_again: 0 });
    assert.equal((await scene.setAside(mdc)).length, aside.length - rows.length);
    const discarded = await scene.send("POST", `/v1/udil/mdcs/${mdc}/set-aside/discard`, { all: true });
    assert.deepEqual(discarded.body, { discarded: aside.length - rows.length });
  });
});

test("keys that die early, or after so many requests, are got anew", async () => {
  const { vendor, mdc } = await registered({ habits: { keyUses: 4, keyLifetime: 60 } });
  await scene.poll(mdc);
  scene.clock.advance(5 * minute);
  await scene.poll(mdc);
  assert.deepEqual(await storedRows(mdc), vendorRows(vendor));
});

test("a meter that moves to another MDC keeps its row and its history, and has the new one's too", async () => {
  const { vendor, mdc, organization } = await registered();
  await scene.poll(mdc);
  const [id] = [...vendor.meters.keys()];
  const before = await scene.store.db
    .selectFrom("meter_devices")
    .selectAll()
    .where("udil_mdc", "=", mdc)
    .where("global_device_id", "=", id!)
    .executeTakeFirstOrThrow();
  // The vendor moved to another system, which has all of the meters.
  const other = await scene.register(organization, vendor, { name: "The new system" }, false);
  const refused = await scene.poll(other);
  assert.equal(refused.stored, 0);
  const moved = await scene.send("PATCH", `/v1/metering/meter-devices/${before.id}`, { udil_mdc: other });
  assert.equal(moved.status, 200, JSON.stringify(moved.body));
  scene.clock.advance(60 * minute);
  await scene.poll(other);
  const rows = await scene.select<[number, number]>(
    `SELECT toUInt32(count()), toUInt32(uniqExact(source)) FROM udil_load_profile_rows FINAL WHERE device_number = ${before.number}`,
  );
  const meter = vendor.meters.get(id!)!;
  const expected = vendor.collector.tables.select("LPRO", { meters: new Set([meter]), by: "db_datetime" }).length;
  assert.equal(rows[0]![0], expected);
  const after = await scene.store.db
    .selectFrom("meter_devices")
    .selectAll()
    .where("id", "=", before.id)
    .executeTakeFirstOrThrow();
  assert.equal(after.number, before.number);
});

test("rows that the old MDC had of a meter before it moved are taken, until the new one was read", async () => {
  const { vendor, mdc, organization } = await registered({ habits: {} }, { switches: { tables: ["LPRO"] } });
  await scene.poll(mdc);
  const settings = { name: "The successor", switches: { tables: ["LPRO"] } };
  const other = await scene.register(organization, vendor, settings, false);
  const devices = await scene.store.db
    .selectFrom("meter_devices")
    .select(["id", "number"])
    .where("udil_mdc", "=", mdc)
    .execute();
  // Nobody asked for these before the meters moved.
  scene.clock.advance(120 * minute);
  for (const { id } of devices) await scene.send("PATCH", `/v1/metering/meter-devices/${id}`, { udil_mdc: other });
  const late = await scene.poll(mdc);
  assert.ok(late.stored >= devices.length, `${late.stored} rows`);
  assert.deepEqual(await scene.setAside(mdc), []);
  await scene.poll(other);
  scene.clock.advance(60 * minute);
  assert.deepEqual((await scene.poll(mdc)).stored, 0, "it has no meters any more");
});
