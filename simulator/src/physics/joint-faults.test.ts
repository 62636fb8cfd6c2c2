import assert from "node:assert/strict";
import { test } from "node:test";
import { addJointOhms, type JointFault, jointOhms } from "./joint-faults.ts";

const from = Date.UTC(2026, 0, 10);
const day = 86_400_000;

test("a step is nothing before and its ohms ever after", () => {
  const step: JointFault = { kind: "step", leg: "a", from, ohms: 0.1 };
  assert.equal(jointOhms(step, from - 1), 0);
  assert.equal(jointOhms(step, from), 0.1);
  assert.equal(jointOhms(step, from + 400 * day), 0.1);
});

test("a ramp grows by the day up to its limit", () => {
  const ramp: JointFault = { kind: "ramp", leg: "line", from, ohmsPerDay: 0.003, limitOhms: 0.05 };
  assert.equal(jointOhms(ramp, from + 10 * day), 0.03);
  assert.equal(jointOhms(ramp, from + 100 * day), 0.05);
});

test("an intermittent joint shows in its share of the hours, the same hours each time", () => {
  const fault: JointFault = { kind: "intermittent", leg: "line", from, ohms: 0.15, share: 0.3, seed: 5 };
  const hours = Array.from({ length: 5000 }, (_, hour) => jointOhms(fault, from + hour * 3_600_000));
  const share = hours.filter((ohms) => ohms > 0).length / hours.length;
  assert.ok(share > 0.27 && share < 0.33, `${share}`);
  assert.deepEqual(
    hours,
    hours.map((_, hour) => jointOhms(fault, from + hour * 3_600_000 + 1_800_000)),
  );
});

test("faults of one drop add up on the conductors they name", () => {
  const added = new Float64Array(8).fill(9);
  const faults: JointFault[] = [
    { kind: "step", leg: "line", from, ohms: 0.5 },
    { kind: "step", leg: "b", from, ohms: 0.25 },
    { kind: "open-neutral", from, earthPathOhms: 40 },
  ];
  addJointOhms(faults, from, added, 4);
  assert.deepEqual([...added], [9, 9, 9, 9, 0.5, 0.75, 0.5, 40]);
});
