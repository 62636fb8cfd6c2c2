import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, hexFromBytes } from "@anymeter/sans-io";
import fc from "@anymeter/sans-io/testing/properties";
import { decimalOf, digitsAt, weighted } from "./decimals.ts";
import { bitsOfMeterTime, meterTimeOf } from "./meter-time.ts";
import { decodeValue, encodeValue, type Value, type ValueType, valueTypes } from "./value-types.ts";

const examples: readonly (readonly [type: ValueType, hex: string, value: Value, why: string])[] = [
  ["byte", "2A", 42, "one byte"],
  ["word", "2607", 1830, "0x0726, low byte first"],
  ["eword", "010203", 0x030201, "24 bits"],
  ["ulong", "15CD5B07", 123456789, "32 bits"],
  ["eulong", "0000000001", 4294967296, "2^32 needs the fifth byte"],
  ["float", "CDCCCC3D", "0.1", "published: the pulse weight of the example"],
  ["float", "00401C46", "10000", "0x461C4000"],
  ["float1", "B4F9", "-16.12", "-1612 hundredths, the example of iflag"],
  ["float1", "3408", "21.00", "2100 hundredths; zeros tell the resolution"],
  ["float2", "E803", "1.000", "1000 × 10^-3"],
  ["float3", "1900", "2.5", "25 × 10^-1"],
  ["float3", "1067", "10000", "10000 × 10^0: the finest exponent that holds it"],
  ["index", "142E0000801D2C04", "11796.7", "published: test of iflag"],
  ["index9", "142E000000801D2C04", "11796.7", "published: test of iflag"],
  ["index", "0100000001000000", "1.00000001", "1/10^8"],
  ["date", "8751C854", "2021-03-04T05:06:07", "21 << 26 | 3 << 22 | 4 << 17 | 5 << 12 | 6 << 6 | 7 = 0x54C85187"],
  ["string", "464C5F6230303430", "FL_b0040", "published: the map of the README of iflag"],
  ["string", "5632E90000000000", "V2é", "Latin-1, NULs behind"],
  ["raw", "0102030405060708", bytesFromHex("0102030405060708"), "as it stands"],
];

for (const [type, hex, value, why] of examples) {
  test(`${type} ${hex}: ${why}`, () => {
    assert.deepEqual(decodeValue(type, bytesFromHex(hex)), value);
    assert.equal(hexFromBytes(encodeValue(type, value as never)), hex);
  });
}

test("exponents need not be the finest", () => {
  assert.equal(decodeValue("float2", bytesFromHex("E883")), "10.00"); // 1000 × 10^-2
  assert.equal(decodeValue("float3", bytesFromHex("1940")), "25"); // 25 × 10^0
  assert.equal(decodeValue("float3", bytesFromHex("19C0")), "2500"); // 25 × 10^2
});

test("bytes FF are no value in every type, and no value is written as bytes FF", () => {
  for (const type of Object.keys(valueTypes) as ValueType[]) {
    const bytes = new Uint8Array(valueTypes[type].length).fill(0xff);
    assert.equal(decodeValue(type, bytes), undefined, type);
    assert.deepEqual(encodeValue(type, undefined), bytes, type);
  }
});

test("the Float3 exponent is a switch", () => {
  assert.equal(decodeValue("float3", bytesFromHex("1900"), 0, -1), "2.5");
  assert.equal(decodeValue("float3", bytesFromHex("1900"), 0, -2), "0.25");
  assert.equal(hexFromBytes(encodeValue("float3", "2.5", -2)), "FA00");
});

test("a Float1 is written in hundredths", () => {
  assert.equal(hexFromBytes(encodeValue("float1", "-16.12")), "B4F9");
});

test("numbers finer than their type are rounded, and those too great are refused", () => {
  assert.equal(decodeValue("float1", encodeValue("float1", "21.546")), "21.55");
  assert.equal(decodeValue("float1", encodeValue("float1", "-21.546")), "-21.55");
  assert.equal(decodeValue("float3", encodeValue("float3", "123456")), "123460"); // 12346 × 10^1
  assert.equal(decodeValue("float2", encodeValue("float2", "40.128")), "40.13");
  for (const [type, value] of [
    ["byte", 256],
    ["word", -1],
    ["word", 1.5],
    ["float1", "400"],
    ["float2", "-1"],
    ["float2", "400"],
    ["float3", "1638400"],
    ["index", "4294967296"],
    ["index", "1.123456789"],
    ["index", "-1"],
    ["float", "much"],
    ["string", "too long a text"],
    ["string", "中"],
    ["raw", Uint8Array.of(1)],
  ] as const) {
    assert.throws(() => encodeValue(type, value as never), { code: "value_not_encodable", fault: "caller" }, type);
  }
});

test("a value whose bytes would mean no value is refused", () => {
  assert.throws(() => encodeValue("byte", 255), { message: /its bytes mean no value/ });
  assert.throws(() => encodeValue("float1", "-0.01"), { code: "value_not_encodable" });
});

