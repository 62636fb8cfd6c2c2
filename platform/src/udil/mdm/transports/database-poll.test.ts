import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { DatabaseTables, openDatabase, type VendorMdc } from "@anymeter/simulator";
import pg from "pg";
import { cleanUpAfterTests } from "../../../stores/testing/clean-up.ts";
import { sharedPostgresql } from "../../../stores/testing/postgresql.ts";
import type { MdcFailure } from "../connection/failures.ts";
import { type MdmScene, openMdmScene } from "../testing/mdm-scene.ts";
import { vendorTable } from "./vendor-tables.ts";

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

/** A vendor's database that the test writes: one meter's load profile in whatever shape. */
async function handmadeDatabase(statements: readonly string[], settings: object = {}) {
  const name = `vendor_${++count}`;
  await admin.query(`create database ${name}`);
  const database = new pg.Client({ connectionString: at(name) });
  await database.connect();
  cleanUpAfterTests(() => database.end());
  for (const statement of statements) await database.query(statement);
  const organization = await scene.organization(`Utility ${count}`);
  const mdc = await scene.create("/v1/udil/mdcs", {
    ...{ organization, name: "Handmade", transport: "database", dsn: at(name), fills_holes: false, version: "v3.3" },
    ...settings,
  });
  const device = `d${count}`;
  const profile = async () =>
    (
      await scene.select<[string, string]>(
        `SELECT formatDateTime(meter_datetime, '%F %T'), toString(active_energy_abs_tl) FROM udil_load_profile_rows FINAL
         WHERE source = ${mdc.number} ORDER BY meter_datetime`,
      )
    ).map(([time, energy]) => `${time} ${energy}`);
  return { database, mdc: mdc.id as string, device, profile };
}

const profileTable = (columns: string, types = "meter_datetime timestamp, active_energy_abs_tl numeric") =>
  `create table load_profile_data (global_device_id text, ${types}, ${columns})`;
const insert = (device: string, values: string) => `insert into load_profile_data values ('${device}', ${values})`;

