import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ColumnarStore } from "./columnar/columnar-store.ts";
import { selectRows } from "./columnar/row-queries.ts";
import { tabSeparated } from "./columnar/tab-separated.ts";
import { ColumnarRemovals } from "./columnar-removals.ts";
import { type ColumnarForm, columnarForms } from "./testing/columnar-stores.ts";
import { type RelationalForm, relationalForms } from "./testing/relational-stores.ts";

const [pglite, ...servers] = relationalForms();
const [chdb, clickhouse] = columnarForms();
const pairs: readonly (readonly [RelationalForm, ColumnarForm])[] = [
  [pglite!, chdb!],
  ...servers.map((server) => [server, clickhouse!] as const),
];

const minute = 60_000;
const instant = "2026-01-15 06:00:00";

for (const [relationalForm, columnarForm] of pairs) {
  describe(`${relationalForm.name} and ${columnarForm.name}`, () => {
    test("what a deleted meter or series had goes, whenever the process dies", async () => {
      const [relational, columnar] = [await relationalForm.open(), await columnarForm.open()];
      await Promise.all([relational.migrate(), columnar.migrate()]);
      const { db } = relational;
      const organization = await db
        .insertInto("organizations")
        .values({ name: "North" })
        .returning(["id", "number"])
        .executeTakeFirstOrThrow();
      const owned = { organization: organization.id };
      const [a, b, nobodys] = await db
        .insertInto("meter_devices")
        .values([
          { ...owned, name: "a", protocol: "mbus" },
          { ...owned, name: "b", protocol: "mbus" },
          { name: "nobody's", protocol: "mbus" },
        ])
        .returning(["id", "number"])
        .execute();
      const [energy, power] = await db
        .insertInto("meter_reading_series")
        .values(["energy", "power"].map((name) => ({ ...owned, name, unit: "Wh" })))
        .returning(["id", "number"])
        .execute();
      const store = (device: number, series: number) =>
        insert(columnar, "meter_readings", [organization.number, device, series, instant, "1", 1, instant]);
      for (const device of [a!, b!]) for (const series of [energy!, power!]) await store(device.number, series.number);
      for (const { number } of [a!, b!])
        await insert(columnar, "meter_system_events", [
          organization.number,
          number,
          instant,
          "title",
          "content",
          1,
          instant,
        ]);
      // The same numbers in another organization are somebody else's.
      await insert(columnar, "meter_readings", [
        organization.number + 1,
        a!.number,
        power!.number,
        instant,
        "1",
        1,
        instant,
      ]);
      const left = async () => [
        await numbersIn(columnar, "meter_readings", "device_number, series_number"),
        await numbersIn(columnar, "meter_system_events", "device_number"),
      ];
      const foreign = [a!.number, power!.number];

      let now = Date.now();
      // As after a start: every one of these knows nothing of what was before.
      const clear = (store: Pick<ColumnarStore, "client" | "cluster"> = columnar) =>
        new ColumnarRemovals({ relational, columnar: store, clock: () => now }).clear();
      await clear();
      assert.equal((await left())[0]!.length, 5);

      // A deletion that is undone removes nothing.
      const undone = db.transaction().execute(async (inside) => {
        await inside.deleteFrom("meter_devices").where("id", "=", a!.id).execute();
        throw new Error("undone");
      });
      await assert.rejects(undone, /undone/);
      await clear();
      assert.equal((await left())[0]!.length, 5);

      // The process dies between the two stores, then in the middle of the columnar one.
      await db.deleteFrom("meter_devices").where("id", "in", [a!.id, nobodys!.id]).execute();
      assert.equal((await left())[0]!.length, 5);
      await assert.rejects(clear({ client: failingDeletions(columnar), cluster: undefined }), /killed/);
      await clear();
      assert.deepEqual(await left(), [
        [foreign, [b!.number, energy!.number], [b!.number, power!.number]].toSorted(byNumbers),
        [[b!.number]],
      ]);

      await db.deleteFrom("meter_reading_series").where("id", "=", power!.id).execute();
      const removals = new ColumnarRemovals({ relational, columnar, clock: () => now });
      await Promise.all([removals.clear(), removals.clear(), removals.clear()]);
      await removals.settled();
      assert.deepEqual((await left())[0], [foreign, [b!.number, energy!.number]].toSorted(byNumbers));

      // Readings that were under way when their meter was deleted.
      await store(a!.number, energy!.number);
      now += 9 * minute;
      await clear();
      assert.equal((await left())[0]!.length, 3);
      now += 2 * minute;
      await clear();
      assert.deepEqual((await left())[0], [foreign, [b!.number, energy!.number]].toSorted(byNumbers));
      assert.deepEqual(await db.selectFrom("columnar_removals").selectAll().execute(), []);
      await columnar.close();
    });
  });
}

async function insert({ client }: ColumnarStore, table: string, row: (string | number)[]): Promise<void> {
  await client.command({ query: `INSERT INTO ${table} FORMAT TabSeparated\n${tabSeparated([row])}` });
}

async function numbersIn(store: ColumnarStore, table: string, columns: string): Promise<number[][]> {
  return selectRows<number[]>(store, `SELECT ${columns} FROM ${table} FINAL ORDER BY ${columns}, organization_number`);
}

/** A client whose process dies at the first deletion of the second table. */
function failingDeletions({ client }: ColumnarStore): ColumnarStore["client"] {
  const failing = Object.create(client) as ColumnarStore["client"];
  const command: typeof client.command = async (parameters) => {
    if (parameters.query.includes("meter_system_events")) throw new Error("killed");
    return client.command(parameters);
  };
  return Object.defineProperty(failing, "command", { value: command });
}

function byNumbers(one: readonly number[], other: readonly number[]): number {
  return one[0]! - other[0]! || one[1]! - other[1]!;
}
