import assert from "node:assert/strict";
import { test } from "node:test";
import { decimalNumber, decimalText, parseDecimal, scaleDecimal } from "../src/load-curve/decimal.ts";

test("a decimal of 18 digits survives reading, subtracting and writing", () => {
  const before = parseDecimal("123456789012.345678")!;
  const after = parseDecimal("123456789012.345679")!;
  assert.equal(decimalText(after - before), "0.000001");
  assert.equal(decimalText(after), "123456789012.345679");
});

test("text is the shortest exact form", () => {
  for (const [text, shortest] of [
    ["14567.000", "14567"],
    ["-0.500000", "-0.5"],
    ["+7", "7"],
    ["0.000000", "0"],
    ["1.10000000", "1.1"],
  ] as const)
    assert.equal(decimalText(parseDecimal(text)!), shortest, text);
});

test("what is no decimal of at most six places is refused", () => {
  for (const text of ["", "-", "1.", ".5", "1e3", "0x10", "1.0000001", "NaN", " 1"])
    assert.equal(parseDecimal(text), undefined, text);
});

test("scaling rounds half away from zero", () => {
  assert.equal(decimalText(scaleDecimal(parseDecimal("0.25")!, 3_600_000n, 900_000n)), "1");
  assert.equal(scaleDecimal(5n, 1n, 2n), 3n);
  assert.equal(scaleDecimal(-5n, 1n, 2n), -3n);
  assert.equal(scaleDecimal(1n, 1n, 3n), 0n);
});

test("drawing gets the nearest float", () => {
  assert.equal(decimalNumber(parseDecimal("230.1")!), 230.1);
});
