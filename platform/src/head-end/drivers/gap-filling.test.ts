import assert from "node:assert/strict";
import { test } from "node:test";
import { newestCredible, offsetBegin } from "./gap-filling.ts";

test("an offset reaches back by the run's own delay too", () => {
  const context = { clock: { now: () => 10_000_000 }, call: { runOffsetSeconds: 600 } };
  assert.equal(offsetBegin(context as never, 900), 10_000_000 - 1_500_000);
});

test("the mark goes to the newest row, but not to one of a clock gone wild", () => {
  const [now, hour] = [100 * 3_600_000, 3_600_000];
  assert.equal(newestCredible([now - 2, now - 1, now - 3], now), now - 1);
  assert.equal(newestCredible([now, now + hour, now + hour + 1], now), now + hour);
  assert.equal(newestCredible([now + 2 * hour, Number.NaN], now), undefined);
});
