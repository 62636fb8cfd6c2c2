import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { DatabaseTables, openDatabase, type VendorMdc } from "@anymeter/simulator";
import pg from "pg";
import { cleanUpAfterTests } from "../../../stores/testing/clean-up.ts";
import { sharedPostgresql } from "../../../stores/testing/postgresql.ts";
import type { MdcFailure } from "../connection/failures.ts";
import { type MdmScene, openMdmScene } from "../testing/mdm-scene.ts";

let scene: MdmScene;
let admin: pg.Client;
let url: string;
before(async () => {
  scene = await openMdmScene();
  url = await sharedPostgresql();
  admin = new pg.Client({ connectionString: url });
  await admin.connect();
  cleanUpAfterTests(() => admin.end());
});

let count = 0;
const at = (database: string, user = "anymeter") =>
  url.replace("/postgres?", `/${database}?`).replace("anymeter@", `${user}@`);

/** A vendor with a database of its own, and a user that may only read it. */
async function vendorWithDatabase(version: "v1" | "v3.3", options: Parameters<MdmScene["vendor"]>[0] = {}) {
  const name = `vendor_${++count}`;
  await admin.query(`create database ${name}`);
  await admin.query(`create user reader_${count}`);
  const vendor = await scene.vendor({
    ...{ seed: 50 + count, version, transports: [new DatabaseTables(await openDatabase(at(name)))] },
    ...options,
  });
  await vendor.settled();
  const database = new pg.Client({ connectionString: at(name) });
  await database.connect();
  cleanUpAfterTests(() => database.end());
  await database.query(`grant select on all tables in schema public to reader_${count}`);
  const organization = await scene.organization(`Utility ${count}`);
  const settings = { transport: "database", dsn: at(name, `reader_${count}`) };
  const mdc = await scene.register(organization, vendor, settings, false);
  return { vendor, database, mdc, reader: `reader_${count}` };
}

const tables = { LPRO: "load_profile", INST: "instantaneous", BILL: "billing", MBIL: "monthly_billing", EVNT: "event" };

/** Different rows in both, by table. */
async function compared(database: pg.Client, mdc: string) {
  const { number } = await scene.store.db
    .selectFrom("udil_mdcs")
    .select("number")
    .where("id", "=", mdc)
    .executeTakeFirstOrThrow();
  const ours: Record<string, number> = {};
  const theirs: Record<string, number> = {};
  for (const [code, name] of Object.entries(tables)) {
    const [row] = await scene.select<[number]>(
      `SELECT toUInt32(count()) FROM udil_${name}_rows FINAL WHERE source = ${number}`,
    );
    ours[code] = row![0];
    const key = code === "EVNT" ? "event_datetime, event_code" : "meter_datetime";
    const { rows } = await database.query(
      `select count(*)::integer as count from (select distinct global_device_id, ${key} from ${code === "EVNT" ? "events" : `${name}_data`}) t`,
    );
    theirs[code] = rows[0].count;
  }
  return { ours, theirs };
}

async function later(vendor: VendorMdc) {
  scene.clock.advance(2 * 3_600_000);
  vendor.advance();
  await vendor.settled();
}

for (const version of ["v1", "v3.3"] as const) {
  test(`tables of ${version} are read, their meters created, and read on`, async () => {
    const { vendor, database, mdc } = await vendorWithDatabase(version, { habits: { duplicateStamps: true } });
    const first = await scene.poll(mdc);
    assert.ok(first.stored > 100);
    const { ours, theirs } = await compared(database, mdc);
    assert.deepEqual(ours, theirs);
    const devices = await scene.store.db
      .selectFrom("meter_devices")
      .select("global_device_id")
      .where("udil_mdc", "=", mdc)
      .execute();
    assert.deepEqual(new Set(devices.map(({ global_device_id }) => global_device_id)), new Set(vendor.meters.keys()));
    await later(vendor);
    const next = await scene.poll(mdc);
    assert.ok(next.stored < first.stored / 2, `${next.stored} of ${first.stored}`);
    const after = await compared(database, mdc);
    assert.deepEqual(after.ours, after.theirs);
    assert.ok(after.ours.LPRO! > ours.LPRO!);
    assert.deepEqual(await scene.setAside(mdc), []);
  });
}

describe("is_synced", () => {
  test("is written where that is granted, and then says alone what is new", async () => {
    const { database, mdc, reader, vendor } = await vendorWithDatabase("v3.3");
    for (const table of [
      "load_profile_data",
      "instantaneous_data",
      "billing_data",
      "monthly_billing_data",
      "events",
      "device_communication_history",
    ])
      await database.query(`grant update (is_synced) on ${table} to ${reader}`);
    await scene.poll(mdc);
    const open = async () =>
      (
        await database.query(
          "select count(*)::integer as count from load_profile_data where coalesce(is_synced, 0) = 0",
        )
      ).rows[0].count;
    assert.equal(await open(), 0);
    // A crash before the mark: the rows come again, and are the same.
    await database.query("update load_profile_data set is_synced = 0");
    scene.restart();
    await scene.poll(mdc);
    assert.equal(await open(), 0);
    const { ours, theirs } = await compared(database, mdc);
    assert.deepEqual(ours, theirs);
    await later(vendor);
    assert.ok((await open()) > 0);
    await scene.poll(mdc);
    assert.equal(await open(), 0);
  });
});

test("rows without keys are set aside, the others stored", async () => {
  const { database, mdc, vendor } = await vendorWithDatabase("v1");
  await database.query(
    `update load_profile_data set meter_datetime = null where ctid in (select ctid from load_profile_data limit 3)`,
  );
  await scene.poll(mdc);
  const aside = await scene.setAside(mdc);
  assert.equal(aside.length, 3);
  assert.match(aside[0]!.reason, /meter_datetime/);
  assert.ok(vendor.meters.size > 0);
});

test("a database that is not there, or refuses, is told as what it is", async () => {
  const { database, mdc, reader } = await vendorWithDatabase("v1");
  await scene.send("PATCH", `/v1/udil/mdcs/${mdc}`, { dsn: at("nowhere", reader) });
  await assert.rejects(
    scene.poll(mdc),
    (error: MdcFailure) => error.code === "database" && /nowhere/.test(error.message),
  );
  await scene.send("PATCH", `/v1/udil/mdcs/${mdc}`, {
    dsn: at((database as unknown as { database: string }).database, reader),
  });
  await database.query(`revoke select on events from ${reader}`);
  const { stored } = await scene.poll(mdc);
  assert.ok(stored > 0);
});
