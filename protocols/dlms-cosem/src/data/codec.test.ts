import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, hexFromBytes } from "@anymeter/sans-io";
import { assertSurvivesCuttingAndMutation, Random } from "@anymeter/sans-io/testing";
import { randomData } from "../testing/random-data.ts";
import { encodedDataVectors } from "../testing/vectors.ts";
import { dataFromBytes, dataToBytes } from "./codec.ts";
import type { Data } from "./data.ts";
import { dataLimits } from "./limits.ts";
import { dataTags } from "./tags.ts";

for (const { name, bytes, value, canonical } of encodedDataVectors) {
  test(`decodes ${name}`, () => {
    assert.deepEqual(dataFromBytes(bytes), value);
  });

  test(`encodes ${name}`, () => {
    const encoded = dataToBytes(value);
    if (canonical) assert.equal(hexFromBytes(encoded), hexFromBytes(bytes));
    assert.deepEqual(dataFromBytes(encoded), value);
  });

  test(`survives cut and changed bytes of ${name}`, () => {
    assertSurvivesCuttingAndMutation(dataFromBytes, bytes);
  });
}

test("every type has a vector", () => {
  const types = new Set(encodedDataVectors.map(({ value }) => value.type));
  assert.deepEqual([...types].sort(), Object.keys(dataTags).sort());
});

test("random data of every type comes back as it went", () => {
  const random = new Random(62056);
  for (let count = 0; count < 5000; count++) {
    const data = randomData(random);
    assert.deepEqual(dataFromBytes(dataToBytes(data)), data);
  }
});

test("a value outside its type's range is refused", () => {
  const outside: readonly Data[] = [
    { type: "unsigned", value: 256 },
    { type: "integer", value: -129 },
    { type: "long-unsigned", value: 1.5 },
    { type: "double-long-unsigned", value: -1 },
    { type: "bcd", value: 100 },
    { type: "enum", value: Number.NaN },
    { type: "long64", value: 2n ** 63n },
    { type: "long64-unsigned", value: -1n },
    { type: "bit-string", value: "012" },
    { type: "visible-string", value: "€" },
    { type: "date", value: { month: 256 } },
    { type: "date-time", value: { deviation: 40_000 } },
    { type: "compact-array", description: { type: "long" }, value: [{ type: "unsigned", value: 1 }] },
  ];
  for (const data of outside) {
    assert.throws(() => dataToBytes(data), { code: "value_not_encodable", fault: "caller" }, data.type);
  }
});

test("an unknown type and a byte that is no decimal digits are named", () => {
  assert.throws(() => dataFromBytes(bytesFromHex("02 01 0B")), { code: "data_tag_unknown", offset: 2, message: /^0B/ });
  assert.throws(() => dataFromBytes(bytesFromHex("0D 4A")), { code: "bcd_invalid", offset: 1, message: /4A/ });
});

test("nesting ends at the limit", () => {
  const nested = (levels: number) => bytesFromHex(`${"0101".repeat(levels)}00`);
  assert.equal(dataFromBytes(nested(dataLimits.nesting)).type, "array");
  assert.throws(() => dataFromBytes(nested(dataLimits.nesting + 1)), { code: "data_nesting_exceeded" });
  assert.throws(() => dataFromBytes(bytesFromHex(`13 ${"010001".repeat(40)} 11 00`)), {
    code: "data_nesting_exceeded",
  });
});

test("a count beyond the bytes is refused before anything is made", () => {
  assert.throws(() => dataFromBytes(bytesFromHex("01 84 FFFFFFFF 00")), { code: "data_elements_exceeded" });
  assert.throws(() => dataFromBytes(bytesFromHex("01 83 0F0000 00")), { code: "apdu_truncated" });
});

test("a compact-array cannot yield values from no bytes", () => {
  const invalid = { code: "compact_array_description_invalid" };
  assert.throws(() => dataFromBytes(bytesFromHex("13 00 02 0000")), invalid);
  assert.throws(() => dataFromBytes(bytesFromHex("13 02 00 02 0000")), invalid);
  assert.throws(() => dataFromBytes(bytesFromHex("13 02 02 11 01 FFFF 00 01 00")), invalid);
  assert.throws(() => dataFromBytes(bytesFromHex("13 13 11 01 00")), invalid);
  // An octet-string and nulls behind it: with the structure itself 8 values from a byte at least, or 9.
  assert.equal(dataFromBytes(bytesFromHex(`13 02 07 09 ${"00".repeat(6)} 01 00`)).type, "compact-array");
  assert.throws(() => dataFromBytes(bytesFromHex(`13 02 08 09 ${"00".repeat(7)} 01 00`)), invalid);
});

test("lengths of the indefinite form and of five bytes are refused", () => {
  assert.throws(() => dataFromBytes(bytesFromHex("09 80 0000")), { code: "length_invalid", message: /indefinite/ });
  assert.throws(() => dataFromBytes(bytesFromHex("09 85 0000000001 00")), {
    code: "length_invalid",
    message: /5 bytes/,
  });
});

test("a long visible-string is each of its bytes as a character", () => {
  const bytes = Uint8Array.from({ length: 10_000 }, (_, index) => index & 0xff);
  const { value } = dataFromBytes(Uint8Array.of(0x0a, 0x82, 0x27, 0x10, ...bytes));
  assert.deepEqual(Buffer.from(value as string, "latin1"), Buffer.from(bytes));
  assert.deepEqual(dataToBytes({ type: "visible-string", value: value as string }).subarray(4), bytes);
});

test("a bit-string of more bits than the limit is refused", () => {
  assert.throws(() => dataFromBytes(bytesFromHex("04 84 000F4241 00")), {
    code: "length_invalid",
    message: /1000001 bits/,
  });
});

test("an encoding beyond the limit is refused unread", () => {
  assert.throws(() => dataFromBytes(new Uint8Array(dataLimits.bytes + 1)), { code: "apdu_too_long" });
});
