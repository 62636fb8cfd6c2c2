import assert from "node:assert/strict";
import { test } from "node:test";
import type { Fault } from "@anymeter/sans-io";
import { lis200Errors, refusalError, refusalText } from "./errors.ts";
import { meansNoRows, refusalNumber, refusalOf, refusals } from "./refusals.ts";

/** Number and fault, one by one, so that a changed table is noticed. */
const faults: Readonly<Record<Fault, readonly number[]>> = {
  caller: [1, 2, 3, 4, 5, 6, 9, 11, 13, 14, 100, 101, 180, 249],
  security: [17, 18, 19, 20, 201],
  refused: [103, 104, 105, 108, 109, 200, 222, 223],
  damaged: [110],
  timeout: [],
};

test("every number has the fault it should have", () => {
  const found = Object.entries(Object.groupBy(refusals, ({ fault }) => fault));
  for (const [fault, entries] of found) {
    assert.deepEqual(
      entries?.map(({ number }) => number),
      faults[fault as Fault],
    );
  }
  assert.equal(refusals.length, Object.values(faults).flat().length);
});

test("every number is told as an error that says what was asked, what it means and what to do", () => {
  for (const { number, code, fault, meaning, advice } of refusals) {
    const error = refusalError(number, "read of 2:302.0");
    assert.equal(error.code, code);
    assert.equal(error.fault, fault);
    assert.ok(lis200Errors[code], `${code} is in the table of errors`);
    for (const part of ["read of 2:302.0", refusalText(number), meaning, advice])
      assert.ok(error.message.includes(part));
  }
});

test("a number that no device is known to use is told as one", () => {
  const error = refusalError(77, "read of 2:302.0");
  assert.equal(error.code, "refusal_unknown");
  assert.equal(error.fault, "refused");
  assert.match(error.message, /#0077/);
  assert.equal(refusalOf(77), undefined);
});

test("a refusal is told from a value", () => {
  assert.equal(refusalNumber("#0017"), 17);
  assert.equal(refusalNumber(" #0104 "), 104);
  assert.equal(refusalNumber("17"), undefined);
  assert.equal(refusalNumber("#"), undefined);
  assert.equal(refusalNumber("#00017"), undefined);
});

test("an empty archive and a range without rows are no failures of a read", () => {
  assert.deepEqual(refusals.map(({ number }) => number).filter(meansNoRows), [103, 104, 105]);
});