test("a float that is no number is no value", () => {
  assert.equal(decodeValue("float", bytesFromHex("0000C07F")), undefined);
  assert.equal(decodeValue("float", bytesFromHex("0000807F")), undefined);
});

test("an alarm keeps its flags, its value and its four times", () => {
  const alarm = {
    active: 1,
    memorised: 0,
    value: "12.5",
    start: "2021-03-04T05:06:07",
    end: undefined,
    memorisedStart: "2020-02-29T23:59:59",
    memorisedEnd: "2020-03-01T00:00:00",
  };
  const bytes = encodeValue("alarm", alarm);
  // 1, 0, 12.5 as a float, 0x54C85187, none, 20 << 26 | 2 << 22 | 29 << 17 | 23 << 12 | 59 << 6 | 59 = 0x50BB7EFB, 0x50C20000
  assert.equal(hexFromBytes(bytes), "0100000048418751C85400000000FB7EBB500000C250");
  assert.deepEqual(decodeValue("alarm", bytes), alarm);
});

test("bits that are no time of the calendar are no time", () => {
  for (const [year, month, day, hour, minute, second] of [
    [0, 0, 0, 0, 0, 0],
    [21, 13, 1, 0, 0, 0],
    [21, 2, 29, 0, 0, 0],
    [21, 4, 31, 0, 0, 0],
    [21, 1, 0, 0, 0, 0],
    [21, 1, 1, 24, 0, 0],
    [21, 1, 1, 0, 60, 0],
    [21, 1, 1, 0, 0, 60],
  ] as const) {
    const bits = ((year << 26) | (month << 22) | (day << 17) | (hour << 12) | (minute << 6) | second) >>> 0;
    assert.equal(meterTimeOf(bits), undefined, [year, month, day, hour, minute, second].join());
  }
  for (const text of [
    "1999-12-31T23:59:59",
    "2064-01-01T00:00:00",
    "2021-02-29T00:00:00",
    "2021-3-4T05:06:07",
    "2021-03-04",
  ]) {
    assert.throws(() => bitsOfMeterTime(text), { code: "date_invalid", fault: "caller" }, text);
  }
});

test("every time from 2000 to 2063 reads back", () => {
  const range = { min: new Date(Date.UTC(2000, 0, 1)), max: new Date(Date.UTC(2063, 11, 31, 23, 59, 59)) };
  fc.assert(
    fc.property(fc.date({ ...range, noInvalidDate: true }), (date) => {
      const text = date.toISOString().slice(0, 19);
      assert.equal(meterTimeOf(bitsOfMeterTime(text)), text);
    }),
  );
});

test("whole numbers, indexes and strings read back", () => {
  const same = (type: ValueType, value: Value) =>
    assert.deepEqual(decodeValue(type, encodeValue(type, value as never)), value);
  fc.assert(
    fc.property(fc.nat(0xfffe), fc.nat(2 ** 31), fc.integer({ min: 0, max: 2 ** 40 - 2 }), (word, ulong, eulong) => {
      same("word", word);
      same("ulong", ulong);
      same("eulong", eulong);
    }),
  );
  fc.assert(
    fc.property(fc.nat(2 ** 31 - 1), fc.nat(99_999_999), (whole, fraction) => {
      const digits = String(fraction).padStart(8, "0").replace(/0+$/, "");
      same("index", digits === "" ? String(whole) : `${whole}.${digits}`);
      same("index9", digits === "" ? String(whole) : `${whole}.${digits}`);
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."AZaz09_é"), maxLength: 8 }), (text) => same("string", text)),
  );
});

test("pulses are weighted exactly", () => {
  const weight = (text: string) => decimalOf(text)!;
  assert.equal(weighted(123, 0, weight("0.1")), "12.3");
  assert.equal(weighted(123, 0, weight("10")), "1230");
  assert.equal(weighted(456_789, -3, weight("0.1")), "45.6789");
  assert.equal(weighted(0, 0, weight("0.1")), "0.0");
  // 2^40 - 2 pulses of 0.123456789 m³: 1099511627774 × 123456789, past what a float holds.
  assert.equal(weighted(2 ** 40 - 2, 0, weight("0.123456789")), "135742175033.141257686");
  fc.assert(
    fc.property(fc.nat(2 ** 31), fc.nat(999_999_999), fc.nat(9), (pulses, digits, places) => {
      const text = `${digits}`.padStart(places + 1, "0");
      const weightText = places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`;
      const product = weighted(pulses, 0, weight(weightText));
      assert.equal(BigInt(product.replace(".", "")), BigInt(pulses) * BigInt(digits));
      assert.equal((product.split(".")[1] ?? "").length, places);
    }),
  );
});

test("text that is no decimal number is none", () => {
  for (const text of ["", "much", "1e3", ".5", "1.", "0x10", "1,5"]) {
    assert.equal(decimalOf(text), undefined, text);
    assert.equal(digitsAt(text, 0), undefined, text);
  }
});
