import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, hexFromBytes, scale } from "@anymeter/sans-io";
import fc from "@anymeter/sans-io/testing/properties";
import { recordLines } from "../testing/record-lines.ts";
import { decodeRecords } from "./decode.ts";
import { encodeRecord, type RecordCoding, type RecordToEncode } from "./encode.ts";
import { recordFunctions } from "./record.ts";
import { extensionFbTable } from "./tables/extension-fb.ts";
import { extensionFdTable } from "./tables/extension-fd.ts";
import { primaryTable } from "./tables/primary.ts";

const written: readonly { record: RecordToEncode; hex: string }[] = [
  { record: { coding: "bcd8", valueInformation: [0x13], value: "12.345" }, hex: "0C 13 45 23 01 00" },
  { record: { coding: "bcd6", valueInformation: [0x2d], value: -200 }, hex: "0B 2D 02 00 F0" },
  { record: { coding: "int32", valueInformation: [0x06], value: 28_014_000 }, hex: "04 06 6E 6D 00 00" },
  { record: { coding: "int16", valueInformation: [0x2b], value: -202 }, hex: "02 2B 36 FF" },
  {
    record: { coding: "int64", valueInformation: [0x00], value: "9223372036854775.807" },
    hex: "07 00 FF FF FF FF FF FF FF 7F",
  },
  { record: { coding: "float32", valueInformation: [0x2e], value: 1250 }, hex: "05 2E 00 00 A0 3F" },
  { record: { coding: "bcd8", valueInformation: [0x78], value: "00001234" }, hex: "0C 78 34 12 00 00" },
  { record: { coding: "text", valueInformation: [0xfd, 0x11], value: "ABC" }, hex: "0D FD 11 03 43 42 41" },
  {
    record: { coding: "binary", valueInformation: [0xfd, 0x3b], value: Uint8Array.of(1, 2) },
    hex: "0D FD 3B E2 01 02",
  },
  {
    record: { coding: "date", valueInformation: [0x6c], value: { year: 2011, month: 12, day: 31 } },
    hex: "02 6C 7F 1C",
  },
  {
    record: {
      coding: "dateTime",
      valueInformation: [0x6d],
      value: { year: 2012, month: 1, day: 13, hour: 16, minute: 34 },
    },
    hex: "04 6D 22 30 8D 11",
  },
  { record: { coding: "none", valueInformation: [0x13], function: "maximum", storage: 1 }, hex: "50 13" },
  {
    record: { coding: "int32", valueInformation: [0x06], value: 1000, storage: 67, tariff: 7, subunit: 1 },
    hex: "C4 F1 12 06 01 00 00 00",
  },
];
for (const { record, hex } of written) {
  test(`${record.coding} ${hex}`, () => assert.equal(hexFromBytes(encodeRecord(record)), hex.replace(/ /g, "")));
}

test("what a record cannot hold is refused, not cut", () => {
  const refused: RecordToEncode[] = [
    { coding: "int8", valueInformation: [0x5b], value: 128 },
    { coding: "int8", valueInformation: [0x5b], value: -128 },
    { coding: "bcd4", valueInformation: [0x5b], value: 10_000 },
    { coding: "bcd4", valueInformation: [0x5b], value: -1000 },
    { coding: "bcd8", valueInformation: [0x13], value: "0.0005" },
    { coding: "int32", valueInformation: [0x06], value: 1500 },
    { coding: "int32", valueInformation: [0x06], value: new Uint8Array(4) },
    { coding: "date", valueInformation: [0x6c], value: 5 },
    { coding: "date", valueInformation: [0x6c], value: { year: 1900, month: 1, day: 1 } },
    { coding: "date", valueInformation: [0x6c], value: { year: 2026, month: 13, day: 1 } },
    { coding: "dateTime", valueInformation: [0x6d], value: { year: 2026, month: 1, day: 1, hour: 24, minute: 0 } },
    { coding: "text", valueInformation: [0xfd, 0x11], value: "x".repeat(192) },
    { coding: "text", valueInformation: [0xfd, 0x11], value: "€" },
    { coding: "binary", valueInformation: [0xfd, 0x3b], value: new Uint8Array(16) },
    { coding: "int32", valueInformation: [0x93], value: 1 },
    { coding: "int32", valueInformation: [0x13, 0x13], value: 1 },
    { coding: "int32", valueInformation: [0x13], value: 1, storage: 2 ** 41 },
  ];
  for (const record of refused) assert.throws(() => encodeRecord(record), { code: "value_not_encodable" });
});

/** VIF bytes of every code of the tables that is a plain number. */
const numberCodes = [
  ...primaryTable.map((meaning, code) => ({ meaning, vif: [code] })),
  ...extensionFbTable.map((meaning, code) => ({ meaning, vif: [0xfb, code] })),
  ...extensionFdTable.map((meaning, code) => ({ meaning, vif: [0xfd, code] })),
].flatMap(({ meaning, vif }) =>
  meaning?.form === "number" && meaning.factor === undefined ? [{ vif, exponent: meaning.exponent }] : [],
);

test("any number of any VIF reads back as it was written", () => {
  const sizes: readonly (readonly [RecordCoding, number])[] = [
    ["int8", 127],
    ["int16", 2 ** 15 - 1],
    ["int24", 2 ** 23 - 1],
    ["int32", 2 ** 31 - 1],
    ["int48", 2 ** 47 - 1],
    ["bcd2", 9],
    ["bcd4", 999],
    ["bcd8", 9_999_999],
    ["bcd12", 99_999_999_999],
  ];
  const cases = fc.record({
    code: fc.constantFrom(...numberCodes),
    size: fc.constantFrom(...sizes),
    fraction: fc.double({ min: -1, max: 1, noNaN: true }),
    function: fc.constantFrom(...recordFunctions),
    storage: fc.integer({ min: 0, max: 2 ** 41 - 1 }),
    tariff: fc.integer({ min: 0, max: 2 ** 20 - 1 }),
    subunit: fc.integer({ min: 0, max: 1023 }),
  });
  fc.assert(
    fc.property(cases, ({ code, size: [coding, largest], fraction, ...head }) => {
      const steps = Math.trunc(fraction * largest) + 0;
      const value = scale(steps, code.exponent);
      const { records, problems } = decodeRecords(encodeRecord({ coding, valueInformation: code.vif, value, ...head }));
      assert.deepEqual(problems, []);
      const [record] = records;
      assert.deepEqual([record!.kind, record!.value], ["decimal", value]);
      const { function: name, storage, tariff, subunit } = record!;
      assert.deepEqual({ function: name, storage, tariff, subunit }, head);
    }),
    { numRuns: 500 },
  );
});

test("every float32 keeps its value", () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const [record] = decodeRecords(encodeRecord({ coding: "float32", valueInformation: [0x2b], value })).records;
      assert.equal(Math.fround(Number(record!.value)), Math.fround(value) + 0);
    }),
  );
});

test("text of ISO 8859-1 reads back", () => {
  const bytes = encodeRecord({ coding: "text", valueInformation: [0xfd, 0x10], value: "Gebäude 4 §" });
  assert.deepEqual(recordLines(decodeRecords(bytes).records), ["customer location = text Gebäude 4 §"]);
  assert.equal(hexFromBytes(bytes.subarray(0, 4)), hexFromBytes(bytesFromHex("0D FD 10 0B")));
});
