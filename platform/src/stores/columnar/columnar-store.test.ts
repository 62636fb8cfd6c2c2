import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { before, describe, test } from "node:test";
import { columnarForms } from "../testing/columnar-stores.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { type ColumnarStore, openColumnarStore } from "./columnar-store.ts";
import { migrateColumnar, tableStatements } from "./migrate.ts";
import { columnarMigrations } from "./migrations/index.ts";

const names = columnarMigrations.map((migration) => migration.name);
const awkward = `tab\t line\n\n quote' "double" back\\slash ; semicolon -- comment {x:String} ünï€😀 \\N`;

for (const form of columnarForms()) {
  describe(form.name, () => {
    let store: ColumnarStore;
    const rows = async (query: string, parameters: Record<string, unknown> = {}) =>
      (await store.client.query({ query, query_params: parameters, format: "JSONEachRow" })).json();

    before(async () => {
      store = await form.open();
    });

    test("migrates an empty store once, and a migrated one not again", async () => {
      assert.deepEqual(await store.migrate(), { applied: names });
      assert.deepEqual(await store.migrate(), { applied: [] });
    });

    test("starters at the same time all find a migrated store", async () => {
      const tables = [{ ...columnarMigrations[0]!.tables[0]!, name: "started_together" }];
      const migration = { name: "9999-started-together", tables };
      const start = () => migrateColumnar(store.client, undefined, [...columnarMigrations, migration]);
      await Promise.all([start(), start(), start()]);
      assert.deepEqual(await start(), { applied: [] });
      assert.deepEqual(await rows("SELECT count() AS n FROM started_together"), [{ n: 0 }]);
    });

    test("binds parameters without letting them become SQL", async () => {
      assert.deepEqual(
        await rows("SELECT {text:String} AS text, {n:UInt32} AS n, {list:Array(UInt32)} AS list", {
          text: awkward,
          n: 4294967295,
          list: [1, 2],
        }),
        [{ text: awkward, n: 4294967295, list: [1, 2] }],
      );
    });

    test("inserts bytes and objects, whatever they hold", async () => {
      await store.client.command({ query: "CREATE TABLE texts (n UInt32, text String) ENGINE = MergeTree ORDER BY n" });
      const escaped = awkward.replaceAll("\\", "\\\\").replaceAll("\t", "\\t").replaceAll("\n", "\\n");
      await store.client.insert({
        table: "texts",
        columns: ["text", "n"],
        format: "TabSeparated",
        values: Readable.from([Buffer.from(`${escaped}\t1\n`), Buffer.from(`plain\t2\n`)], { objectMode: false }),
      });
      await store.client.insert({ table: "texts", format: "JSONEachRow", values: [{ n: 3, text: awkward }] });
      assert.deepEqual(await rows("SELECT n, text FROM texts ORDER BY n"), [
        { n: 1, text: awkward },
        { n: 2, text: "plain" },
        { n: 3, text: awkward },
      ]);
    });

    test("refuses a wrong insert whole and names the cause", async () => {
      await store.client.command({ query: "CREATE TABLE numbers_only (n UInt32) ENGINE = MergeTree ORDER BY n" });
      const values = Readable.from([Buffer.from("1\ntwo\n3\n")], { objectMode: false });
      await assert.rejects(
        store.client.insert({ table: "numbers_only", format: "TabSeparated", values }),
        /Cannot parse|two/,
      );
      assert.deepEqual(await rows("SELECT count() AS n FROM numbers_only"), [{ n: 0 }]);
      await assert.rejects(store.client.query({ query: "SELECT * FROM nowhere" }), {
        code: "60",
        type: "UNKNOWN_TABLE",
      });
    });

    test("answers a ping, waits for queries under way when it closes, and closes once", async () => {
      await store.ping();
      const slow = store.client.query({ query: "SELECT sleep(0.3) AS s, 7 AS seven", format: "JSONEachRow" });
      await Promise.all([store.close(), store.close()]);
      assert.deepEqual(await (await slow).json(), [{ s: 0, seven: 7 }]);
      await assert.rejects(store.ping());
    });
  });
}

test("chDB keeps what was written over a close", async () => {
  const directory = temporaryDirectory();
  const first = await openColumnarStore({ directory });
  await first.migrate();
  await first.close();
  const second = await openColumnarStore({ directory });
  assert.deepEqual(await second.migrate(), { applied: [] });
  await assert.rejects(
    second.client.query({ query: "SELECT 1", clickhouse_settings: { max_threads: 1 } }),
    /SETTINGS clause/,
  );
  await second.close();
});

test("a cluster's tables are replicated on every node and distributed under their own name", () => {
  const statements = tableStatements(columnarMigrations[0]!.tables[0]!, "main");
  assert.equal(statements.length, 2);
  assert.match(
    statements[0]!,
    /^CREATE TABLE IF NOT EXISTS meter_readings_local ON CLUSTER 'main' \(.*ENGINE = ReplicatedReplacingMergeTree\('\/clickhouse\/tables\/\{shard\}\/\{database\}\/meter_readings_local', '\{replica\}', created_at\)/,
  );
  assert.match(
    statements[1]!,
    /^CREATE TABLE IF NOT EXISTS meter_readings ON CLUSTER 'main' AS meter_readings_local ENGINE = Distributed\('main', currentDatabase\(\), meter_readings_local, sipHash64\(device_number\)\)/,
  );
});

test("a cluster without a server, and a server that is not there, are refused", async () => {
  await assert.rejects(openColumnarStore({ cluster: "main", directory: temporaryDirectory() }), /needs the URL/);
  await assert.rejects(openColumnarStore({ url: "http://127.0.0.1:1" }), /does not answer.*ECONNREFUSED/);
});
