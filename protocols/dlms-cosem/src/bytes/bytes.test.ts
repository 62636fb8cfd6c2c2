import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, hexFromBytes } from "@anymeter/sans-io";
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";

test("a read past the limit says what was expected, and moves nothing", () => {
  const reader = new ByteReader(bytesFromHex("010203"), 1, 2);
  const truncated = { code: "apdu_truncated", offset: 1, message: /before a year/ };
  assert.throws(() => reader.unsigned16("a year"), truncated);
  assert.throws(() => reader.take(2, "a year"), truncated);
  assert.throws(() => reader.inner(2, "a year"), truncated);
  assert.equal(reader.unsigned8("a month"), 2);
  assert.throws(() => reader.unsigned8("a year"), { code: "apdu_truncated", offset: 2 });
});

test("an inner reader keeps the offsets of the whole", () => {
  const reader = new ByteReader(bytesFromHex("00 0102 03"));
  reader.skip(1, "a byte");
  const inner = reader.inner(2, "two bytes");
  inner.skip(2, "two bytes");
  assert.throws(() => inner.unsigned8("a third"), { offset: 3 });
  assert.equal(reader.unsigned8("the last"), 3);
});

test("lengths are written in the shortest form and read in any", () => {
  const written: readonly (readonly [number, string])[] = [
    [0, "00"],
    [127, "7F"],
    [128, "8180"],
    [255, "81FF"],
    [256, "820100"],
    [65535, "82FFFF"],
    [65536, "8400010000"],
  ];
  for (const [length, hex] of written) {
    const writer = new ByteWriter(0);
    writer.writeLength(length);
    assert.equal(hexFromBytes(writer.finish()), hex);
    assert.equal(new ByteReader(bytesFromHex(hex)).length("a length"), length);
  }
  for (const hex of ["8105", "820005", "83000005", "8400000005"]) {
    assert.equal(new ByteReader(bytesFromHex(hex)).length("a length"), 5);
  }
});
