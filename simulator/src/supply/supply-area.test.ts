import assert from "node:assert/strict";
import { test } from "node:test";
import { dayMilliseconds, dayOf } from "../calendar.ts";
import { planNeighbourhood } from "../neighbourhood/plan.ts";
import { SupplyArea } from "./supply-area.ts";
import { SupplyPoint } from "./supply-point.ts";

const midnight = Date.UTC(2026, 9, 20);
const day = dayOf(midnight);
const slot = 900_000;

test("the same seed is the same past, whatever was asked first", () => {
  const asked = area();
  for (let offset = 5; offset > -5; offset--) asked.day(day + offset);
  const fresh = area();
  assert.deepEqual(asked.day(day), fresh.day(day));
  assert.notDeepEqual(area(8).day(day).volts, fresh.day(day).volts);
});

test("registers never fall and grow by what flowed", () => {
  const supply = new SupplyPoint(area(), 3);
  let before = supply.registers(midnight);
  for (let instant = midnight; instant < midnight + 3 * dayMilliseconds; instant += 433_337) {
    const now = supply.registers(instant);
    for (const name of ["import", "export", "inductive", "capacitive"] as const) {
      assert.ok(Number.isInteger(now[name]) && now[name] >= before[name], `${name} at ${instant}`);
    }
    before = now;
  }
});

test("the mean power of a day is the energy its registers counted", () => {
  const supplyArea = area();
  for (let service = 0; service < 20; service++) {
    const supply = new SupplyPoint(supplyArea, service);
    const [start, end] = [supply.registers(midnight), supply.registers(midnight + dayMilliseconds)];
    const counted = end.import - start.import - (end.export - start.export);
    const { watts } = supply.means(midnight, midnight + dayMilliseconds);
    assert.ok(Math.abs(watts.reduce((sum, phase) => sum + phase, 0) * 24 - counted) < 3, `service ${service}`);
  }
});

test("voltages of a healthy street stay within the standard and fall with the load", () => {
  const solved = area().day(day);
  const connected = solved.volts.filter((volts) => volts > 0);
  assert.ok(Math.min(...connected) > 210 && Math.max(...connected) < 250);
  assert.ok(Math.max(...connected) - Math.min(...connected) > 3, "loads must show");
});

test("a joint's ohms can be read from voltage and current, and from its first instant only", () => {
  const healthy = area();
  const failing = area();
  const from = midnight + 40 * slot;
  failing.setJointFaults(0, [{ kind: "step", leg: "line", from, ohms: 0.3 }]);
  const phase = healthy.services[0]!.phases.indexOf(true);
  const [before, after] = [healthy.day(day), failing.day(day)];
  for (let index = 0; index < 96; index++) {
    const at = index * 20 * 3 + phase;
    const fallen = before.volts[at]! - after.volts[at]!;
    if (index < 40) assert.equal(fallen, 0);
    else assert.ok(Math.abs(fallen - 0.3 * after.amperes[at]!) < 0.02 + 0.01 * fallen, `slot ${index}: ${fallen} V`);
  }
});

test("neighbours of a broken neutral keep their light, its house does not", () => {
  const supplyArea = area();
  const house = supplyArea.services.findIndex(({ phases }) => phases.every(Boolean));
  supplyArea.setJointFaults(house, [{ kind: "open-neutral", from: midnight, earthPathOhms: 60 }]);
  const solved = supplyArea.day(day);
  const spread: number[] = [];
  for (let index = 0; index < 96; index++) {
    const at = (index * 20 + house) * 3;
    spread.push(Math.max(...solved.volts.slice(at, at + 3)) - Math.min(...solved.volts.slice(at, at + 3)));
  }
  assert.ok(Math.max(...spread) > 40, `${Math.max(...spread)}`);
  const others = solved.volts.filter((volts, index) => volts > 0 && Math.floor(index / 3) % 20 !== house);
  assert.ok(Math.min(...others) > 205);
});

test("an interrupted supply has no voltage, and its registers stand still", () => {
  const supplyArea = area();
  const [interruption] = supplyArea.interruptions(midnight - 400 * dayMilliseconds, midnight);
  assert.ok(interruption, "a year without any interruption");
  const supply = new SupplyPoint(supplyArea, 1);
  assert.deepEqual(supply.means(interruption.from, interruption.to).volts, [0, 0, 0]);
  assert.deepEqual(supply.registers(interruption.from), supply.registers(interruption.to));
  assert.ok(Math.max(...supply.means(interruption.to, interruption.to + slot).volts) > 200);
});

test("an open switch stops the load's energy and current, not its voltage", () => {
  const supply = new SupplyPoint(area(), 2);
  const [from, to] = [midnight + 10 * slot + 1_000, midnight + 40 * slot + 777];
  const whole = supply.registers(midnight + dayMilliseconds).import - supply.registers(midnight).import;
  const missed = supply.registers(to).import - supply.registers(from).import;
  supply.disconnections = [{ from, to }];
  assert.deepEqual(supply.registers(from), supply.registers(to));
  const counted = supply.registers(midnight + dayMilliseconds).import - supply.registers(midnight).import;
  assert.ok(Math.abs(counted - (whole - missed)) <= 1);
  const means = supply.means(midnight + 20 * slot, midnight + 21 * slot);
  assert.equal(Math.max(...means.amperes), 0);
  assert.ok(Math.max(...means.volts) > 200);
});

test("a month of sixty meters is solved within seconds", () => {
  const areas = planNeighbourhood(7, 60, 15).areas.map((plan) => new SupplyArea(plan));
  const started = performance.now();
  for (const supplyArea of areas) for (let offset = 0; offset < 30; offset++) supplyArea.day(day - offset);
  const seconds = (performance.now() - started) / 1000;
  assert.ok(seconds < 8, `${seconds} s for 2,880 × 60 points`);
});

function area(seed = 7): SupplyArea {
  return new SupplyArea(planNeighbourhood(seed, 20, 15).areas[0]!);
}
