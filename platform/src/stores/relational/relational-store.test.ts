import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, describe, test } from "node:test";
import { sql } from "kysely";
import { sharedPostgresql } from "../testing/postgresql.ts";
import { ownSchema, relationalForms } from "../testing/relational-stores.ts";
import { relationalMigrations } from "./migrations/index.ts";
import { openRelationalStore, type RelationalStore } from "./relational-store.ts";

for (const form of relationalForms()) {
  describe(form.name, () => {
    let store: RelationalStore;
    before(async () => {
      store = await form.open();
    });

    test("migrates an empty store once, and a migrated one not again", async () => {
      assert.deepEqual(await store.migrate(), { applied: Object.keys(relationalMigrations) });
      assert.deepEqual(await store.migrate(), { applied: [] });
    });

    test("gives the same JavaScript values as every other form", async () => {
      const { rows } = await sql`
        select 9007199254740991::bigint as largest, 123456789012.123456::numeric(18, 6) as value, '\\x00ff'::bytea as bytes,
          '2026-03-29 01:30:00.123+00'::timestamptz as instant, date '2026-03-29' as day, interval '90 minutes' as span,
          '{"a": [1]}'::jsonb as document, array['a', 'b'] as list, null as nothing, true as truth`.execute(store.db);
      assert.deepEqual(rows, [
        {
          largest: 9007199254740991,
          value: "123456789012.123456",
          bytes: Buffer.from([0x00, 0xff]),
          instant: new Date("2026-03-29T01:30:00.123Z"),
          day: "2026-03-29",
          span: "01:30:00",
          document: { a: [1] },
          list: ["a", "b"],
          nothing: null,
          truth: true,
        },
      ]);
      await assert.rejects(sql`select 9007199254740992::bigint`.execute(store.db), /beyond 2\^53/);
    });

    test("takes JSON text, bytes and instants as parameters", async () => {
      const bytes = Buffer.from("6162", "hex");
      const instant = new Date("2026-10-25T00:30:00.001Z");
      const { rows } = await sql`select ${JSON.stringify([1, { b: 2 }])}::jsonb as document, ${bytes}::bytea as bytes,
        ${instant}::timestamptz as instant, ${["x", 'y"z']}::text[] as list`.execute(store.db);
      assert.deepEqual(rows, [{ document: [1, { b: 2 }], bytes, instant, list: ["x", 'y"z'] }]);
    });

    test("undoes a transaction that fails", async () => {
      const name = `undone ${randomUUID()}`;
      const staged = { meter_device_name: name, series_name: "s", timestamp: "2026-01-01T00:00:00Z", value: "1" };
      const failing = store.db.transaction().execute(async (transaction) => {
        await transaction.insertInto("staged_meter_readings").values(staged).execute();
        throw new Error("stop");
      });
      await assert.rejects(failing, /stop/);
      const left = await store.db
        .selectFrom("staged_meter_readings")
        .selectAll()
        .where("meter_device_name", "=", name)
        .execute();
      assert.deepEqual(left, []);
    });

    test("answers a ping, waits for queries under way when it closes, and closes once", async () => {
      await store.ping();
      const slow = sql`select pg_sleep(0.2), 7 as seven`.execute(store.db);
      // The query is under way before the store is told to close.
      await new Promise(setImmediate);
      await Promise.all([store.close(), store.close()]);
      assert.equal((await slow).rows.length, 1);
      await assert.rejects(store.ping());
    });
  });
}

test("processes that start together migrate a server once", async () => {
  const url = await ownSchema(process.env.ANYMETER_DATABASE_URL ?? (await sharedPostgresql()));
  const stores = await Promise.all([1, 2, 3, 4].map(() => openRelationalStore({ url, maxConnections: 2 })));
  try {
    const reports = await Promise.all(stores.map((store) => store.migrate()));
    assert.deepEqual(
      reports.flatMap((report) => report.applied),
      Object.keys(relationalMigrations),
    );
  } finally {
    await Promise.all(stores.map((store) => store.close()));
  }
});

test("a server that is not there is named as the cause", async () => {
  await assert.rejects(openRelationalStore({ url: "postgresql://nobody@127.0.0.1:1/none" }), /ECONNREFUSED/);
});
