/**
 * AES in Galois/counter mode as DLMS uses it (Green Book clause 9.2.3.3.7; NIST SP 800-38D): a 96-bit nonce made of the
 * sender's system title and the invocation counter, and a tag of 96 bits.
 */
import { type CipherGCMOptions, createCipheriv, createDecipheriv, type KeyObject } from "node:crypto";
import { plainView } from "@anymeter/sans-io";
import { dlmsError } from "../errors.ts";
import { authenticationTagLength, type SecuritySuite, securitySuites, systemTitleLength } from "./suites.ts";

/** What one protected APDU is bound to. */
export interface GaloisCounterInput {
  readonly suite: SecuritySuite;
  readonly key: KeyObject;
  /** The sender's, 8 bytes. */
  readonly systemTitle: Uint8Array;
  readonly invocationCounter: number;
}

/** Encrypts without a tag, which is also how to decrypt. */
export function applyKeyStream(input: GaloisCounterInput, bytes: Uint8Array): Uint8Array {
  const initial = new Uint8Array(16);
  initial.set(nonce(input));
  // Counter block 1 is the tag's; the text begins with block 2 (SP 800-38D, 7.1).
  initial[15] = 2;
  return plainView(createCipheriv(securitySuites[input.suite].keyStream, input.key, initial).update(bytes));
}

/** The tag over additional data alone, given in pieces. */
export function authenticate(input: GaloisCounterInput, ...additionalData: readonly Uint8Array[]): Uint8Array {
  const cipher = createCipheriv(securitySuites[input.suite].cipher, input.key, nonce(input), options);
  for (const data of additionalData) cipher.setAAD(data);
  cipher.final();
  return plainView(cipher.getAuthTag());
}

/** Ciphertext and its tag. */
export function encrypt(
  input: GaloisCounterInput,
  additionalData: Uint8Array,
  plaintext: Uint8Array,
): { readonly ciphertext: Uint8Array; readonly tag: Uint8Array } {
  const cipher = createCipheriv(securitySuites[input.suite].cipher, input.key, nonce(input), options);
  cipher.setAAD(additionalData);
  const ciphertext = cipher.update(plaintext);
  cipher.final();
  return { ciphertext, tag: cipher.getAuthTag() };
}

/** The plaintext. Throws `authentication_tag_mismatch`. */
export function decrypt(
  input: GaloisCounterInput,
  additionalData: Uint8Array,
  ciphertext: Uint8Array,
  tag: Uint8Array,
): Uint8Array {
  const decipher = createDecipheriv(securitySuites[input.suite].cipher, input.key, nonce(input), options);
  decipher.setAAD(additionalData);
  decipher.setAuthTag(tag);
  const plaintext = decipher.update(ciphertext);
  try {
    decipher.final();
  } catch {
    throw dlmsError("authentication_tag_mismatch", {});
  }
  return plainView(plaintext);
}

const options: CipherGCMOptions = { authTagLength: authenticationTagLength };

/** One for all calls: node:crypto copies it when a cipher is made. */
const sharedNonce = new Uint8Array(systemTitleLength + 4);

function nonce({ systemTitle, invocationCounter }: GaloisCounterInput): Uint8Array {
  sharedNonce.set(systemTitle);
  sharedNonce[8] = invocationCounter >>> 24;
  sharedNonce[9] = invocationCounter >>> 16;
  sharedNonce[10] = invocationCounter >>> 8;
  sharedNonce[11] = invocationCounter;
  return sharedNonce;
}
