import assert from "node:assert/strict";
import { test } from "node:test";
import { octetString, unsigned } from "../data/constructors.ts";
import { fromEpochMilliseconds } from "../data/epoch.ts";
import { dateTimeFromData, dateTimeToData } from "./clock.ts";

const now = fromEpochMilliseconds(Date.UTC(2026, 10, 20, 8), { deviation: -60 });

test("a clock reads from an octet-string and from a date-time", () => {
  assert.deepEqual(dateTimeFromData(dateTimeToData(now)), now);
  assert.deepEqual(dateTimeFromData({ type: "date-time", value: now }), now);
});

test("anything else is refused by what it is", () => {
  assert.throws(() => dateTimeFromData(octetString(new Uint8Array(5))), {
    code: "clock_invalid",
    message: /an octet-string of 5 bytes/,
  });
  assert.throws(() => dateTimeFromData(unsigned(1)), { code: "clock_invalid", message: /is unsigned/ });
});
