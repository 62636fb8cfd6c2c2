/**
 * Key transfer (class 64 method 2, class 15 method 2): keys travel wrapped under the key encryption key, the master key
 * (RFC 3394). A wrapped key is 8 bytes longer than the key.
 */
import { createCipheriv, createDecipheriv } from "node:crypto";
import { dlmsError } from "../errors.ts";

/** Wraps a key of 16, 24 or 32 bytes under a key encryption key of 16 or 32. Throws `key_invalid`. */
export function wrapKey(keyEncryptionKey: Uint8Array, key: Uint8Array): Uint8Array {
  const algorithm = algorithmFor(keyEncryptionKey);
  if (key.length < 16 || key.length > 32 || key.length % 8 !== 0) {
    throw dlmsError("key_invalid", { key: "wrapped", length: key.length, expected: "16, 24 or 32" });
  }
  return Uint8Array.from(createCipheriv(algorithm, keyEncryptionKey, initialValue).update(key));
}

/** Opens a wrapped key. Throws `key_invalid`, and `key_unwrap_failed` when the integrity check fails. */
export function unwrapKey(keyEncryptionKey: Uint8Array, wrapped: Uint8Array): Uint8Array {
  const algorithm = algorithmFor(keyEncryptionKey);
  if (wrapped.length < 24 || wrapped.length > 40 || wrapped.length % 8 !== 0) throw dlmsError("key_unwrap_failed", {});
  try {
    const decipher = createDecipheriv(algorithm, keyEncryptionKey, initialValue);
    const key = Uint8Array.from(decipher.update(wrapped));
    decipher.final();
    if (key.length === wrapped.length - 8) return key;
  } catch {
    // node:crypto reports a failed integrity check as one of several untyped errors.
  }
  throw dlmsError("key_unwrap_failed", {});
}

/** RFC 3394, clause 2.2.3.1. */
const initialValue = Uint8Array.of(0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6);
const algorithms: Readonly<Record<number, string>> = { 16: "id-aes128-wrap", 32: "id-aes256-wrap" };

function algorithmFor(keyEncryptionKey: Uint8Array): string {
  const algorithm = algorithms[keyEncryptionKey.length];
  if (algorithm !== undefined) return algorithm;
  throw dlmsError("key_invalid", { key: "key encryption", length: keyEncryptionKey.length, expected: "16 or 32" });
}
