import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bytesFromHex } from "@anymeter/sans-io";
import fc from "@anymeter/sans-io/testing/properties";
import { type Order, orders } from "./order.ts";
import { decodeValue, encodeValue, type ValueLayout } from "./value.ts";

type Case = readonly [hex: string, layout: ValueLayout, exponent: number, value: string | undefined];

/** Floats: IEEE 754, 230 = 1.796875 × 2^7 → 0 10000110 1100110 0… = 43660000; 0.1 is the float32 nearest to it. */
const cases: readonly Case[] = [
  ["43660000", { type: "float32" }, 0, "230"],
  ["00004366", { type: "float32", order: "CDAB" }, 0, "230"],
  ["66430000", { type: "float32", order: "BADC" }, 0, "230"],
  ["00006643", { type: "float32", order: "DCBA" }, 0, "230"],
  ["3DCCCCCD", { type: "float32" }, 0, "0.1"],
  ["450FD800", { type: "float32" }, -1, "230.15"], // 2301.5, as a Chint DTSU666 gives volts
  ["7FC00000", { type: "float32" }, 0, undefined],
  ["FFFFFFFF", { type: "float32" }, 0, undefined],
  ["7F800000", { type: "float32" }, 0, undefined],
  ["406CC00000000000", { type: "float64" }, 0, "230"],
  ["00000000C000406C", { type: "float64", order: "CDAB" }, 0, "230"],
  ["6C4000C000000000", { type: "float64", order: "BADC" }, 0, "230"],
  ["0000000000C06C40", { type: "float64", order: "DCBA" }, 0, "230"],
  ["7FF8000000000000", { type: "float64" }, 0, undefined],
  ["08FD", { type: "uint16" }, -1, "230.1"],
  ["FD08", { type: "uint16", order: "BADC" }, -1, "230.1"],
  ["FFF3", { type: "int16" }, -1, "-1.3"], // ABB A43/A44 manual page 170: FFF3hex = -13 → -1.3 degrees
  ["1383", { type: "uint16" }, -2, "49.95"], // the same page: 1383 = 4995 → 49.95 Hz
  ["00000FC0", { type: "uint32" }, -1, "403.2"], // the same page: 4032 → 403.2 V
  ["FFFFD04A", { type: "int32" }, -2, "-122.14"], // the same page: -12214 → -122.14 var
  ["0000000000031292", { type: "uint64" }, -2, "2013.62"], // the same manual, page 169: L1 active import energy
  ["0FC00000", { type: "uint32", order: "CDAB" }, -1, "403.2"],
  ["FFFFFFFFFFFFFFFF", { type: "uint64" }, 0, "18446744073709551615"],
  ["8000000000000000", { type: "int64" }, -3, "-9223372036854775.808"],
  ["FFFFFFFE", { type: "int32" }, 0, "-2"],
  ["1234", { type: "bcd16" }, -2, "12.34"],
  ["00123456", { type: "bcd32" }, -1, "12345.6"],
  ["34560012", { type: "bcd32", order: "CDAB" }, 0, "123456"],
  ["0000000000000042", { type: "bcd64" }, 0, "42"],
  ["8000", { type: "int16", unavailable: ["8000"] }, 0, undefined],
  ["8001", { type: "int16", unavailable: ["8000"] }, 0, "-32767"],
  ["FFFFFFFF", { type: "uint32", unavailable: ["FFFFFFFF"] }, -2, undefined],
  ["00007FFF", { type: "int32", order: "CDAB", unavailable: ["7FFF"] }, -1, undefined],
  ["12347FFF", { type: "int32", order: "CDAB", unavailable: ["7FFF"] }, -1, undefined],
  ["416E796D65746572", { type: "string", registers: 4 }, 0, "Anymeter"],
  ["414D200000000000", { type: "string", registers: 4 }, 0, "AM"],
];

