import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bytesFromHex, joinBytes } from "@anymeter/sans-io";
import { publicKeyOf, signMessage, verifySignature } from "./signature.ts";

const message = new TextEncoder().encode("sample");

/** RFC 6979, appendices A.2.5 and A.2.6: keys, and the signatures of "sample" with SHA-256 and SHA-384. */
const vectors = [
  {
    curve: "P-256",
    privateKey: "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721",
    publicKey: `60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6
      7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299`,
    signature: `EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716
      F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8`,
  },
  {
    curve: "P-384",
    privateKey: "6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA47740787137D896D5724E4C70A825F872C9EA60D2EDF5",
    publicKey: `EC3A4E415B4E19A4568618029F427FA5DA9A8BC4AE92E02E06AAE5286B300C64DEF8F0EA9055866064A254515480BC13
      8015D9B72D7D57244EA8EF9AC0C621896708A59367F9DFB9F54CA84B3F1C9DB1288B231C3AE0D4FE7344FD2533264720`,
    signature: `94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C81A648152E44ACF96E36DD1E80FABE46
      99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94FA329C145786E679E7B82C71A38628AC8`,
  },
];

describe("signature", () => {
  for (const { curve, privateKey, publicKey, signature } of vectors) {
    const secret = bytesFromHex(privateKey);
    const point = bytesFromHex(publicKey);
    it(`on ${curve} accepts the published one and its own, and derives the public key`, () => {
      assert.equal(verifySignature(point, message, bytesFromHex(signature)), true);
      assert.equal(verifySignature(joinBytes([Uint8Array.of(4), point]), message, bytesFromHex(signature)), true);
      assert.deepEqual(publicKeyOf(secret), point);
      const own = signMessage(secret, message);
      assert.equal(own.length, secret.length * 2);
      assert.equal(verifySignature(point, message, own), true);
    });

    it(`on ${curve} refuses a changed message, signature or key`, () => {
      const bytes = bytesFromHex(signature);
      assert.equal(verifySignature(point, message.subarray(1), bytes), false);
      assert.equal(verifySignature(point, message, bytes.subarray(1)), false);
      assert.equal(verifySignature(point, message, new Uint8Array(bytes.length)), false);
      bytes[5]! ^= 1;
      assert.equal(verifySignature(point, message, bytes), false);
      const noPoint = point.slice();
      noPoint[0]! ^= 1;
      assert.throws(() => verifySignature(noPoint, message, bytes), { code: "key_invalid" });
    });
  }

  it("refuses keys of other lengths, and scalars out of range", () => {
    assert.throws(() => signMessage(new Uint8Array(31), message), { code: "key_invalid" });
    assert.throws(() => signMessage(new Uint8Array(32), message), { code: "key_invalid" });
    assert.throws(() => publicKeyOf(new Uint8Array(48).fill(0xff)), { code: "key_invalid" });
    assert.throws(() => verifySignature(new Uint8Array(63), message, message), { code: "key_invalid" });
  });
});
