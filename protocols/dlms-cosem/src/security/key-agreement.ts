/**
 * Key agreement of suites 1 and 2 (Green Book clause 9.2.3.4.6): both sides compute the same secret from their own private
 * and the other's public key (ECDH), and derive a key from it (NIST SP 800-56A, concatenation KDF, one step).
 *
 *   key = the first bytes of hash( 00000001 ‖ Z ‖ AlgorithmID ‖ PartyU ‖ PartyV )
 *
 * One-pass and ephemeral schemes: PartyU and PartyV are the system titles of originator and recipient. Static scheme:
 * PartyU is the originator's title, and the transaction-id with its length.
 */
import { createECDH, createHash } from "node:crypto";
import { joinBytes } from "@anymeter/sans-io";
import { dlmsError } from "../errors.ts";
import { type SecuritySuite, securitySuites } from "./suites.ts";

/** What the key is for: object identifiers 2.16.756.5.8.3.x in seven bytes, and the key's length. */
export const agreedKeyUses = {
  "aes-gcm-128": { identifier: Uint8Array.of(0x60, 0x85, 0x74, 0x05, 0x08, 0x03, 0x00), keyLength: 16 },
  "aes-gcm-256": { identifier: Uint8Array.of(0x60, 0x85, 0x74, 0x05, 0x08, 0x03, 0x01), keyLength: 32 },
  "aes-wrap-128": { identifier: Uint8Array.of(0x60, 0x85, 0x74, 0x05, 0x08, 0x03, 0x02), keyLength: 16 },
  "aes-wrap-256": { identifier: Uint8Array.of(0x60, 0x85, 0x74, 0x05, 0x08, 0x03, 0x03), keyLength: 32 },
} as const;

export type AgreedKeyUse = keyof typeof agreedKeyUses;

/**
 * Z, the shared secret: the x coordinate. Keys are raw as in signature.ts. Throws `key_invalid`, also when the suite
 * has no key agreement.
 */
export function agreeSecret(suite: SecuritySuite, privateKey: Uint8Array, peerPublicKey: Uint8Array): Uint8Array {
  const { name, fieldLength } = curveOf(suite);
  if (privateKey.length !== fieldLength) {
    throw dlmsError("key_invalid", { key: "private agreement", length: privateKey.length, expected: fieldLength });
  }
  const point = peerPublicKey.length === 2 * fieldLength ? joinBytes([uncompressed, peerPublicKey]) : peerPublicKey;
  const exchange = createECDH(name);
  try {
    exchange.setPrivateKey(privateKey);
    return Uint8Array.from(exchange.computeSecret(point));
  } catch {
    const expected = `a point of the curve in ${2 * fieldLength}, and a private key below its order`;
    throw dlmsError("key_invalid", { key: "public agreement", length: peerPublicKey.length, expected });
  }
}

/** The key that both sides derive from Z. */
export function deriveAgreedKey(
  suite: SecuritySuite,
  secret: Uint8Array,
  use: AgreedKeyUse,
  partyU: Uint8Array,
  partyV: Uint8Array,
): Uint8Array {
  const { hash } = curveOf(suite);
  const { identifier, keyLength } = agreedKeyUses[use];
  const digest = createHash(hash);
  for (const part of [firstRound, secret, identifier, partyU, partyV]) digest.update(part);
  return Uint8Array.from(digest.digest().subarray(0, keyLength));
}

const uncompressed = Uint8Array.of(0x04);
const firstRound = Uint8Array.of(0, 0, 0, 1);

function curveOf(suite: SecuritySuite): { name: string; fieldLength: number; hash: string } {
  switch (suite) {
    case 0:
      throw dlmsError("key_invalid", { key: "agreement", length: 0, expected: "suite 1 or 2" });
    case 1:
      return { name: "prime256v1", fieldLength: 32, hash: securitySuites[1].hash };
    case 2:
      return { name: "secp384r1", fieldLength: 48, hash: securitySuites[2].hash };
  }
}
