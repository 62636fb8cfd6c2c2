import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bytesFromHex } from "@anymeter/sans-io";
import {
  decodeHdlcAddress,
  describeHdlcAddress,
  encodeHdlcAddress,
  type HdlcAddress,
  hdlcAddresses,
  hdlcAddressLengthAt,
} from "./address.ts";

/** Addresses of known meters and of the standard's examples with their bytes. */
const known: readonly [HdlcAddress, string][] = [
  [{ logicalDevice: 16, length: 1 }, "21"],
  [{ logicalDevice: 103, length: 1 }, "CF"],
  [{ logicalDevice: 1, physicalDevice: 17, length: 2 }, "02 23"],
  [{ logicalDevice: 4, physicalDevice: 65, length: 2 }, "08 83"],
  [{ logicalDevice: 1, physicalDevice: 0x3ffe, length: 4 }, "00 02 FE FD"],
  [{ logicalDevice: 0x1234, physicalDevice: 0x3fff, length: 4 }, "48 68 FE FF"],
];

describe("HDLC address", () => {
  for (const [address, hex] of known) {
    it(`writes and reads ${describeHdlcAddress(address)}`, () => {
      const bytes = bytesFromHex(hex);
      assert.deepEqual(encodeHdlcAddress(address), bytes);
      assert.equal(hdlcAddressLengthAt(bytes, 0, bytes.length), address.length);
      assert.deepEqual(decodeHdlcAddress(bytes, 0, address.length!), address);
    });
  }

  it("takes the shortest length that holds the values, and a longer one on demand", () => {
    assert.equal(encodeHdlcAddress({ logicalDevice: 1 }).length, 1);
    assert.equal(encodeHdlcAddress({ logicalDevice: 1, physicalDevice: 127 }).length, 2);
    assert.equal(encodeHdlcAddress({ logicalDevice: 1, physicalDevice: 128 }).length, 4);
    assert.equal(encodeHdlcAddress({ logicalDevice: 1, physicalDevice: 17, length: 4 }).length, 4);
  });

  it("refuses values that do not fit, saying what may be swapped", () => {
    const wrong: HdlcAddress[] = [
      { logicalDevice: 128 },
      { logicalDevice: -1 },
      { logicalDevice: 1.5 },
      { logicalDevice: 1, physicalDevice: 0x4000 },
      { logicalDevice: 1, physicalDevice: 128, length: 2 },
      { logicalDevice: 1, physicalDevice: 1, length: 1 },
      { logicalDevice: 1, length: 2 },
    ];
    for (const address of wrong) {
      assert.throws(() => encodeHdlcAddress(address), { code: "hdlc_address_invalid", message: /swapped/ });
    }
  });

  it("knows no address of three bytes, or of more than four", () => {
    assert.equal(hdlcAddressLengthAt(bytesFromHex("02 02 03"), 0, 3), 0);
    assert.equal(hdlcAddressLengthAt(bytesFromHex("02 02 02 02 03"), 0, 5), 0);
    assert.equal(hdlcAddressLengthAt(bytesFromHex("02 02"), 0, 2), undefined);
  });

  it("keeps the reserved addresses at each width", () => {
    const calling = { logicalDevice: 1, physicalDevice: hdlcAddresses.calling[4] };
    assert.deepEqual(encodeHdlcAddress(calling), bytesFromHex("00 02 FE FD"));
    const all = { logicalDevice: hdlcAddresses.allStation[4], physicalDevice: hdlcAddresses.allStation[4] };
    assert.deepEqual(encodeHdlcAddress(all), bytesFromHex("FE FE FE FF"));
    assert.deepEqual(encodeHdlcAddress({ logicalDevice: hdlcAddresses.allStation[1] }), bytesFromHex("FF"));
  });
});
