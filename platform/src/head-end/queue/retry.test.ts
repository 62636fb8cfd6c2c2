import assert from "node:assert/strict";
import { test } from "node:test";
import { priorities, priorityAfterFailure, scheduledPriority } from "./priorities.ts";
import { retryDelay } from "./retry.ts";

const settings = { maxAttempts: 5, firstDelayMilliseconds: 1_000, maxDelayMilliseconds: 60_000 };

test("the pause doubles with every attempt up to its limit", () => {
  const longest = [1, 2, 3, 4, 7, 8, 100].map((attempts) => retryDelay(attempts, settings, () => 1));
  assert.deepEqual(longest, [1_000, 2_000, 4_000, 8_000, 60_000, 60_000, 60_000]);
});

test("half of the pause is random, so that what failed together does not come back together", () => {
  assert.equal(
    retryDelay(3, settings, () => 0),
    2_000,
  );
  assert.equal(
    retryDelay(3, settings, () => 0.5),
    3_000,
  );
});

test("every failure lowers the priority, and whoever failed is never before whoever did not", () => {
  assert.ok(priorityAfterFailure(priorities.onDemand) > priorities.scheduled);
  assert.ok(priorityAfterFailure(priorities.scheduled) > priorities.scheduled);
  assert.equal(priorityAfterFailure(5), 6);
  assert.equal(priorityAfterFailure(priorities.lowest), priorities.lowest);
  assert.equal(scheduledPriority(0), priorities.scheduled);
  assert.ok(scheduledPriority(1) >= priorities.firstFailing);
  assert.equal(scheduledPriority(1_000), priorities.lowest);
});
