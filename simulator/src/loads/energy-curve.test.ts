import assert from "node:assert/strict";
import { test } from "node:test";
import { dayMilliseconds, mondayOf, weekOf } from "../calendar.ts";
import { EnergyCurve, type LoadComponent } from "./energy-curve.ts";
import type { ShapeName } from "./shapes.ts";

const installedOn = 18_000;
const slot = 900_000;
const settings = { slotMinutes: 15, weatherSeed: 3, installedOn };
const names: ShapeName[] = [
  "household",
  "electric-vehicle",
  "photovoltaic",
  "heat-pump",
  "shop",
  "standby",
  "boiler",
  "taps",
];

for (const shape of names) {
  test(`${shape}: the register never falls and midnight has one value`, () => {
    const curve = new EnergyCurve(component(shape), settings);
    let before = -1;
    for (let day = 20_000; day < 20_400; day++) {
      const values = curve.dayCurve(day);
      assert.equal(values.length, 97);
      for (const value of values) {
        assert.ok(value >= before, `day ${day}: ${value} after ${before}`);
        before = value;
      }
      assert.equal(values[96], new EnergyCurve(component(shape), settings).dayCurve(day + 1)[0]);
    }
  });

  test(`${shape}: a year uses about its mean`, () => {
    const curve = new EnergyCurve(component(shape), settings);
    const year = curve.wattHours(20_365 * dayMilliseconds) - curve.wattHours(20_000 * dayMilliseconds);
    assert.ok(Math.abs(year / 365 / 10_000 - 1) < 0.03, `${year / 365}`);
  });
}

test("an instant's value does not depend on what was asked before", () => {
  const asked = new EnergyCurve(component("household"), settings);
  for (let day = 20_300; day > 20_200; day--) asked.wattHours(day * dayMilliseconds + 12_345_678);
  const fresh = new EnergyCurve(component("household"), settings);
  const instant = 20_250 * dayMilliseconds + 43_210_987;
  assert.equal(asked.wattHours(instant), fresh.wattHours(instant));
});

test("between two boundaries the register runs evenly", () => {
  const curve = new EnergyCurve(component("shop"), settings);
  const start = 20_100 * dayMilliseconds + 40 * slot;
  const middle = (curve.wattHours(start) + curve.wattHours(start + slot)) / 2;
  assert.ok(Math.abs(curve.wattHours(start + slot / 2) - middle) < 1e-6);
});

test("nothing flows while the supply is interrupted, and the day's energy stays the same", () => {
  const from = 20_100 * dayMilliseconds + 50 * slot;
  const interrupted = (start: number) => start >= from && start < from + 4 * slot;
  const plain = new EnergyCurve(component("household"), settings).dayCurve(20_100);
  const cut = new EnergyCurve(component("household"), { ...settings, interrupted }).dayCurve(20_100);
  assert.equal(cut[50], cut[54]);
  assert.ok(cut[55]! > cut[54]!);
  assert.deepEqual([cut[0], cut[96]], [plain[0], plain[96]]);
});

test("the sun shines by day, shops close on Sunday, cars charge some evenings", () => {
  const noon = 48;
  const sun = new EnergyCurve(component("photovoltaic"), settings).dayCurve(20_250);
  assert.equal(sun[8]! - sun[0]!, 0);
  assert.ok(sun[noon + 1]! - sun[noon]! > 0);
  const shop = new EnergyCurve(component("shop"), settings);
  const week = Array.from({ length: 7 }, (_, index) => dayEnergy(shop, mondayOf(weekOf(20_209)) + index));
  assert.ok(week[6]! < 0.35 * week[2]!, `${week}`);
  const car = new EnergyCurve(component("electric-vehicle"), settings);
  const evenings = Array.from({ length: 70 }, (_, index) => dayEnergy(car, 20_200 + index)).filter(
    (energy) => energy > 0,
  );
  assert.ok(evenings.length > 20 && evenings.length < 60, `${evenings.length}`);
});

test("a component that would run backwards is refused", () => {
  assert.throws(
    () => new EnergyCurve({ ...component("household"), season: 0.8, noise: 0.3 }, settings),
    /run backwards/,
  );
});

function dayEnergy(curve: EnergyCurve, day: number): number {
  const values = curve.dayCurve(day);
  return values[96]! - values[0]!;
}

function component(shape: ShapeName): LoadComponent {
  return {
    shape,
    direction: shape === "photovoltaic" ? "export" : "import",
    meanDailyWattHours: 10_000,
    reactiveRatio: 0.2,
    phaseShares: [1, 0, 0],
    season: shape === "photovoltaic" ? 0.75 : 0.2,
    seasonPeak: 0.03,
    noise: 0.1,
    seed: 77,
  };
}
