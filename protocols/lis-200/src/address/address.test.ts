import assert from "node:assert/strict";
import { test } from "node:test";
import { ProtocolError } from "@anymeter/sans-io";
import fc from "@anymeter/sans-io/testing/properties";
import {
  type Address,
  type Attribute,
  addressText,
  attributes,
  canonicalAddress,
  isArchive,
  parseAddress,
} from "./address.ts";

/** Spellings that devices, manuals and the documented calls use, and the one we write. */
const spellings: readonly (readonly [string, string])[] = [
  ["2:302.0", "2:302.0"],
  ["02:0302.0", "2:302.0"],
  ["01:0181.0", "1:181.0"],
  ["2:302", "2:302.0"],
  ["2.301", "2:301.0"],
  ["2.301.3", "2:301.3"],
  ["7-2:302.2", "2:302.2"],
  ["6:310_1", "6:310_1.0"],
  ["06:0310_01.0", "6:310_1.0"],
  ["1:1e0.0", "1:1E0.0"],
  ["3:V.A", "3:V.A"],
  ["05:v.a", "5:V.A"],
  ["1:A32.0", "1:A32.0"],
  [" 4:150.0 ", "4:150.0"],
  ["0:0.0", "0:0.0"],
];

for (const [written, canonical] of spellings) {
  test(`${JSON.stringify(written)} is ${canonical}`, () => {
    assert.equal(canonicalAddress(written), canonical);
    assert.equal(canonicalAddress(canonical), canonical);
  });
}

for (const text of [
  "",
  "2",
  "302.0",
  ":302.0",
  "2:.0",
  "2:XYZ.0",
  "2:302.B",
  "100:302.0",
  "2:12345.0",
  "2:302.0(1)",
  "2:302_.0",
]) {
  test(`${JSON.stringify(text)} is no address`, () => {
    assert.throws(
      () => parseAddress(text),
      (error) => error instanceof ProtocolError && error.code === "address_invalid" && error.fault === "caller",
    );
  });
}

test("an archive is told from a value", () => {
  assert.equal(isArchive(parseAddress("3:V.0")), true);
  assert.equal(isArchive(parseAddress("3:302.0")), false);
});

test("every address reads back from its text", () => {
  const address: fc.Arbitrary<Address> = fc.record(
    {
      instance: fc.integer({ min: 0, max: 99 }),
      object: fc.oneof(
        fc.constant("V"),
        fc.integer({ min: 0, max: 0xffff }).map((object) => object.toString(16).toUpperCase()),
        fc
          .tuple(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0, max: 99 }))
          .map(([object, subIndex]) => `${object.toString(16).toUpperCase()}_${subIndex}`),
      ),
      attribute: fc.constantFrom(...(Object.keys(attributes) as Attribute[])),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(address, (original) => {
      assert.deepEqual(parseAddress(addressText(original)), original);
    }),
  );
});
