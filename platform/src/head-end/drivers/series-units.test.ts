import assert from "node:assert/strict";
import { test } from "node:test";
import { shiftBetween } from "./series-units.ts";

test("units of one quantity differ by powers of ten, units of two quantities by nothing we know", () => {
  const cases: readonly [string | null, string, number | undefined][] = [
    ["Wh", "kWh", -3],
    ["kWh", "Wh", 3],
    ["kWh", "MWh", -3],
    ["MJ", "GJ", -3],
    ["l", "m³", -3],
    ["m3", "m³", 0],
    ["l/h", "m³/h", -3],
    ["bar", "mbar", 3],
    ["mbar", "Pa", 2],
    ["kvar", "VAr", 3],
    ["kvarh", "varh", 3],
    ["°C", "degC", undefined],
    ["°C", "°C", 0],
    ["K", "°C", undefined],
    ["Wh", "W", undefined],
    ["Wh", "varh", undefined],
    ["J", "Wh", undefined],
    ["m³", "m³/h", undefined],
    ["min", "in", undefined],
    ["t", "kg", 3],
    [null, "pulses", 0],
  ];
  for (const [captured, wanted, shift] of cases) {
    assert.equal(shiftBetween(captured, wanted), shift, `${captured} to ${wanted}`);
  }
});
