import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { ColumnarStore } from "../../stores/columnar/columnar-store.ts";
import { columnarForms } from "../../stores/testing/columnar-stores.ts";
import { openTestRelationalStore } from "../../stores/testing/relational-stores.ts";
import type { ProfileRow, StoredProfileRow } from "./profile-row.ts";
import { createProfileRows } from "./profile-rows.ts";
import { RowIds } from "./row-ids.ts";
import { ProfileRowQueries, type RowSelection, storedAt } from "./row-queries.ts";
import { createProfileRowWriter, type ProfileRowWriter } from "./row-writer.ts";

const organizationNumber = 1;
const visibility = { insertMilliseconds: 500, settledMilliseconds: 900 };
const [writers, writesEach] = [4, 8];
const at = Date.UTC(2026, 6, 1);

for (const form of columnarForms()) {
  describe(form.name, () => {
    let columnar: ColumnarStore;
    let relational: Awaited<ReturnType<typeof openTestRelationalStore>>;

    before(async () => {
      columnar = await form.open();
      relational = await openTestRelationalStore();
      await Promise.all([columnar.migrate(), relational.migrate()]);
    });

    test("who keeps a place misses no row of several processes, however late their inserts arrive", async () => {
      const queries = new ProfileRowQueries(columnar, visibility);
      const writing = Promise.all(Array.from({ length: writers }, (_, writer) => writeAsProcess(writer)));
      const [byId, bySecond] = await Promise.all([
        follow(writing, queries, (last) => ({ afterId: last?.id ?? 0 })),
        follow(writing, queries, (last) => ({ storedFrom: last ? storedAt(last.id) + 1000 : 0 })),
      ]);
      const stored = await queries.rows({ table: "LPRO", organizationNumber, limit: 100_000 });
      assert.equal(stored.length, writers * writesEach);
      const ids = stored.map(({ id }) => id).sort((a, b) => a - b);
      assert.deepEqual(
        ids.filter((id) => !byId.some((row) => row.id === id)),
        [],
      );
      assert.deepEqual(
        ids.filter((id) => !bySecond.some((row) => row.id === id)),
        [],
      );
      const order = byId.map(({ id }) => id);
      assert.deepEqual(
        order,
        [...new Set(order)].sort((a, b) => a - b),
      );
    });

    test("what is stored can be read at once by who keeps no place", async () => {
      const rows = createProfileRows({ relational, columnar, visibility });
      await rows.store.write([rowOf(9, 0)]);
      const selection = { table: "LPRO" as const, organizationNumber, devices: [9], limit: 10 };
      const [stored] = await rows.queries.rows(selection);
      assert.equal(stored!.fields.active_energy_pos_tl, "0");
      const justBefore = new ProfileRowQueries(columnar, visibility, () => stored!.id / 1000 + 899);
      assert.deepEqual(await justBefore.rows({ ...selection, afterId: 0 }), []);
      const justThen = new ProfileRowQueries(columnar, visibility, () => stored!.id / 1000 + 900);
      assert.equal((await justThen.rows({ ...selection, afterId: 0 })).length, 1);
      await rows.close();
    });

    test("a store that is always too late refuses rows rather than losing a reader's place", async () => {
      const ids = new RowIds(relational.db, Date.now);
      const slow = late(columnar, () => true, 10);
      const writer = createProfileRowWriter({
        columnar: slow,
        ids,
        visibility: { ...visibility, insertMilliseconds: 1 },
      });
      await assert.rejects(
        written(writer, [rowOf(10, 0)]),
        /takes longer than 1 ms to insert 1 rows into udil_load_profile_rows/,
      );
      await writer.close();
      await columnar.close();
    });

    /** Writes as another process does; every fourth insert arrives long after readers have gone on. */
    async function writeAsProcess(writer: number): Promise<void> {
      let inserts = writer;
      const ids = new RowIds(relational.db, Date.now);
      const store = late(columnar, () => inserts++ % 4 === 0);
      const rows = createProfileRowWriter({ columnar: store, ids, visibility });
      for (let write = 0; write < writesEach; write++) {
        await written(rows, [rowOf(writer, write)]);
        await delay(10 * writer);
      }
      await rows.close();
    }
  });
}

/** Asks again and again for what is behind its place, until everything written has settled. */
async function follow(
  writing: Promise<unknown>,
  queries: ProfileRowQueries,
  placeBehind: (last: StoredProfileRow | undefined) => Partial<RowSelection>,
): Promise<StoredProfileRow[]> {
  const seen: StoredProfileRow[] = [];
  let until = Number.POSITIVE_INFINITY;
  const finished = writing.then(() => {
    until = Date.now() + visibility.settledMilliseconds + 1_000;
  });
  while (Date.now() <= until) {
    const behind = placeBehind(seen.at(-1));
    const devices = Array.from({ length: writers }, (_, writer) => writer);
    const rows = await queries.rows({ table: "LPRO", organizationNumber, devices, limit: 1000, ...behind });
    seen.push(...rows);
    await delay(5);
  }
  await finished;
  return seen;
}

/** A store some of whose inserts are on their way for longer than readers wait. */
function late(
  { client }: Pick<ColumnarStore, "client">,
  isLate: () => boolean,
  milliseconds = visibility.settledMilliseconds + 200,
): Pick<ColumnarStore, "client"> {
  const delayed = Object.create(client) as ColumnarStore["client"];
  const insert: typeof client.insert = async (parameters) => {
    if (isLate()) await delay(milliseconds);
    return client.insert(parameters);
  };
  return { client: Object.defineProperty(delayed, "insert", { value: insert }) };
}

function rowOf(deviceNumber: number, index: number): ProfileRow {
  return {
    ...{ organizationNumber, deviceNumber, table: "LPRO", at: at + index * 900_000, readAt: at, source: 0 },
    fields: { active_energy_pos_tl: String(index) },
  };
}

async function written(writer: ProfileRowWriter, rows: readonly ProfileRow[]): Promise<void> {
  const batch = writer.begin();
  batch.add(rows);
  await batch.store();
}
