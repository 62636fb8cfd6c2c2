import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, hexFromBytes } from "@anymeter/sans-io";
import { assertSurvivesCuttingAndMutation } from "@anymeter/sans-io/testing";
import { dataFromBytes, dataToBytes } from "../data/codec.ts";
import { attributeAccessRights, methodAccessRights, objectListFromData, objectListToData } from "./object-list.ts";

/** A clock (class 8, version 0): attributes 1 read, 2 read and write with selector 5; method 6 allowed. */
const listed = bytesFromHex(`
  01 01 02 04
    12 0008  11 00  09 06 0000010000FF
    02 02
      01 02
        02 03 0F 01 16 01 00
        02 03 0F 02 16 03 01 01 0F 05
      01 01
        02 02 0F 06 03 01`);

test("an object list reads as objects and rights, and writes back", () => {
  const [clock, ...others] = objectListFromData(dataFromBytes(listed), 0);
  assert.equal(others.length, 0);
  assert.deepEqual([clock?.classId, clock?.version, clock?.logicalName], [8, 0, "0.0.1.0.0.255"]);
  assert.deepEqual(
    clock?.attributes.map(({ attribute, access, selectors }) => [attribute, access.read, access.write, selectors]),
    [
      [1, true, false, []],
      [2, true, true, [5]],
    ],
  );
  assert.deepEqual([clock?.methods[0]?.method, clock?.methods[0]?.access.write], [6, true]);
  assert.equal(hexFromBytes(dataToBytes(objectListToData([clock!], 0))), hexFromBytes(listed));
});

test("an access mode means what the association's version says", () => {
  // 5 is "authenticated write only" in versions 0 to 2, but "read, request authenticated" in version 3.
  const old = attributeAccessRights(5, 2);
  assert.deepEqual([old.read, old.write, old.request.authenticated], [false, true, true]);
  const bits = attributeAccessRights(5, 3);
  assert.deepEqual([bits.read, bits.write, bits.request.authenticated], [true, false, true]);
  const all = attributeAccessRights(0xff, 3);
  assert.deepEqual(all.request, { authenticated: true, encrypted: true, signed: true });
  assert.deepEqual(all.response, all.request);
  assert.deepEqual(attributeAccessRights(9, 1), { ...attributeAccessRights(0, 1), mode: 9 });
});

test("method access is a boolean, a number or bits", () => {
  assert.equal(methodAccessRights(true, 0).write, true);
  assert.equal(methodAccessRights(0, 1).write, false);
  assert.deepEqual(methodAccessRights(2, 1).request.authenticated, true);
  assert.deepEqual(methodAccessRights(0x0e, 3).request, { authenticated: true, encrypted: true, signed: false });
});

test("an entry that is none is refused by number", () => {
  const bad = dataFromBytes(bytesFromHex("01 01 02 04 12 0008 11 00 09 05 0000010000 02 02 01 00 01 00"));
  assert.throws(() => objectListFromData(bad, 0), {
    code: "object_list_entry_invalid",
    details: { index: 1, reason: "its logical name is not an octet-string of 6 bytes" },
  });
});

test("survives cut and changed lists", () => {
  assertSurvivesCuttingAndMutation((bytes) => objectListFromData(dataFromBytes(bytes), 3), listed, { mutants: 1000 });
});
