import assert from "node:assert/strict";
import { test } from "node:test";
import { jsonParts } from "./json-parts.ts";

const parts = (rows: readonly string[], limits: { rows: number; characters: number }) =>
  [...jsonParts(rows, (row) => JSON.stringify(row), limits)].map(({ rows: of, json }) => {
    assert.deepEqual(JSON.parse(json), of);
    return of.length;
  });

test("rows are parted by their number and by their length, in order, and a long one goes alone", () => {
  assert.deepEqual(parts(["a", "b", "c", "d", "e"], { rows: 2, characters: 1_000 }), [2, 2, 1]);
  const long = "x".repeat(50);
  assert.deepEqual(parts(["a", long, "b", "c", long, long], { rows: 10, characters: 20 }), [1, 1, 2, 1, 1]);
  assert.deepEqual(parts([], { rows: 2, characters: 10 }), []);
});

test("no more than one part is written ahead of whoever stores it", () => {
  let written = 0;
  const all = jsonParts(
    Array.from({ length: 10 }, (_, index) => index),
    (row) => {
      written += 1;
      return String(row);
    },
    { rows: 3, characters: 100 },
  );
  assert.equal(all.next().value?.json, "[0,1,2]");
  assert.equal(written, 4);
});
