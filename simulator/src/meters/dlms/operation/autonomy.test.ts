import assert from "node:assert/strict";
import { test } from "node:test";
import { planNeighbourhood } from "../../../neighbourhood/plan.ts";
import { SupplyArea } from "../../../supply/supply-area.ts";
import { SupplyPoint } from "../../../supply/supply-point.ts";
import { DlmsMeter } from "../dlms-meter.ts";
import { freshMemory } from "../memory.ts";
import { type Actor, Autonomy } from "./autonomy.ts";

test("everything is done at its time and in order, however late somebody looks", () => {
  const done: string[] = [];
  const memory = { settledUntil: null };
  const autonomy = new Autonomy([every(3, "a", done), every(2, "b", done)], memory, 0);
  autonomy.settle(1);
  assert.deepEqual(done, []);
  autonomy.settle(6);
  assert.deepEqual(done, ["b 2", "a 3", "b 4", "a 6", "b 6"]);
  autonomy.settle(6);
  autonomy.settle(5);
  assert.equal(done.length, 5, "nothing twice");
});

test("what an actor does may change when others act", () => {
  const done: string[] = [];
  let stopped = false;
  const stops: Actor = {
    next: (after) => (after < 4 ? 4 : undefined),
    act: () => {
      stopped = true;
    },
  };
  const other: Actor = { next: (after) => (stopped ? undefined : after + 3), act: (at) => void done.push(`${at}`) };
  new Autonomy([stops, other], { settledUntil: null }, 0).settle(100);
  assert.deepEqual(done, ["3"]);
});

test("a change made between two looks counts from then on", () => {
  const done: string[] = [];
  let period = 10;
  const actor: Actor = { next: (after) => after + period, act: (at) => void done.push(`${at}`) };
  const autonomy = new Autonomy([actor], { settledUntil: null }, 0);
  autonomy.settle(5);
  autonomy.settle(6);
  period = 2;
  autonomy.changed();
  autonomy.settle(9);
  assert.deepEqual(done, ["8"], "from the last look, though nothing was done then");
});

test("meters nobody asks cost nothing, and asking them again costs next to nothing", () => {
  const now = Date.UTC(2026, 10, 2, 10);
  const plan = planNeighbourhood(7, 2_000, 15);
  const areas = plan.areas.map((area) => new SupplyArea(area));
  let time = now;
  const meters = plan.meters.map(
    ({ make, identity, seed, clockError, area, service }) =>
      new DlmsMeter({
        ...{ make, identity, seed, clockError, memory: structuredClone(freshMemory) },
        supply: new SupplyPoint(areas[area]!, service),
        ...{ now: () => time, remember: () => {}, historyDays: 30, capturePeriod: 900 },
      }),
  );
  assert.ok(meters.every((meter) => meter.operation.billing.resets.length === 0));
  for (const meter of meters) meter.operation.settle();
  const began = performance.now();
  for (let round = 0; round < 100; round++) {
    time += 60_000;
    for (const meter of meters) meter.operation.settle();
  }
  const microseconds = ((performance.now() - began) * 1000) / (100 * meters.length);
  assert.ok(microseconds < 20, `${microseconds} µs a look`);
});

/** Acts at every multiple of a time. */
function every(period: number, name: string, done: string[]): Actor {
  return {
    next: (after) => (Math.floor(after / period) + 1) * period,
    act: (at) => void done.push(`${name} ${at}`),
  };
}
