import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, hexFromBytes, ProtocolError } from "@anymeter/sans-io";
import fc from "@anymeter/sans-io/testing/properties";
import {
  anyMeter,
  formatSecondaryAddress,
  parseSecondaryAddress,
  type SecondaryAddress,
  secondaryAddressBytes,
  secondaryAddressOf,
} from "./secondary-address.ts";
import {
  addressOfMask,
  fitsMask,
  maskOfSelection,
  selectionApplication,
  selectionMask,
  telegramFits,
} from "./selection.ts";

const water: SecondaryAddress = { identification: "12345678", manufacturer: "LUG", version: 4, medium: 7 };

test("an address is eight bytes, least significant byte first", () => {
  // LUG: L = 12, U = 21, G = 7; 12 << 10 | 21 << 5 | 7 = 32A7.
  assert.equal(hexFromBytes(secondaryAddressBytes(water)), "78563412A7320407");
  assert.equal(hexFromBytes(secondaryAddressBytes(anyMeter)), "FFFFFFFFFFFFFFFF");
  assert.deepEqual(secondaryAddressOf(bytesFromHex("78563412A7320407")), water);
  assert.deepEqual(secondaryAddressOf(bytesFromHex("FFFFFFFFFFFFFFFF")), anyMeter);
});

test("a maker whose code is no letters keeps its bytes", () => {
  const address = secondaryAddressOf(bytesFromHex("78563412A7B20407"));
  assert.equal(address.manufacturer, "A7B2");
  assert.equal(hexFromBytes(secondaryAddressBytes(address)), "78563412A7B20407");
});

test("addresses are read in the forms people and tools write", () => {
  assert.deepEqual(parseSecondaryAddress("12345678-LUG-04-07"), water);
  assert.deepEqual(parseSecondaryAddress("12345678-lug-04-07"), water);
  assert.deepEqual(parseSecondaryAddress("12345678A7320407"), water);
  assert.deepEqual(parseSecondaryAddress("1234FFFF"), { identification: "1234FFFF" });
  assert.deepEqual(parseSecondaryAddress("FFFFFFFFFFFFFF07"), { medium: 7 });
  assert.deepEqual(parseSecondaryAddress("*-LUG"), { manufacturer: "LUG" });
  assert.deepEqual(parseSecondaryAddress("*"), anyMeter);
  assert.deepEqual(parseSecondaryAddress("12345678-*-*-07+4711"), {
    identification: "12345678",
    medium: 7,
    fabricationNumber: "4711",
  });
});

test("what is no address is refused with the part that is wrong", () => {
  for (const text of ["", "1234567", "1234567A", "12345678-LU", "12345678-LUG-0G", "12345678-LUG-04-07+123456789"]) {
    assert.throws(() => parseSecondaryAddress(text), { code: "secondary_address_invalid" }, text);
  }
  const wrong: [SecondaryAddress, RegExp][] = [
    [{ identification: "123" }, /identification 123/],
    [{ manufacturer: "L1G" }, /manufacturer L1G/],
    [{ version: 255 }, /version 255/],
    [{ medium: -1 }, /medium -1/],
    [{ fabricationNumber: "12x" }, /fabrication number 12x/],
  ];
  for (const [address, message] of wrong) {
    assert.throws(
      () => selectionMask(address),
      (error) => error instanceof ProtocolError && message.test(error.message),
    );
  }
});

const anAddress: fc.Arbitrary<SecondaryAddress> = fc.record(
  {
    identification: fc.stringMatching(/^[0-9F]{8}$/).filter((digits) => digits !== "FFFFFFFF"),
    manufacturer: fc.stringMatching(/^[A-Z]{3}$/),
    version: fc.integer({ min: 0, max: 254 }),
    medium: fc.integer({ min: 0, max: 254 }),
    fabricationNumber: fc.stringMatching(/^[0-9]{8}$/),
  },
  { requiredKeys: [], noNullPrototype: true },
);

test("addresses survive their text, their mask and their selection", () => {
  fc.assert(
    fc.property(anAddress, (address) => {
      assert.deepEqual(parseSecondaryAddress(formatSecondaryAddress(address)), address);
      const mask = selectionMask(address);
      assert.deepEqual(addressOfMask(mask), address);
      assert.deepEqual(maskOfSelection(selectionApplication(mask)), mask);
    }),
  );
});

test("a selection without fabrication number has nine bytes, an enhanced one fifteen", () => {
  assert.equal(hexFromBytes(selectionApplication(selectionMask(water))), "5278563412A7320407");
  assert.equal(
    hexFromBytes(selectionApplication(selectionMask({ ...water, fabricationNumber: "4711" }))),
    "5278563412A73204070C7811470000",
  );
  assert.equal(maskOfSelection(bytesFromHex("5278563412A732040700")), undefined);
  assert.equal(maskOfSelection(bytesFromHex("5178563412A7320407")), undefined);
});

test("a wildcard is one digit of the identification, one byte of the rest", () => {
  const header = secondaryAddressBytes(water);
  const fits: Record<string, boolean> = {
    "12345678-LUG-04-07": true,
    "*": true,
    F2F4F6F8: true,
    "1234567F-*-04": true,
    FFFFFFF7: false,
    "*-LUH": false,
    "*-*-05": false,
    "*-*-*-06": false,
  };
  for (const [text, expected] of Object.entries(fits)) {
    assert.equal(fitsMask(secondaryAddressBytes(parseSecondaryAddress(text)), header), expected, text);
  }
});

test("a telegram names its meter by the long header, by the number of the fixed structure, or not at all", () => {
  const mask = selectionMask(water);
  assert.equal(telegramFits(mask, bytesFromHex("7278563412A7320407 01000000")), true);
  assert.equal(telegramFits(mask, bytesFromHex("7279563412A7320407 01000000")), false);
  assert.equal(telegramFits(mask, bytesFromHex("7378563412 0A00 E97E 01000000 35010000")), true);
  assert.equal(telegramFits(mask, bytesFromHex("7379563412 0A00 E97E 01000000 35010000")), false);
  assert.equal(telegramFits(mask, bytesFromHex("7A 01000000")), undefined);
  assert.equal(telegramFits(mask, bytesFromHex("7278563412")), undefined);
});
