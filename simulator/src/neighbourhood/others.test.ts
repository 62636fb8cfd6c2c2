import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Neighbourhood, startNeighbourhood } from "./neighbourhood.ts";
import { otherMeters } from "./others.ts";

const now = Date.UTC(2026, 10, 21, 12, 7);
let street: Neighbourhood;
before(async () => {
  street = await startNeighbourhood({ seed: 7, meters: 0, others: otherMeters, historyDays: 2, clock: () => now });
});
after(() => street.close());

test("three and three gas converters, six heat and water meters behind each of two gateways, six Modbus, six IEC", () => {
  const counts = Map.groupBy(street.meters, ({ protocol }) => protocol);
  assert.deepEqual(
    [...counts].map(([protocol, members]) => [protocol, members.length]),
    [
      ["lis-200", 3],
      ["i-flag", 3],
      ["mbus", 12],
      ["modbus", 6],
      ["iec62056-21", 6],
    ],
  );
  const lines = Map.groupBy(counts.get("mbus")!, ({ port }) => port);
  assert.deepEqual(
    [...lines.values()].map((onLine) => onLine.length),
    [6, 6],
  );
  assert.deepEqual(new Set(counts.get("mbus")!.map(({ supply }) => supply.medium)), new Set(["heat", "water"]));
});

test("names are unique, and meters of one model are told with the same settings and series", () => {
  const { meters } = street.description;
  assert.equal(new Set(meters.map(({ name }) => name)).size, meters.length);
  const models = Map.groupBy(meters, ({ make, model }) => `${make} ${model}`);
  for (const [model, [first, ...others]] of models) {
    for (const other of others) {
      assert.deepEqual([other.settings, other.series], [first!.settings, first!.series], model);
    }
    assert.ok(first!.series.length > 0 && first!.reading.tasks.length > 0, model);
    assert.equal(new Set(first!.series.map(({ name }) => name)).size, first!.series.length, model);
  }
});

test("the description of every protocol's meters is plain JSON", () => {
  assert.deepEqual(JSON.parse(JSON.stringify(street.description)), street.description);
});

test("the same seed is the same street, and clocks are right but for seconds", async () => {
  const again = await startNeighbourhood({ seed: 7, meters: 0, others: otherMeters, historyDays: 2, clock: () => now });
  const told = ({ meters }: Neighbourhood) =>
    meters.map(({ name, secrets, ownSettings }) => [name, secrets, ownSettings]);
  assert.deepEqual(told(again), told(street));
  for (const { device, name } of again.meters) assert.ok(Math.abs(device.clockTime - now) < 60_000, name);
  await again.close();
});