describe("tables that are not as the document prints them", () => {
  test("have instants, booleans, times as text, floating point and pictures", async () => {
    const cases = [
      ["db_datetime timestamptz", "'2026-11-21 10:00', 1.5, '2026-11-21 05:01:00+00'"],
      ["db_datetime text", "'2026-11-21 10:00', 1.5, '2026-11-21 10:01:00'"],
      ["db_datetime timestamp, id serial, is_synced boolean", "'2026-11-21 10:00', 1.5, '2026-11-21 10:01', 1, false"],
      ["db_datetime timestamp, id text", "'2026-11-21 10:00', 1.5, '2026-11-21 10:01', 'a'"],
      ['"DB_DATETIME" timestamp, "Id" serial', "'2026-11-21 10:00', 1.5, '2026-11-21 10:01', 7"],
      ["db_datetime timestamp, picture_1 bytea", "'2026-11-21 10:00', 1.5, '2026-11-21 10:01', '\\x00ff'"],
    ] as const;
    for (const [columns, values] of cases) {
      const { mdc, profile, device } = await handmadeDatabase([profileTable(columns), insert(`d${count + 1}`, values)]);
      await scene.poll(mdc);
      assert.deepEqual(
        await profile(),
        ["2026-11-21 05:00:00 1.5"],
        `${columns}: ${JSON.stringify(await scene.setAside(mdc))}`,
      );
      scene.restart();
      await scene.poll(mdc);
      assert.deepEqual(await scene.setAside(mdc), [], `${device}: ${columns}`);
    }
    const floats = await handmadeDatabase([
      profileTable("db_datetime timestamp", "meter_datetime timestamptz, active_energy_abs_tl double precision"),
      insert(`d${count + 1}`, "'2026-11-21 05:00:00+00', 0.00001, '2026-11-21 10:01'"),
      insert(`d${count + 1}`, "'2026-11-21 05:30:00+00', 1e20, '2026-11-21 10:01'"),
    ]);
    await scene.poll(floats.mdc);
    assert.equal(
      (await floats.profile())[0]?.slice(0, 19),
      "2026-11-21 05:00:00",
      JSON.stringify(await scene.setAside(floats.mdc)),
    );
  });

  test("have rows without a stamp, which are read all the same", async () => {
    const { mdc, profile } = await handmadeDatabase([
      profileTable("db_datetime timestamp"),
      insert(`d${count + 1}`, "'2026-11-21 10:00', 1, '2026-11-21 10:01'"),
      insert(`d${count + 1}`, "'2026-11-21 10:30', 2, null"),
    ]);
    await scene.poll(mdc);
    assert.deepEqual(await profile(), ["2026-11-21 05:00:00 1", "2026-11-21 05:30:00 2"]);
  });

  test("are made anew, with ids from 1 again", async () => {
    const { database, mdc, profile } = await handmadeDatabase([
      profileTable("db_datetime timestamp, id bigint"),
      insert(`d${count + 1}`, "'2026-11-21 10:00', 1, '2026-11-21 10:01', 5000000"),
    ]);
    await scene.poll(mdc);
    await database.query("delete from load_profile_data");
    await database.query(insert(`d${count}`, "'2026-11-21 10:30', 2, '2026-11-21 10:31', 1"));
    await scene.poll(mdc);
    assert.deepEqual(await profile(), ["2026-11-21 05:00:00 1", "2026-11-21 05:30:00 2"]);
  });

  test("are read as far back as the MDC's history says", async () => {
    const { mdc, profile } = await handmadeDatabase(
      [
        profileTable("db_datetime timestamp, id serial"),
        insert(`d${count + 1}`, "'2026-10-01 10:00', 1, '2026-10-01 10:01', 1"),
        insert(`d${count + 1}`, "'2026-11-21 10:00', 2, '2026-11-21 10:01', 2"),
      ],
      { history_days: 7 },
    );
    await scene.poll(mdc);
    assert.deepEqual(await profile(), ["2026-11-21 05:00:00 2"]);
  });

  test("that cannot be read are told, and keep no other from being read", async () => {
    const { mdc, profile } = await handmadeDatabase([
      "create view instantaneous_data as select 'x' as global_device_id, 1 / (random() * 0)::int as id, now() as db_datetime",
      profileTable("db_datetime timestamp"),
      insert(`d${count + 1}`, "'2026-11-21 10:00', 1, '2026-11-21 10:01'"),
    ]);
    await assert.rejects(scene.poll(mdc), /division by zero/);
    assert.deepEqual(await profile(), ["2026-11-21 05:00:00 1"]);
  });

  test("that are not there at all are no success", async () => {
    const { mdc } = await handmadeDatabase([]);
    await assert.rejects(scene.poll(mdc), /can read no table of UDIL v3\.3 on the search path/);
    const other = await handmadeDatabase([], { switches: { schema: "vendor" } });
    await assert.rejects(scene.poll(other.mdc), /in schema vendor/);
  });

  test("of METER_VISUALS are read by their stamps: rows are overwritten under their ids", () => {
    const column = (column: string, type: string) => ({ schema: "public", relation: "x", column, type, writable: "t" });
    const columns = [
      column("id", "bigint"),
      column("db_datetime", "timestamp without time zone"),
      column("is_synced", "integer"),
    ];
    const [visuals, events] = [vendorTable("VISL", columns)!, vendorTable("EVNT", columns)!];
    assert.deepEqual([visuals.id, visuals.mark, visuals.stamp?.column], [undefined, undefined, '"db_datetime"']);
    assert.deepEqual([events.id, events.mark?.column], ['"id"', '"is_synced"']);
  });

  test("of names that differ in case are one table, and names that would break out are quoted", async () => {
    const { mdc, profile } = await handmadeDatabase([
      profileTable("db_datetime timestamp"),
      insert(`d${count + 1}`, "'2026-11-21 10:00', 1, '2026-11-21 10:01'"),
      `create table "LOAD_PROFILE_DATA" (id integer, "x""; drop table load_profile_data; --" text)`,
      `alter table load_profile_data add column "y"", (select 1) --" text`,
    ]);
    await scene.poll(mdc);
    assert.deepEqual(await profile(), ["2026-11-21 05:00:00 1"]);
  });
});

test("a connection that is lost half way costs nothing", async () => {
  const { database, mdc, profile } = await handmadeDatabase([
    "create table stored (id integer primary key)",
    "insert into stored select n from generate_series(1, 7000) n",
    "create table armed as select true as armed",
    `create function breaks(n integer) returns boolean stable cost 100000 language plpgsql as $$ begin
       if n = 6000 and (select armed from armed) then perform pg_terminate_backend(pg_backend_pid()); end if;
       return false; end $$`,
    `create view load_profile_data as select id, 'd${count + 1}' as global_device_id, id as active_energy_abs_tl,
       timestamp '2026-11-20 00:00' + id * interval '1 second' as meter_datetime, breaks(id) as breaks from stored`,
  ]);
  await assert.rejects(scene.poll(mdc), (error: MdcFailure) => error.code === "database");
  assert.equal((await profile()).length, 5_000);
  await database.query("update armed set armed = false");
  await scene.poll(mdc);
  assert.equal((await profile()).length, 7_000);
});
