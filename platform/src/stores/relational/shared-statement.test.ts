import assert from "node:assert/strict";
import { test } from "node:test";
import { SharedStatement } from "./shared-statement.ts";

test("callers of one turn share a statement, and each gets its own answer", async () => {
  const statements: (readonly number[])[] = [];
  const doubled = new SharedStatement<number, number>(async (items) => {
    statements.push(items);
    return items.map((item) => item * 2);
  });
  assert.deepEqual(await Promise.all([1, 2, 3].map((item) => doubled.ask(item))), [2, 4, 6]);
  assert.deepEqual(statements, [[1, 2, 3]]);
});

test("who comes while a statement is under way goes into the next, of bounded length", async () => {
  const statements: (readonly string[])[] = [];
  let finish = () => {};
  let begun = () => {};
  const shared = new SharedStatement<string, string>((items) => {
    statements.push(items);
    begun();
    return new Promise((resolve) => {
      finish = () => resolve(items);
    });
  }, 2);
  const nextBegin = () =>
    new Promise<void>((resolve) => {
      begun = resolve;
    });
  let beginning = nextBegin();
  const answers = ["a"].map((item) => shared.ask(item));
  await beginning;
  answers.push(...["b", "c", "d"].map((item) => shared.ask(item)));
  for (let statement = 0; statement < 2; statement++) {
    beginning = nextBegin();
    finish();
    await beginning;
  }
  finish();
  assert.deepEqual(await Promise.all(answers), ["a", "b", "c", "d"]);
  assert.deepEqual(statements, [["a"], ["b", "c"], ["d"]]);
});

test("a failed statement fails exactly its callers", async () => {
  let fails = true;
  const shared = new SharedStatement<string, string>(async (items) => {
    if (fails) throw new Error("no store");
    return items;
  });
  const outcomes = await Promise.allSettled([shared.ask("a"), shared.ask("b")]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ["rejected", "rejected"],
  );
  fails = false;
  assert.equal(await shared.ask("c"), "c");
});
