import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { sql } from "kysely";
import { relationalForms } from "../stores/testing/relational-stores.ts";
import { Resolver } from "./resolver.ts";

for (const form of relationalForms()) {
  describe(form.name, () => {
    test("names are remembered; changes of this process count at once, those of others within ten seconds", async () => {
      const store = await form.open();
      await store.migrate();
      const { db } = store;
      const organization = await db
        .insertInto("organizations")
        .values({ name: "North" })
        .returningAll()
        .executeTakeFirstOrThrow();
      const series = { organization: organization.id, unit: "Wh" };
      await db
        .insertInto("meter_reading_series")
        .values([
          { ...series, name: "a" },
          { ...series, name: "b" },
        ])
        .execute();
      const device = { organization: organization.id, protocol: "mbus" };
      await db
        .insertInto("meter_devices")
        .values([
          { ...device, name: "one" },
          { ...device, name: "two" },
        ])
        .execute();

      let now = 0;
      const resolver = new Resolver({ store, defaultTimezone: "Europe/Stockholm", clock: () => now });
      const kinds = async (...names: [string, string][]) =>
        (await resolver.resolve(names.map(([device, series]) => ({ device, series })))).map(({ kind }) => kind);
      assert.deepEqual(await kinds(["one", "a"], ["one", "c"], ["three", "a"], ["two", "b"]), [
        "place",
        "refused",
        "unknown-device",
        "place",
      ]);
      const place = resolver.remembered({ device: "one", series: "a" });
      assert.deepEqual([place?.timezone, place?.organizationNumber], ["Europe/Stockholm", organization.number]);

      // What was not found is never remembered, so what another process adds is seen at once.
      await db
        .insertInto("meter_reading_series")
        .values({ ...series, name: "c" })
        .execute();
      await db
        .insertInto("meter_devices")
        .values({ ...device, name: "three" })
        .execute();
      assert.deepEqual(await kinds(["one", "c"], ["three", "a"]), ["place", "place"]);

      // What another process takes away is seen after ten seconds on a server; nobody else can change an embedded store.
      await sql`update meter_devices set name = 'renamed' where name = 'two'`.execute(db);
      assert.deepEqual(await kinds(["two", "b"]), ["place"]);
      now += 10_000;
      assert.deepEqual(await kinds(["two", "b"]), store.engine === "pglite" ? ["place"] : ["unknown-device"]);
      const { generation } = resolver;
      resolver.forget();
      assert.ok(resolver.generation > generation);
      assert.equal(resolver.remembered({ device: "one", series: "a" }), undefined);
      assert.deepEqual(await kinds(["two", "b"], ["renamed", "b"]), ["unknown-device", "place"]);
    });
  });
}
