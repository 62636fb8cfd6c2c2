import assert from "node:assert/strict";
import { test } from "node:test";
import { hexFromBytes } from "@anymeter/sans-io";
import { dataToBytes } from "../data/codec.ts";
import { doubleLongUnsigned, structure, unsigned } from "../data/constructors.ts";
import { fromEpochMilliseconds } from "../data/epoch.ts";
import {
  captureObjectsFromData,
  captureObjectsToData,
  clockCaptureObject,
  sameCaptureObject,
} from "./capture-objects.ts";
import { entriesFromSelection, rangeFromSelection, selectByEntry, selectByRange } from "./selective-access.ts";

const from = fromEpochMilliseconds(Date.UTC(2026, 10, 19), { deviation: 0 });
const to = { ...fromEpochMilliseconds(Date.UTC(2026, 10, 20), { deviation: 0 }), deviation: undefined };
const energy = { classId: 3, logicalName: "1.0.1.8.0.255", attribute: 2, dataIndex: 0 };

test("a range is written as the Blue Book has it", () => {
  const { selector, parameter } = selectByRange({ from, to, columns: [energy] });
  assert.equal(selector, 1);
  const expected = [
    "0204", // structure of restricting object, from, to, columns
    "0204 120008 0906 0000010000FF 0F02 120000", // the clock's time
    "090C 07EA0B13 04 00000000 0000 FF", // 2026-11-19, a Thursday
    "090C 07EA0B14 05 00000000 8000 FF", // without deviation
    "0101 0204 120003 0906 0100010800FF 0F02 120000",
  ];
  assert.equal(hexFromBytes(dataToBytes(parameter)), expected.join("").replaceAll(" ", ""));
});

test("a range is read back, whatever its bounds are", () => {
  const selection = selectByRange({
    restrictingObject: energy,
    from: doubleLongUnsigned(1),
    to: doubleLongUnsigned(9),
  });
  assert.deepEqual(rangeFromSelection(selection), {
    restrictingObject: energy,
    from: doubleLongUnsigned(1),
    to: doubleLongUnsigned(9),
    columns: [],
  });
});

test("entries default to the last and to all columns", () => {
  const selection = selectByEntry({ fromEntry: 5 });
  assert.equal(
    hexFromBytes(dataToBytes(selection.parameter)),
    "02040600000005060000000012000112 0000".replace(" ", ""),
  );
  assert.deepEqual(entriesFromSelection(selection), { fromEntry: 5, toEntry: 0, fromColumn: 1, toColumn: 0 });
});

test("selections that are something else are refused", () => {
  const invalid = { code: "access_selection_invalid", fault: "damaged" };
  assert.throws(() => rangeFromSelection(selectByEntry({ fromEntry: 1 })), invalid);
  assert.throws(() => rangeFromSelection({ selector: 1, parameter: structure(unsigned(1)) }), invalid);
  assert.throws(() => entriesFromSelection({ selector: 2, parameter: unsigned(1) }), invalid);
  assert.throws(() => entriesFromSelection({ selector: 2, parameter: structure(unsigned(1)) }), invalid);
});

test("capture objects come back, and bad ones are refused by number", () => {
  const objects = [clockCaptureObject, energy];
  assert.deepEqual(captureObjectsFromData(captureObjectsToData(objects)), objects);
  assert.ok(sameCaptureObject(energy, { ...energy }) && !sameCaptureObject(energy, clockCaptureObject));
  assert.throws(() => captureObjectsFromData({ type: "array", value: [unsigned(1)] }), {
    code: "capture_object_invalid",
    details: { index: 1, reason: "it is unsigned, not a structure" },
  });
  assert.throws(() => captureObjectsFromData(unsigned(1)), { code: "capture_object_invalid" });
});
