/** AES-CMAC: the examples of RFC 4493, section 4. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, hexFromBytes } from "@anymeter/sans-io";
import { applyCounterMode, cmac, decryptCbc, encryptCbc, equalInSecret } from "./ciphers.ts";

const key = bytesFromHex("2B7E151628AED2A6ABF7158809CF4F3C");
const message = bytesFromHex(`6BC1BEE22E409F96E93D7E117393172A AE2D8A571E03AC9C9EB76FAC45AF8E51
  30C81C46A35CE411E5FBC1191A0A52EF F69F2445DF4F9B17AD2B417BE66C3710`);
const codes = [
  { length: 0, code: "BB1D6929E95937287FA37D129B756746" },
  { length: 16, code: "070A16B46B4D4144F79BDD9DD04A287C" },
  { length: 40, code: "DFA66747DE9AE63030CA32611497C827" },
  { length: 64, code: "51F0BEBF7E3B9D92FC49741779363CFE" },
];
for (const { length, code } of codes) {
  test(`CMAC of ${length} bytes`, () => assert.equal(hexFromBytes(cmac(key, message.subarray(0, length))), code));
}

test("CBC and counter mode open what they close", () => {
  const vector = new Uint8Array(16).fill(7);
  assert.deepEqual(decryptCbc(key, vector, encryptCbc(key, vector, message)), message);
  assert.deepEqual(applyCounterMode(key, vector, applyCounterMode(key, vector, message)), message);
});

test("equal in secret", () => {
  assert.equal(equalInSecret(key, key.slice()), true);
  assert.equal(equalInSecret(key, message.subarray(0, 16)), false);
  assert.equal(equalInSecret(key, key.subarray(1)), false);
});
