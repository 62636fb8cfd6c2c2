import assert from "node:assert/strict";
import { test } from "node:test";
import { GroupCommit } from "./group-commit.ts";

/** Inserts that end when the test says so. */
function heldInserts() {
  const held: { texts: string[]; succeed: () => void; fail: (error: Error) => void }[] = [];
  let arrived = () => {};
  const insert = (bytes: readonly Uint8Array[]) =>
    new Promise<void>((succeed, fail) => {
      held.push({ texts: bytes.map((part) => Buffer.from(part).toString()), succeed, fail });
      arrived();
    });
  const next = async () => {
    while (held.length === 0) {
      await new Promise<void>((resolve) => {
        arrived = resolve;
      });
    }
    return held.shift()!;
  };
  return { insert, next };
}

const limits = {
  rowsPerInsert: 10,
  rowsInMemory: 20,
  rowsWorthAnInsert: 5,
  millisecondsBetweenInserts: 0,
  millisecondsToGather: 0,
};
const bytes = (text: string) => Buffer.from(text);
const outcome = (promise: Promise<void>) =>
  promise.then(
    () => "stored",
    (error: Error) => error.message,
  );

test("whoever comes during an insert shares the next one", async () => {
  const { insert, next } = heldInserts();
  const group = new GroupCommit({ ...limits, insert });
  const first = group.add(bytes("a"), 1);
  const one = await next();
  const later = [group.add(bytes("b"), 1), group.add(bytes("c"), 1)];
  one.succeed();
  await first;
  const two = await next();
  assert.deepEqual([one.texts, two.texts], [["a"], ["b", "c"]]);
  two.succeed();
  await Promise.all(later);
});

test("a small insert waits for the callers of the last one to come back", async () => {
  const { insert, next } = heldInserts();
  const group = new GroupCommit({ ...limits, millisecondsToGather: 3_600_000, insert });
  const first = [group.add(bytes("a"), 1), group.add(bytes("b"), 1)];
  const one = await next();
  const late = group.add(bytes("c"), 1);
  one.succeed();
  await Promise.all(first);
  const back = [group.add(bytes("a2"), 1)];
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
  back.push(group.add(bytes("b2"), 1));
  const two = await next();
  assert.deepEqual(two.texts, ["c", "a2", "b2"]);
  two.succeed();
  await Promise.all([late, ...back]);

  const alone = group.add(bytes("d"), 1);
  const great = group.add(bytes("e"), 5);
  const three = await next();
  assert.deepEqual(three.texts, ["d", "e"], "rows enough for an insert wait for nobody");
  three.succeed();
  await Promise.all([alone, great]);

  const last = outcome(group.add(bytes("f"), 1));
  const closed = group.close();
  (await next()).succeed();
  await closed;
  assert.equal(await last, "stored");
});

test("a small insert waits no longer than it may, for callers or after the last one", async () => {
  const { insert, next } = heldInserts();
  const group = new GroupCommit({ ...limits, millisecondsBetweenInserts: 60, millisecondsToGather: 30, insert });
  const started = performance.now();
  const first = [group.add(bytes("a"), 1), group.add(bytes("b"), 1)];
  (await next()).succeed();
  await Promise.all(first);
  const alone = group.add(bytes("c"), 1);
  const two = await next();
  assert.deepEqual(two.texts, ["c"]);
  assert.ok(performance.now() - started >= 59);
  two.succeed();
  await alone;
});

test("a failed insert rejects exactly its callers", async () => {
  const { insert, next } = heldInserts();
  const group = new GroupCommit({ ...limits, insert });
  const first = [outcome(group.add(bytes("a"), 5)), outcome(group.add(bytes("b"), 5))];
  const second = outcome(group.add(bytes("c"), 1));
  (await next()).fail(new Error("disk full"));
  (await next()).succeed();
  assert.deepEqual([await Promise.all(first), await second], [["disk full", "disk full"], "stored"]);
});

test("a full memory makes callers wait, in their order, and a great caller goes alone", async () => {
  const { insert, next } = heldInserts();
  const group = new GroupCommit({ ...limits, insert });
  const all = [
    group.add(bytes("a"), 10),
    group.add(bytes("b"), 10),
    group.add(bytes("c"), 50),
    group.add(bytes("d"), 1),
  ];
  const one = await next();
  assert.equal(group.rowsInMemory, 20);
  one.succeed();
  const two = await next();
  assert.equal(group.rowsInMemory, 10);
  two.succeed();
  const three = await next();
  assert.equal(group.rowsInMemory, 50);
  three.succeed();
  const four = await next();
  four.succeed();
  await Promise.all(all);
  assert.deepEqual(
    [one, two, three, four].map(({ texts }) => texts),
    [["a"], ["b"], ["c"], ["d"]],
  );
  assert.equal(group.rowsInMemory, 0);
});

test("close stores what was taken and takes nothing more", async () => {
  const { insert, next } = heldInserts();
  const group = new GroupCommit({ ...limits, insert });
  const taken = [
    outcome(group.add(bytes("a"), 10)),
    outcome(group.add(bytes("b"), 10)),
    outcome(group.add(bytes("c"), 10)),
  ];
  const closed = group.close();
  assert.equal(await outcome(group.add(bytes("d"), 1)), "the writer is closed");
  for (let inserts = 0; inserts < 3; inserts++) (await next()).succeed();
  await closed;
  assert.deepEqual(await Promise.all(taken), ["stored", "stored", "stored"]);
});
