import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import fc from "fast-check";
import { columnarForms } from "../testing/columnar-stores.ts";
import type { ColumnarStore } from "./columnar-store.ts";
import { NativeBlock, type NativeColumn } from "./native-block.ts";
import { insertNative } from "./native-insert.ts";
import { selectRows } from "./row-queries.ts";

const columns: readonly NativeColumn[] = [
  { name: "number", type: "UInt32" },
  { name: "code", type: "Nullable(Int32)" },
  { name: "at", type: "DateTime64(3, 'UTC')" },
  { name: "value", type: "Nullable(Decimal(18, 3))" },
  { name: "told", type: "Nullable(String)" },
];

test("a block is a head, then name, type and cells of each column, low bytes first", () => {
  const block = new NativeBlock(
    [
      { name: "n", type: "UInt32" },
      { name: "v", type: "Nullable(Decimal(18, 3))" },
      { name: "t", type: "String" },
    ],
    3,
  );
  block.column(0).setNumber32(0, 258);
  block.column(0).setNumber32(1, 2 ** 32 - 1);
  assert.equal(block.column(1).setDecimal(1, "-1.5", 3), true);
  block.column(2).setText(0, "kWh");
  block.column(2).setText(1, "é".repeat(64));
  const type = "Nullable(Decimal(18, 3))";
  const expected = Buffer.concat([
    // columns, rows: only the first two of three
    Buffer.from([3, 2]),
    Buffer.from([1, 0x6e, 6, ...Buffer.from("UInt32")]),
    Buffer.from([0x02, 0x01, 0, 0, 0xff, 0xff, 0xff, 0xff]),
    Buffer.from([1, 0x76, type.length, ...Buffer.from(type)]),
    // which are NULL, then the numbers: -1500 = 0xfffffffffffffa24
    Buffer.from([1, 0]),
    Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0x24, 0xfa, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    Buffer.from([1, 0x74, 6, ...Buffer.from("String")]),
    // 128 bytes are two of length: 0x80, 0x01
    Buffer.from([3, ...Buffer.from("kWh"), 0x80, 0x01, ...Buffer.from("é".repeat(64))]),
  ]);
  assert.deepEqual(Buffer.from(block.bytes(2)), expected);
});

test("a decimal is written when it is plain digits that its column can hold", () => {
  const block = new NativeBlock([{ name: "v", type: "Nullable(Decimal(18, 3))" }], 1);
  for (const text of ["0", "-0.001", "1.25", "999999999999999.999", "-999999999999999.999", "007"])
    assert.equal(block.column(0).setDecimal(0, text, 3), true, text);
  for (const text of ["", "-", ".5", "5.", "1.2345", "1e3", "+1", "1,5", " 1", "1.2.3", "9999999999999999", "0x1"])
    assert.equal(block.column(0).setDecimal(0, text, 3), false, text);
});

test("a type that rows are not made of is refused by name", () => {
  assert.throws(() => new NativeBlock([{ name: "x", type: "Array(UInt32)" }], 1), /Array\(UInt32\)/);
});

for (const form of columnarForms()) {
  describe(`blocks in ${form.name}`, () => {
    async function opened(t: TestContext): Promise<ColumnarStore> {
      const store = await form.open();
      t.after(() => store.close());
      await store.client.command({
        query: `CREATE TABLE cells (${columns.map(({ name, type }) => `${name} ${type}`).join(", ")}) ENGINE = MergeTree ORDER BY number`,
      });
      return store;
    }

    test("are read back as they were written, whatever the cells hold", async (t) => {
      const store = await opened(t);
      const rows = fc.sample(
        fc.record({
          code: fc.option(fc.integer()),
          at: fc.integer({ min: Date.parse("1900-01-01"), max: Date.parse("2299-12-31") }),
          value: fc.option(fc.bigInt({ min: -(10n ** 18n) + 1n, max: 10n ** 18n - 1n })),
          told: fc.option(fc.string({ unit: "binary" })),
        }),
        200,
      );
      const blocks = [rows.slice(0, 50), rows.slice(50)].map((part, index) => {
        const block = new NativeBlock(columns, part.length);
        part.forEach(({ code, at, value, told }, row) => {
          block.column(0).setNumber32(row, index * 50 + row);
          if (code !== null) block.column(1).setNumber32(row, code);
          block.column(2).setNumber64(row, at);
          if (value !== null) assert.ok(block.column(3).setDecimal(row, thousandths(value), 3));
          if (told !== null) block.column(4).setText(row, told);
        });
        return block.bytes();
      });
      await insertNative(store, "cells", columns, blocks);
      const stored = await selectRows(
        store,
        "SELECT number, code, toString(toUnixTimestamp64Milli(at)), toString(value), told FROM cells ORDER BY number",
      );
      assert.deepEqual(
        stored,
        rows.map(({ code, at, value, told }, number) => [
          ...[number, code, String(at)],
          ...[value === null ? null : shortest(thousandths(value)), told],
        ]),
      );
    });

    test("that are damaged are refused whole", async (t) => {
      const store = await opened(t);
      const good = new NativeBlock(columns, 2).bytes();
      await assert.rejects(insertNative(store, "cells", columns, [good, good.subarray(0, -1)]));
      assert.deepEqual(await selectRows(store, "SELECT toUInt32(count()) FROM cells"), [[0]]);
      await insertNative(store, "cells", columns, [good]);
      assert.deepEqual(await selectRows(store, "SELECT toUInt32(count()) FROM cells"), [[2]]);
    });
  });
}

function thousandths(value: bigint): string {
  const digits = String(value < 0n ? -value : value).padStart(4, "0");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -3)}.${digits.slice(-3)}`;
}

/** As the engine tells it. */
function shortest(decimal: string): string {
  return decimal.replace(/\.?0+$/, "");
}
