import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bytesFromHex } from "@anymeter/sans-io";
import { DlmsError } from "../errors.ts";
import { unwrapKey, wrapKey } from "./key-wrap.ts";

const kek = bytesFromHex("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F");
const data = bytesFromHex("00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F");

/** RFC 3394, clauses 4.1, 4.3, 4.5 and 4.6. */
const vectors = [
  { kekLength: 16, keyLength: 16, wrapped: "1FA68B0A8112B447 AEF34BD8FB5A7B82 9D3E862371D2CFE5" },
  { kekLength: 32, keyLength: 16, wrapped: "64E8C3F9CE0F5BA2 63E9777905818A2A 93C8191E7D6E8AE7" },
  { kekLength: 32, keyLength: 24, wrapped: "A8F9BC1612C68B3F F6E6F4FBE30E71E4 769C8B80A32CB895 8CD5D17D6B254DA1" },
  {
    kekLength: 32,
    keyLength: 32,
    wrapped: "28C9F404C4B810F4 CBCCB35CFB87F826 3F5786E2D80ED326 CBC7F0E71A99F43B FB988B9B7A02DD21",
  },
];

describe("key wrap", () => {
  for (const { kekLength, keyLength, wrapped } of vectors) {
    it(`wraps ${keyLength} bytes under ${kekLength} as RFC 3394 does`, () => {
      const keyEncryptionKey = kek.subarray(0, kekLength);
      // The vectors' 24-byte key ends in its own way.
      const key = data.subarray(0, keyLength);
      assert.deepEqual(wrapKey(keyEncryptionKey, key), bytesFromHex(wrapped));
      assert.deepEqual(unwrapKey(keyEncryptionKey, bytesFromHex(wrapped)), key);
    });
  }

  it("opens nothing that was changed, cut, or wrapped under another key", () => {
    const wrapped = bytesFromHex(vectors[0]!.wrapped);
    for (let at = 0; at < wrapped.length; at++) {
      const changed = wrapped.slice();
      changed[at]! ^= 0x80;
      assert.throws(() => unwrapKey(kek.subarray(0, 16), changed), { code: "key_unwrap_failed" });
      assert.throws(() => unwrapKey(kek.subarray(0, 16), wrapped.slice(0, at)), { code: "key_unwrap_failed" });
    }
    assert.throws(() => unwrapKey(kek, wrapped), { code: "key_unwrap_failed" });
    assert.throws(() => unwrapKey(kek, new Uint8Array(48)), { code: "key_unwrap_failed" });
  });

  it("refuses keys of other lengths without showing them", () => {
    for (const length of [0, 8, 15, 17, 33, 40]) {
      assert.throws(() => wrapKey(kek, new Uint8Array(length)), { code: "key_invalid" });
      assert.throws(
        () => wrapKey(new Uint8Array(length).fill(0xab), data),
        (error: unknown) => error instanceof DlmsError && error.code === "key_invalid" && !/ab/i.test(error.message),
      );
    }
  });
});
