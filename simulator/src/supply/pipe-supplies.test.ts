import assert from "node:assert/strict";
import { test } from "node:test";
import { dayMilliseconds } from "../calendar.ts";
import { basePressure, baseTemperature, type GasCustomer, GasSupply, gasCustomers } from "./gas-supply.ts";
import { type HeatCustomer, HeatSupply, heatCustomers } from "./heat-supply.ts";
import { type WaterCustomer, WaterSupply, waterCustomers } from "./water-supply.ts";

const midnight = Date.UTC(2026, 0, 20);
const hour = 3_600_000;
const pipe = { seed: 77, weatherSeed: 3, slotMinutes: 15, installedOn: 18_000 };

for (const customer of Object.keys(gasCustomers) as GasCustomer[]) {
  test(`gas, ${customer}: both volumes grow by the conversion factor of the hour`, () => {
    const supply = new GasSupply({ ...pipe, customer });
    for (let at = midnight; at < midnight + 3 * dayMilliseconds; at += hour) {
      const [start, end] = [supply.volumes(at), supply.volumes(at + hour)];
      assert.ok(Number.isInteger(start.unconverted) && end.unconverted >= start.unconverted);
      const [unconverted, converted] = [end.unconverted - start.unconverted, end.converted - start.converted];
      const { conversionFactor, convertedFlow, unconvertedFlow } = supply.means(at, at + hour);
      assert.ok(Math.abs(convertedFlow - converted) <= 2 && Math.abs(unconvertedFlow - unconverted) <= 2);
      const expected = (unconverted * conversionFactor) / 100_000;
      assert.ok(Math.abs(converted - expected) <= 0.01 * expected + 2, `${converted} l for ${expected} l`);
    }
  });

  test(`gas, ${customer}: the factor is that of pressure, temperature and compressibility`, () => {
    const { conversionFactor, pressure, temperature, compressibilityRatio } = new GasSupply({ ...pipe, customer }).now(
      midnight,
    );
    const kelvin = 273.15 + temperature / 100;
    const factor = ((pressure / basePressure) * (baseTemperature / kelvin)) / (compressibilityRatio / 100_000);
    assert.ok(Math.abs(conversionFactor / 100_000 - factor) < 1e-4, `${conversionFactor} for ${factor}`);
    assert.ok(temperature > 0 && temperature < 2_000 && pressure > 100_000 && pressure < 450_000);
  });
}

for (const customer of Object.keys(heatCustomers) as HeatCustomer[]) {
  test(`heat, ${customer}: the energy is what the water carried between its temperatures`, () => {
    const supply = new HeatSupply({ ...pipe, customer });
    for (let day = 0; day < 5; day++) {
      const at = midnight + day * dayMilliseconds;
      const [start, end] = [supply.registers(at), supply.registers(at + dayMilliseconds)];
      const noon = supply.means(at + 12 * hour - 1, at + 12 * hour + 1);
      const kelvin = (noon.flowTemperature - noon.returnTemperature) / 100;
      const carried = (end.volume - start.volume) * 1.14 * kelvin;
      assert.ok(Math.abs(carried - (end.energy - start.energy)) < 0.01 * carried, `${carried} Wh`);
      assert.ok(noon.flowTemperature >= 6_300 && noon.flowTemperature < 11_000 && kelvin > 15);
    }
  });
}

for (const customer of Object.keys(waterCustomers) as WaterCustomer[]) {
  test(`water, ${customer}: flows by day, and only a leak flows every hour`, () => {
    const supply = new WaterSupply({ ...pipe, customer });
    const hours = Array.from(
      { length: 24 * 7 },
      (_, index) => supply.means(midnight + index * hour, midnight + (index + 1) * hour).flow,
    );
    assert.equal(
      hours.every((flow) => flow > 0),
      customer === "house with a leak",
    );
    const week = hours.reduce((sum, flow) => sum + flow, 0);
    assert.ok(Math.abs(supply.volume(midnight + 7 * dayMilliseconds) - supply.volume(midnight) - week) <= 24 * 7);
  });
}

test("a volume does not depend on what was asked before, and stood at nothing before installation", () => {
  const make = () => new GasSupply({ ...pipe, customer: "dairy" });
  const asked = make();
  for (let day = 30; day > -30; day--) asked.volumes(midnight + day * dayMilliseconds + 12_345_678);
  assert.deepEqual(asked.volumes(midnight + 43_210_987), make().volumes(midnight + 43_210_987));
  assert.deepEqual(make().volumes(10_000 * dayMilliseconds), { unconverted: 0, converted: 0 });
});

test("a boiler takes more in January than in July", () => {
  const supply = new HeatSupply({ ...pipe, customer: "house" });
  const month = (from: number) => supply.registers(from + 30 * dayMilliseconds).energy - supply.registers(from).energy;
  assert.ok(month(Date.UTC(2026, 0, 1)) > 3 * month(Date.UTC(2026, 6, 1)));
});
