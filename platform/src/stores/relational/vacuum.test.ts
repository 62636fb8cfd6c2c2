import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import { openRelationalStore } from "./relational-store.ts";
import { vacuum } from "./vacuum.ts";

test("rows that are rewritten again and again take no more room than once", async (t) => {
  // The embedded engine whatever the tests are told to run on: a server vacuums by itself.
  const store = await openRelationalStore({});
  t.after(() => store.close());
  await store.migrate();
  const { db } = store;
  await sql`insert into organizations (name) select 'Utility ' || n from generate_series(1, 500) n`.execute(db);
  const rewrite = async () => {
    for (let round = 0; round < 10; round++) await sql`update organizations set name = name || '.'`.execute(db);
    await vacuum(store, ["organizations"]);
    const { rows } = await sql<{ bytes: number; rows: number }>`
      select pg_relation_size(oid) as bytes, reltuples as rows from pg_class where relname = 'organizations'`.execute(
      db,
    );
    return rows[0]!;
  };
  const once = await rewrite();
  const again = await rewrite();
  assert.equal(once.rows, 500, "the planner knows how many there are");
  assert.ok(again.bytes <= once.bytes * 1.2, `${once.bytes} bytes became ${again.bytes}`);
});
