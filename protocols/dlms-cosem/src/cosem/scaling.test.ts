import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "@anymeter/sans-io/testing";
import {
  bitString,
  doubleLong,
  enumerated,
  float32,
  float64,
  long,
  structure,
  unsigned,
} from "../data/constructors.ts";
import type { Data } from "../data/data.ts";
import { decimalFromData, scalerUnitFromData, scalerUnitToData } from "./scaling.ts";
import { unitSymbol, units } from "./units.ts";

test("floats become the shortest decimal that reads back", () => {
  assert.equal(decimalFromData(float32(Math.fround(0.1))), "0.1");
  assert.equal(decimalFromData(float32(Math.fround(230.27)), -1), "23.027");
  assert.equal(decimalFromData(float32(16777216)), "16777216");
  assert.equal(decimalFromData(float64(0.1)), "0.1");
  const random = new Random(32);
  for (let count = 0; count < 500; count++) {
    const value = Math.fround(random.integer(-1e9, 1e9) / 1024);
    assert.equal(Math.fround(Number(decimalFromData(float32(value)))), value);
  }
});

test("what is no number has no decimal", () => {
  const none: readonly Data[] = [float32(Number.NaN), float64(Number.POSITIVE_INFINITY), bitString("1"), structure()];
  for (const data of none) assert.equal(decimalFromData(data), undefined, data.type);
});

test("a scaler-unit is a structure of two numbers", () => {
  const scalerUnit = { scaler: -3, unit: 30 };
  assert.deepEqual(scalerUnitFromData(scalerUnitToData(scalerUnit)), scalerUnit);
  assert.throws(() => scalerUnitFromData(unsigned(1)), { code: "scaler_unit_invalid" });
  assert.throws(() => scalerUnitFromData(structure(unsigned(1))), { code: "scaler_unit_invalid" });
});

test("a scaler beyond an integer's range is refused, for it would make numbers of any length", () => {
  for (const scaler of [doubleLong(2_000_000_000), long(-129), float32(0.5), float64(Number.NaN)]) {
    assert.throws(() => scalerUnitFromData(structure(scaler, enumerated(30))), { code: "scaler_unit_invalid" });
  }
  // Some meters write the scaler in a wider type than the standard's; its value is what counts.
  assert.deepEqual(scalerUnitFromData(structure(long(-3), unsigned(30))), { scaler: -3, unit: 30 });
});

test("units have the Blue Book's numbers", () => {
  const symbols = {
    7: "s",
    9: "°C",
    13: "m³",
    27: "W",
    28: "VA",
    29: "var",
    30: "Wh",
    32: "varh",
    33: "A",
    35: "V",
    44: "Hz",
  };
  for (const [code, symbol] of Object.entries(symbols)) assert.equal(unitSymbol(Number(code)), symbol);
  assert.equal(unitSymbol(255), "");
  assert.equal(unitSymbol(99), "unit 99");
  for (const [code, unit] of units) assert.equal(unit.code, code);
});
