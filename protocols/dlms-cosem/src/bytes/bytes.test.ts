import assert from "node:assert/strict";
import { test } from "node:test";
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { bytesFromHex, hexFromBytes } from "./hex.ts";

test("fields are big-endian, signed ones two's complement", () => {
  const reader = new ByteReader(bytesFromHex("FE FFFE FFFFFFFE FFFFFFFFFFFFFFFE FE FFFE FFFFFFFE FFFFFFFFFFFFFFFE"));
  assert.equal(reader.unsigned8("a"), 254);
  assert.equal(reader.unsigned16("a"), 65534);
  assert.equal(reader.unsigned32("a"), 4294967294);
  assert.equal(reader.unsigned64("a"), 18446744073709551614n);
  assert.equal(reader.signed8("a"), -2);
  assert.equal(reader.signed16("a"), -2);
  assert.equal(reader.signed32("a"), -2);
  assert.equal(reader.signed64("a"), -2n);
  assert.equal(reader.remaining, 0);
});

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

test("a writer grows over any field", () => {
  const writer = new ByteWriter(0);
  writer.unsigned8(1);
  writer.unsigned16(0x0203);
  writer.unsigned32(0x04050607);
  writer.unsigned64(0x08090a0b0c0d0e0fn);
  writer.write(new Uint8Array(100).fill(0xaa));
  assert.equal(writer.length, 115);
  assert.equal(hexFromBytes(writer.finish()), `0102030405060708090A0B0C0D0E0F${"AA".repeat(100)}`);
});

test("hexadecimal text that is no pairs of digits is refused", () => {
  for (const text of ["1", "0G", "0x12"]) {
    assert.throws(() => bytesFromHex(text), { code: "value_not_encodable", fault: "caller" }, text);
  }
  assert.deepEqual(bytesFromHex(" 0a\nFf "), Uint8Array.of(0x0a, 0xff));
});
