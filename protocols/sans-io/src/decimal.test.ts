import assert from "node:assert/strict";
import { test } from "node:test";
import { decimalFromFloat32, scale } from "./decimal.ts";
import { Random } from "./testing/random.ts";

test("digits are moved, not computed", () => {
  const cases: readonly (readonly [number | bigint, number, string])[] = [
    [12340, -2, "123.40"],
    [5, -3, "0.005"],
    [-5, -3, "-0.005"],
    [-12345, -2, "-123.45"],
    [7, 3, "7000"],
    [0, 3, "0"],
    [0, -2, "0.00"],
    [100, -2, "1.00"],
    [123456789012345678n, -6, "123456789012.345678"],
    [18446744073709551615n, 0, "18446744073709551615"],
    [-9223372036854775808n, 1, "-92233720368547758080"],
    [1e21, 0, "1000000000000000000000"],
    [1.5e-7, 0, "0.00000015"],
    [230.5, 1, "2305"],
    [0.1, -1, "0.01"],
  ];
  for (const [value, scaler, text] of cases) assert.equal(scale(value, scaler), text);
});

test("scaling up and down by bigint arithmetic agrees", () => {
  const random = new Random(10);
  for (let count = 0; count < 1000; count++) {
    const value = BigInt(random.word()) * BigInt(random.word()) - 2n ** 62n;
    const scaler = random.integer(-18, 18);
    const text = scale(value, scaler);
    const [whole = "", fraction = ""] = text.split(".");
    assert.equal(fraction.length, Math.max(-scaler, 0));
    assert.equal(BigInt(whole + fraction), scaler > 0 ? value * 10n ** BigInt(scaler) : value);
  }
});

test("whole numbers are scaled like their text, whatever their size", () => {
  const random = new Random(11);
  for (let count = 0; count < 2000; count++) {
    const value =
      random.integer(-1, 1) * Math.floor(random.word() / 2 ** random.integer(0, 31)) * random.integer(1, 2 ** 20);
    const exponent = -random.integer(1, 12);
    assert.equal(scale(value, exponent), scale(String(value), exponent), `${value} × 10^${exponent}`);
  }
  for (const value of [-0, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]) {
    assert.equal(scale(value, -9), scale(String(value), -9));
  }
});

test("a float32 becomes the shortest decimal that reads back", () => {
  assert.equal(decimalFromFloat32(Math.fround(0.1)), "0.1");
  assert.equal(decimalFromFloat32(Math.fround(230.27), -1), "23.027");
  assert.equal(decimalFromFloat32(Number.NaN), undefined);
  assert.equal(decimalFromFloat32(Number.NEGATIVE_INFINITY), undefined);
});
