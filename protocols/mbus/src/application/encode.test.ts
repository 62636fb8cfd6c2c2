import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, hexFromBytes } from "@anymeter/sans-io";
import { decodeTelegram } from "./decode.ts";
import { encodeVariableData } from "./encode.ts";

const flow = { coding: "int8", valueInformation: [0x5b], value: 21 } as const;
const short = { accessNumber: 42, status: 4, configuration: 0 };
const long = { identification: "12345678", manufacturer: "KAM", version: 1, medium: 7, ...short };

const telegrams = [
  { name: "long header", bytes: encodeVariableData(long, [flow]), hex: "72 78563412 2D2C 01 07 2A 04 0000 015B15" },
  { name: "short header", bytes: encodeVariableData(short, [flow]), hex: "7A 2A 04 0000 015B15" },
  { name: "no header", bytes: encodeVariableData(undefined, [flow]), hex: "78 015B15" },
  {
    name: "data to a meter",
    bytes: encodeVariableData(undefined, [{ coding: "int8", valueInformation: [0x7a], value: 8 }], {
      controlInformation: 0x51,
    }),
    hex: "51 017A08",
  },
  { name: "more follows", bytes: encodeVariableData(undefined, [flow], { moreFollows: true }), hex: "78 015B15 1F" },
  {
    name: "more follows, with manufacturer data",
    bytes: encodeVariableData(undefined, [flow], { moreFollows: true, manufacturerData: Uint8Array.of(1, 2) }),
    hex: "78 015B15 1F 0102",
  },
  {
    name: "manufacturer data",
    bytes: encodeVariableData(undefined, [bytesFromHex("2F 015B15")], { manufacturerData: Uint8Array.of(1, 2) }),
    hex: "78 2F 015B15 0F 0102",
  },
];
for (const { name, bytes, hex } of telegrams) {
  test(name, () => assert.equal(hexFromBytes(bytes), hex.replace(/ /g, "")));
}

test("header, records and manufacturer data read back", () => {
  const decoded = decodeTelegram(encodeVariableData(long, [flow, flow], { manufacturerData: Uint8Array.of(9) }));
  assert.deepEqual(decoded.header, long);
  assert.equal(decoded.records.length, 2);
  assert.deepEqual(decoded.manufacturerData, Uint8Array.of(9));
});

test("what no header can say is refused", () => {
  const refused = { code: "value_not_encodable" };
  assert.throws(() => encodeVariableData({ ...long, identification: "1234567" }, []), refused);
  assert.throws(() => encodeVariableData({ ...long, identification: "1234567X" }, []), refused);
  assert.throws(() => encodeVariableData({ ...long, manufacturer: "kam" }, []), refused);
});
