import assert from "node:assert/strict";
import { test } from "node:test";
import { ChangeLog } from "./change-log.ts";
import { OpenSpans } from "./open-spans.ts";

const spans = new OpenSpans([
  { from: 10, to: 20 },
  { from: 30, to: 35 },
  { from: 50, to: Number.POSITIVE_INFINITY },
]);

test("the share of a span in which a switch was closed", () => {
  const cases: [number, number, number][] = [
    [0, 10, 1],
    [10, 20, 0],
    [5, 15, 0.5],
    [0, 40, 0.625],
    [33, 37, 0.5],
    [45, 55, 0.5],
    [60, 70, 0],
    [20, 21, 1],
  ];
  for (const [from, to, share] of cases) assert.equal(spans.closedShare(from, to), share, `${from} to ${to}`);
  assert.equal(OpenSpans.none.closedShare(0, 5), 1);
});

test("how many spans begin before an instant", () => {
  assert.deepEqual(
    [10, 11, 30, 31, 1000].map((instant) => spans.begunBefore(instant)),
    [0, 1, 1, 2, 3],
  );
});

test("the first instant at which two histories differ", () => {
  const closed = new OpenSpans([...spans.spans.slice(0, 2), { from: 50, to: 60 }]);
  assert.equal(spans.firstDifference(closed), 60);
  assert.equal(spans.firstDifference(new OpenSpans(spans.spans.slice(0, 2))), 50);
  assert.equal(OpenSpans.none.firstDifference(spans), 10);
  assert.equal(spans.firstDifference(new OpenSpans([...spans.spans])), undefined);
});

test("what changed since a version is the earliest day of all changes after it", () => {
  const log = new ChangeLog();
  const versions = [log.version];
  for (const day of [20, 25, 22, 30]) {
    log.changed(day);
    versions.push(log.version);
  }
  assert.deepEqual(
    versions.map((version) => log.changedSince(version)),
    [20, 22, 22, 30, Number.POSITIVE_INFINITY],
  );
  log.changed(Number.NEGATIVE_INFINITY);
  assert.equal(log.changedSince(versions[0]!), Number.NEGATIVE_INFINITY);
});