describe("values of registers", () => {
  for (const [hex, layout, exponent, value] of cases) {
    test(`${hex} as ${layout.type} ${layout.order ?? "ABCD"} × 10^${exponent} is ${value}`, () => {
      assert.equal(decodeValue(bytesFromHex(hex), 0, layout, exponent), value);
    });
  }

  test("strings with swapped bytes are put right", () => {
    // "AnyM" with the bytes of each word swapped: nA My.
    assert.equal(decodeValue(bytesFromHex("6E414D79"), 0, { type: "string", registers: 2, order: "BADC" }), "AnyM");
  });
});

test("a value begins anywhere in the registers", () => {
  assert.equal(decodeValue(bytesFromHex("FFFF 43660000 FFFF"), 2, { type: "float32" }), "230");
});

test("missing registers and digits that are none are named", () => {
  assert.throws(() => decodeValue(bytesFromHex("4366"), 0, { type: "float32" }), { code: "register_bytes_missing" });
  assert.throws(() => decodeValue(bytesFromHex("12A4"), 0, { type: "bcd16" }), /hold no decimal digits/);
});

const order = fc.constantFrom<Order>(...orders);
const whole: readonly (readonly [ValueLayout["type"], min: bigint, max: bigint])[] = [
  ["uint16", 0n, 0xffffn],
  ["int16", -0x8000n, 0x7fffn],
  ["uint32", 0n, 0xffff_ffffn],
  ["int32", -0x8000_0000n, 0x7fff_ffffn],
  ["uint64", 0n, 2n ** 64n - 1n],
  ["int64", -(2n ** 63n), 2n ** 63n - 1n],
  ["bcd16", 0n, 9999n],
  ["bcd32", 0n, 99_999_999n],
  ["bcd64", 0n, 9_999_999_999_999_999n],
];

describe("what is written is read again", () => {
  for (const [type, min, max] of whole) {
    test(`${type}, in every order`, () => {
      fc.assert(
        fc.property(fc.bigInt({ min, max }), order, (value, order) => {
          assert.equal(decodeValue(encodeValue(value, { type, order }), 0, { type, order }), value.toString());
        }),
      );
      for (const outside of [min - 1n, max + 1n]) {
        assert.throws(() => encodeValue(outside, { type }), { code: "value_not_encodable" });
      }
    });
  }

  test("floats, in every order", () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), order, (value, order) => {
        const read = decodeValue(encodeValue(value, { type: "float32", order }), 0, { type: "float32", order });
        assert.equal(Math.fround(Number(read)), value === 0 ? Number(read) : value);
      }),
    );
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), order, (value, order) => {
        const read = decodeValue(encodeValue(value, { type: "float64", order }), 0, { type: "float64", order });
        assert.equal(Number(read), value === 0 ? Number(read) : value);
      }),
    );
  });

  test("text, and that a value is not available", () => {
    const text: ValueLayout = { type: "string", registers: 4 };
    assert.equal(decodeValue(encodeValue("AM-7", text), 0, text), "AM-7");
    for (const layout of [
      { type: "float32" },
      { type: "float64", order: "CDAB" },
      { type: "int32", order: "CDAB", unavailable: ["7FFF"] },
      { type: "uint16", unavailable: ["FFFF"] },
    ] satisfies ValueLayout[]) {
      assert.equal(decodeValue(encodeValue(undefined, layout), 0, layout), undefined, layout.type);
    }
    assert.throws(() => encodeValue(undefined, { type: "uint16" }), /nothing means that it is not available/);
    assert.throws(() => encodeValue("12.5", { type: "uint16" }), /no whole number/);
    // What JavaScript would take for 0, 16 and infinity must not be written into a meter.
    for (const none of ["twelve", "", " ", "0x10", "Infinity"]) {
      assert.throws(() => encodeValue(none, { type: "float32" }), /is no number/, none);
    }
    assert.throws(() => encodeValue("1e39", { type: "float32" }), /too great/);
    assert.equal(decodeValue(encodeValue("-1.5e2", { type: "float64" }), 0, { type: "float64" }), "-150");
    assert.throws(() => encodeValue("too long a text", text), { code: "value_not_encodable" });
  });
});
