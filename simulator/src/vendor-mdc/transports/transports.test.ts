import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { udilTables } from "@anymeter/udil";
import { PGlite } from "@electric-sql/pglite";
import { FakeClock } from "../testing/fake-clock.ts";
import { hour } from "../testing/meters.ts";
import { startVendor } from "../testing/vendor-client.ts";
import { CsvFolder } from "./csv-folder.ts";
import { DatabaseTables } from "./database-tables.ts";

test("a database has the tables of v3 with their columns, rows as they arise, visuals and transactions as they are", async () => {
  const database = new PGlite();
  const connection = {
    query: (text: string, values?: unknown[]) => database.query(text, values),
    end: async () => {},
  };
  const { client, clock, vendor } = await startVendor({
    version: "v3.3",
    historyDays: 3,
    transports: [new DatabaseTables(connection)],
  });
  await vendor.settled();
  const query = async (sql: string) => (await database.query<Record<string, unknown>>(sql)).rows;
  for (const { name, fields, id } of Object.values(udilTables["v3.3"])) {
    const columns = await query(
      `select column_name from information_schema.columns where table_name = '${name.toLowerCase()}' order by ordinal_position`,
    );
    assert.deepEqual(
      columns.map(({ column_name }) => column_name),
      fields.map((field) => field.name),
    );
    if (id === "TRANSACTION_STATUS") continue;
    const [found] = await query(`select count(*)::int as rows from ${name}`);
    assert.ok((found!.rows as number) > 0, `${name} is empty`);
  }
  const [profile] = await query(
    'select count(*)::int as rows, count(distinct id)::int as ids, max("interval") as minutes, max(is_synced) as synced from load_profile_data',
  );
  assert.deepEqual(profile, { rows: profile!.ids, ids: profile!.ids, minutes: 30, synced: 0 });

  const [id] = client.ids;
  await client.order("aux_relay_operations", [id!], { relay_operate: "0" });
  await client.order("on_demand_data_read", [id!], { type: "INST" });
  clock.pass(hour);
  await vendor.settled();
  const transactions = await query(
    "select type, status_level, indv_status, response_data from transaction_status order by type",
  );
  assert.deepEqual(
    transactions.map(({ type, status_level, indv_status }) => [type, status_level, indv_status]),
    [
      ["AUX_RELAY_OPERATIONS", 5, 1],
      ["ON_DEMAND_DATA_READ", 5, 1],
    ],
  );
  assert.equal(JSON.parse(transactions[1]!.response_data as string)[0].global_device_id, id);
  const visuals = await query(`select auxr_status, last_command from meter_visuals where global_device_id = '${id}'`);
  assert.deepEqual(visuals, [{ auxr_status: 0, last_command: "on_demand_data_read" }]);
  const [later] = await query("select count(*)::int as rows from load_profile_data");
  assert.equal(later!.rows, (profile!.rows as number) + 4);
  await vendor.close();

  const [rows] = await query("select count(*)::int as rows from load_profile_data");
  const again = await startVendor({ version: "v3.3", transports: [new DatabaseTables(connection)] });
  await again.vendor.settled();
  const [others] = await query("select count(*)::int as rows, min(id)::int as first from load_profile_data");
  assert.ok((others!.rows as number) < (rows!.rows as number) && (others!.first as number) > 0);
  await again.vendor.close();
  await database.close();
});

for (const version of ["v1", "v3.3"] as const) {
  test(`rows of ${version} that a killed MDC did not write any more are in the database when it is back, each once`, async () => {
    const directory = await mkdtemp(join(tmpdir(), "vendor-mdc-"));
    const database = new PGlite();
    let dead = false;
    const connection = {
      query: async (text: string, values?: unknown[]) => {
        if (dead) throw new Error("nobody is there to write");
        return database.query(text, values);
      },
      end: async () => {},
    };
    const options = { version, memoryFile: join(directory, "vendor.ndjson") };
    const first = await startVendor({ ...options, transports: [new DatabaseTables(connection)] });
    await first.vendor.settled();
    dead = true;
    await first.client.order("aux_relay_operations", [first.client.ids[0]!], { relay_operate: "0" });
    first.clock.pass(1.1 * hour);
    await assert.rejects(first.vendor.close(), /nobody is there/);
    dead = false;
    const again = { ...options, clock: new FakeClock(first.clock.now()), transports: [new DatabaseTables(connection)] };
    for (const start of ["first", "second"]) {
      const { vendor } = await startVendor(again);
      await vendor.settled();
      for (const [name, table] of [
        ["load_profile_data", "LPRO"],
        ["events", "EVNT"],
      ] as const) {
        const { rows } = await database.query<{ count: number }>(`select count(*)::int as count from ${name}`);
        assert.equal(rows[0]!.count, vendor.collector.tables.count(table), `${name} at the ${start} start`);
      }
      const orders = await database.query("select status_level from transaction_status");
      assert.deepEqual(orders.rows, [{ status_level: 5 }]);
      await vendor.close();
    }
    await database.close();
    await rm(directory, { recursive: true });
  });
}

test("a database that fails is told of when somebody waits for it", async () => {
  const connection = {
    query: async (text: string) => {
      if (text.startsWith("insert")) throw new Error("disk full");
    },
    end: async () => {},
  };
  const { vendor } = await startVendor({ transports: [new DatabaseTables(connection)] });
  await assert.rejects(vendor.settled(), /disk full/);
  await assert.rejects(vendor.close(), /disk full/);
});

test("a folder gets a whole CSV file for each table and batch", async () => {
  const directory = await mkdtemp(join(tmpdir(), "vendor-mdc-"));
  const { client, clock, vendor } = await startVendor({ transports: [new CsvFolder(directory)] });
  await vendor.settled();
  const before = (await readdir(directory)).length;
  await client.order("aux_relay_operations", [client.ids[0]!], { relay_operate: "0" });
  clock.pass(0.6 * hour);
  await vendor.close();
  const names = (await readdir(directory)).sort();
  assert.ok(names.length > before);
  assert.ok(
    names.every((name) => /^[a-z_]+-\d{8}-\d{6}-\d{6}\.csv$/.test(name)),
    names.join(),
  );
  const newest = names.filter((name) => name.startsWith("load_profile_data-")).at(-1)!;
  const [header, ...rows] = (await readFile(join(directory, newest), "utf8")).trimEnd().split("\r\n");
  const { fields } = udilTables.v1.LPRO;
  assert.equal(header, fields.map(({ name }) => name).join());
  for (const row of rows) assert.equal(row.split(",").length, fields.length);
  await rm(directory, { recursive: true });
});
