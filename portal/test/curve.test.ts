import assert from "node:assert/strict";
import { test } from "node:test";
import { chartPoints, pointAt } from "../src/load-curve/chart-data.ts";
import { curveOf, usualInterval } from "../src/load-curve/curve.ts";
import { parseDecimal } from "../src/load-curve/decimal.ts";
import { quantityKind, unitOf, viewsOf } from "../src/load-curve/quantity.ts";
import { summaryOf } from "../src/load-curve/summary.ts";

const quarter = 900_000;

/** Readings at multiples of a quarter of an hour. */
function readings(...rows: [quarters: number, value: string][]) {
  return { times: rows.map(([at]) => at * quarter), values: rows.map(([, value]) => parseDecimal(value)!) };
}

test("a register is shown as exact differences, each over the interval before its reading", () => {
  const curve = curveOf(readings([0, "0.1"], [1, "0.3"], [2, "0.300001"]), "register", "energy");
  assert.deepEqual(curve, [
    { start: 0, end: quarter, value: 200_000n },
    { start: quarter, end: 2 * quarter, value: 1n },
  ]);
});

test("mean power is the difference over the length of its interval", () => {
  const curve = curveOf(readings([0, "10"], [1, "10.25"], [2, "10.5"]), "register", "power");
  assert.deepEqual(
    curve.map(({ value }) => value),
    [1_000_000n, 1_000_000n],
  );
});

test("missing readings are one gap that keeps the amount it holds", () => {
  const rows = readings([0, "1"], [1, "2"], [5, "7"], [6, "8"]);
  const curve = curveOf(rows, "register", "energy");
  assert.deepEqual(curve[1], { start: quarter, end: 5 * quarter, value: null, missing: 3, amount: 5_000_000n });
  const summary = summaryOf(curve);
  assert.deepEqual([summary.gaps, summary.missing, summary.count], [1, 3, 2]);
  assert.equal(summary.total, 7_000_000n, "the last register less the first");
  assert.equal("amount" in curveOf(rows, "register", "power")[1]!, false, "an amount has no place among rates");
});

test("a register that goes backwards gives no negative consumption", () => {
  const curve = curveOf(readings([0, "99"], [1, "100"], [2, "0.5"], [3, "1"]), "register", "energy");
  assert.deepEqual(curve[1], { start: quarter, end: 2 * quarter, value: null, missing: 0 });
  const summary = summaryOf(curve);
  assert.deepEqual([summary.resets, summary.gaps, summary.total], [1, 0, 1_500_000n]);
});

test("an amount series stands for the interval that ends at its time", () => {
  const curve = curveOf(readings([1, "5"], [2, "6"], [3, "1"], [6, "7"]), "interval", "energy");
  assert.deepEqual(curve, [
    { start: 0, end: quarter, value: 5_000_000n },
    { start: quarter, end: 2 * quarter, value: 6_000_000n },
    { start: 2 * quarter, end: 3 * quarter, value: 1_000_000n },
    { start: 3 * quarter, end: 5 * quarter, value: null, missing: 2 },
    { start: 5 * quarter, end: 6 * quarter, value: 7_000_000n },
  ]);
});

test("voltages are shown as they are, with the gap between them", () => {
  const curve = curveOf(readings([0, "230.1"], [1, "229.9"], [4, "231"]), "instantaneous", "values");
  assert.deepEqual(
    curve.map(({ value }) => value),
    [230_100_000n, 229_900_000n, null, 231_000_000n],
  );
  assert.deepEqual(curve[2], { start: quarter, end: 4 * quarter, value: null, missing: 2 });
});

test("the usual interval is the median: neither a gap nor an extra reading changes it", () => {
  assert.equal(usualInterval([0, 900, 1800, 1810, 2700, 3600, 9000, 9900]), 900);
  assert.equal(usualInterval([5]), undefined);
});

test("no reading and one reading are curves too", () => {
  for (const view of ["energy", "power", "values"] as const) {
    assert.deepEqual(curveOf(readings(), "register", view), []);
    assert.equal(curveOf(readings([0, "1"]), "register", view).length, view === "values" ? 1 : 0);
  }
  assert.equal(curveOf(readings([0, "1"]), "interval", "energy").length, 1);
  assert.deepEqual(curveOf(readings([0, "1"]), "interval", "power"), [], "a rate needs a length of time");
});

test("steps are drawn over their whole interval, and a gap as wide as it is", () => {
  const curve = curveOf(readings([0, "0"], [1, "1"], [2, "2"], [3, "3"], [7, "9"], [8, "10"]), "register", "energy");
  assert.deepEqual(chartPoints(curve), [
    [0, 1],
    [quarter, 1],
    [2 * quarter, 1],
    [3 * quarter, 1],
    [3 * quarter, null],
    [7 * quarter, 1],
    [8 * quarter, 1],
  ]);
});

test("the tooltip finds the interval that covers a time", () => {
  const curve = curveOf(readings([0, "0"], [1, "1"], [2, "3"]), "register", "energy");
  assert.equal(pointAt(curve, quarter - 1)?.value, 1_000_000n);
  assert.equal(pointAt(curve, quarter)?.value, 2_000_000n);
  assert.equal(pointAt(curve, 9 * quarter)?.value, 2_000_000n);
  assert.equal(pointAt([], 0), undefined);
});

test("unit and OBIS name decide what a series is", () => {
  assert.equal(quantityKind({ unit: "kWh", name: "1-0:1.8.0" }), "register");
  assert.equal(quantityKind({ unit: "Wh", name: "1-0:1.29.0" }), "interval");
  assert.equal(quantityKind({ unit: "Wh", name: "1.0.1.29.0.255" }), "interval");
  assert.equal(quantityKind({ unit: "m³", name: "7-0:3.1.0*255" }), "register");
  assert.equal(quantityKind({ unit: "GJ", name: "6-0:1.0.0" }), "register");
  assert.equal(quantityKind({ unit: "m³", name: "consumption_unconverted_daily" }), "interval");
  assert.equal(unitOf("GJ", "power"), "GJ/h");
  assert.equal(quantityKind({ unit: "V", name: "1-0:32.7.0" }), "instantaneous");
  assert.deepEqual(viewsOf("instantaneous"), ["values"]);
  assert.equal(unitOf("kWh", "power"), "kW");
  assert.equal(unitOf("m3", "power"), "m³/h");
  assert.equal(unitOf("V", "values"), "V");
});
