import assert from "node:assert/strict";
import { test } from "node:test";
import { ProtocolError } from "@anymeter/sans-io";
import { findRange, rangeText } from "./range.ts";

test("a range is position, limits and rows of a block, empty where open", () => {
  assert.equal(rangeText({}), "1;;;");
  assert.equal(rangeText({ position: 3, from: "2021-03-01,06:00:00" }, 10), "3;2021-03-01,06:00:00;;10");
  assert.equal(rangeText({ from: "17", to: "42" }), "1;17;42;");
});

test("a meter reads what a reader writes", () => {
  assert.deepEqual(findRange("3;2021-03-01,06:00:00;;10"), {
    range: { position: 3, from: "2021-03-01,06:00:00", to: "" },
    rowsPerBlock: 10,
  });
  assert.deepEqual(findRange(";;;"), { range: { position: 1, from: "", to: "" } });
  for (const text of ["", "1;2;3", "1;2;3;4;5", "100;;;", "1;;;1000", `1;${"9".repeat(20)};;`])
    assert.equal(findRange(text), undefined);
});

test("what cannot be asked is refused before it is sent", () => {
  const refused = [
    () => rangeText({ position: 0 }),
    () => rangeText({ position: 100 }),
    () => rangeText({ position: 1.5 }),
    () => rangeText({}, 0),
    () => rangeText({}, 1000),
    () => rangeText({ from: "1;2" }),
    () => rangeText({ to: "2021-03-01,06:00:00.000" }),
    () => rangeText({ to: "1)" }),
  ];
  for (const ask of refused) {
    assert.throws(
      ask,
      (error) => error instanceof ProtocolError && error.code === "archive_range_invalid" && error.fault === "caller",
    );
  }
});
