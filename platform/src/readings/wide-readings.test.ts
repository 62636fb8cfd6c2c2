import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { selectRows } from "../stores/columnar/row-queries.ts";
import { cleanUpAfterTests } from "../stores/testing/clean-up.ts";
import { columnarForms } from "../stores/testing/columnar-stores.ts";
import { openTestRelationalStore } from "../stores/testing/relational-stores.ts";
import { createReadingWriter } from "./reading-writer.ts";
import { WideReadings } from "./wide-readings.ts";

for (const form of columnarForms()) {
  describe(`rows of several values in ${form.name}`, () => {
    test("become a reading for each value, of ids of their own, and replace earlier ones", async () => {
      const columnar = await form.open();
      await columnar.migrate();
      const relational = await openTestRelationalStore();
      await relational.migrate();
      const writer = createReadingWriter(relational.db, columnar);
      cleanUpAfterTests(() => writer.close());
      const at = Date.parse("2026-11-21T06:00:00.250Z");
      const early = Date.parse("1999-12-31T23:59:59Z");
      const first = new WideReadings(3, [7, 8, 9], 2);
      first.add(1, at, ["1.5", undefined, "-0.000001"]);
      first.add(2, early, ["999999999999.999999", "0", undefined]);
      assert.equal(first.count, 4);
      await writer.writeWide(first);
      const second = new WideReadings(3, [7], 1);
      second.add(1, at, ["2"]);
      await writer.writeWide(second);
      await writer.writeWide(new WideReadings(3, [7], 1));
      const rows = await selectRows<[number, number, string, string]>(
        columnar,
        `SELECT device_number, series_number, toString(timestamp), toString(value) FROM meter_readings FINAL
         WHERE organization_number = 3 ORDER BY device_number, series_number`,
      );
      assert.deepEqual(rows, [
        [1, 7, "2026-11-21 06:00:00.250", "2"],
        [1, 9, "2026-11-21 06:00:00.250", "-0.000001"],
        [2, 7, "1999-12-31 23:59:59.000", "999999999999.999999"],
        [2, 8, "1999-12-31 23:59:59.000", "0"],
      ]);
      const [ids] = await selectRows<[number, number]>(
        columnar,
        "SELECT toUInt32(count()), toUInt32(uniqExact(id)) FROM meter_readings FINAL",
      );
      assert.deepEqual(ids, [4, 4]);
      await writer.close();
      await columnar.close();
    });
  });
}

test("a time nobody can store is refused", () => {
  assert.throws(() => new WideReadings(1, [1], 1).add(1, Date.parse("2300-01-02T00:00:00Z"), ["1"]), RangeError);
});
