import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameCounts } from "./frame-count.ts";

test("the first frame after a reset has the bit set, and it toggles only after a good answer", () => {
  const counts = new FrameCounts();
  assert.equal(counts.control(5, "requestClass2"), 0x7b);
  assert.equal(counts.control(5, "requestClass2"), 0x7b, "a retry keeps it");
  counts.answered(5, "requestClass2");
  assert.equal(counts.control(5, "requestClass2"), 0x5b);
  counts.answered(5, "requestClass2");
  assert.equal(counts.control(5, "requestClass2"), 0x7b);
});

test("addresses and services count by themselves", () => {
  const counts = new FrameCounts();
  counts.answered(5, "requestClass2");
  assert.equal(counts.control(6, "requestClass2"), 0x7b);
  assert.equal(counts.control(5, "requestClass1"), 0x7a);
  assert.equal(counts.control(5, "sendUserData"), 0x73);
  counts.answered(5, "sendUserData");
  assert.equal(counts.control(5, "sendUserData"), 0x53);
  assert.equal(counts.control(5, "requestClass2"), 0x5b);
});

test("a reset is for one address, at 255 for all", () => {
  const counts = new FrameCounts();
  for (const address of [5, 6, 253]) counts.answered(address, "requestClass2");
  counts.reset(5);
  assert.equal(counts.control(5, "requestClass2"), 0x7b);
  assert.equal(counts.control(253, "requestClass2"), 0x5b);
  counts.reset(255);
  assert.equal(counts.control(6, "requestClass2"), 0x7b);
  assert.equal(counts.control(253, "requestClass2"), 0x7b);
});
