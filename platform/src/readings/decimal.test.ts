import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseDecimal, renderDecimal } from "./decimal.ts";

describe("decimals", () => {
  const exact: [string, string, string][] = [
    ["0", "0", "0.000000"],
    ["-0.000", "0", "0.000000"],
    ["14567.000", "14567", "14567.000000"],
    ["+1.5", "1.5", "1.500000"],
    [".5", "0.5", "0.500000"],
    ["5.", "5", "5.000000"],
    ["000000000000000123.4500", "123.45", "123.450000"],
    ["999999999999.999999", "999999999999.999999", "999999999999.999999"],
    ["-999999999999.999999", "-999999999999.999999", "-999999999999.999999"],
    ["123456789012.100001", "123456789012.100001", "123456789012.100001"],
    ["1E3", "1000", "1000.000000"],
    ["1.23456789e2", "123.456789", "123.456789"],
    ["1e-6", "0.000001", "0.000001"],
  ];
  for (const [text, parsed, rendered] of exact) {
    test(`${text} is ${parsed}`, () => {
      assert.equal(parseDecimal(text), parsed);
      assert.equal(renderDecimal(parseDecimal(text)), rendered);
    });
  }

  for (const text of [
    "",
    " ",
    ".",
    "-",
    "1,5",
    "1.2.3",
    "0x10",
    "NaN",
    "Infinity",
    "1e",
    "1e999",
    "١",
    "1".repeat(65),
  ]) {
    test(`${JSON.stringify(text)} is no number`, () => {
      assert.throws(() => parseDecimal(text), /A valid number is required/);
    });
  }

  test("too many digits are refused with the limit's name", () => {
    assert.throws(() => parseDecimal("1000000000000"), /no more than 12 digits before the decimal point/);
    assert.throws(() => parseDecimal("1e12"), /no more than 12 digits/);
    assert.throws(() => parseDecimal("0.0000001"), /no more than 6 decimal places/);
    assert.throws(() => parseDecimal("12e-7"), /no more than 6 decimal places/);
  });
});
