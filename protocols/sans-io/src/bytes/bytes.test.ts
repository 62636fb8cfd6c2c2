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
  const truncated = { code: "bytes_truncated", fault: "damaged", offset: 1, message: /before a year/ };
  assert.throws(() => reader.unsigned16("a year"), truncated);
  assert.throws(() => reader.take(2, "a year"), truncated);
  assert.equal(reader.unsigned8("a month"), 2);
  assert.throws(() => new ByteReader(bytesFromHex("0102"), 1).expectEnd("a date"), {
    code: "bytes_trailing",
    offset: 1,
  });
});

test("little-endian fields are read as they are written", () => {
  const writer = new ByteWriter(0);
  writer.unsigned16LE(0x0102);
  writer.unsigned32LE(0x03040506);
  writer.unsignedLE(0x0708090a0b0c, 6);
  assert.equal(hexFromBytes(writer.finish()), "0201060504030C0B0A090807");
  const reader = new ByteReader(writer.finish());
  assert.equal(reader.unsigned16LE("a"), 0x0102);
  assert.equal(reader.unsigned32LE("a"), 0x03040506);
  assert.equal(reader.unsignedLE(6, "a"), 0x0708090a0b0c);
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
    assert.throws(() => bytesFromHex(text), { code: "hex_invalid", fault: "caller" }, text);
  }
  assert.deepEqual(bytesFromHex(" 0a\nFf "), Uint8Array.of(0x0a, 0xff));
});
