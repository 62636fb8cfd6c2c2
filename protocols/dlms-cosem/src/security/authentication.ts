/**
 * How the two sides of an association prove who they are (Green Book clause 9.2.2.2.2).
 *
 * LLS: the client sends a password in the AARQ, compared with `verifyPassword`. HLS, in four passes:
 *
 *   1  client → AARQ      CtoS, the client's challenge
 *   2  client ← AARE      StoC, the server's challenge
 *   3  client → ACTION    f(StoC) = prove("client", …)     the server checks it by verifyProof("client", …)
 *   4  client ← response  f(CtoS) = prove("server", …)     the client checks it by verifyProof("server", …)
 *
 * A proof is over the other side's challenge; `own` and `other` below are seen from the side that proves.
 */
import { createCipheriv, createHash, timingSafeEqual } from "node:crypto";
import { joinBytes } from "@anymeter/sans-io";
import type { MechanismName } from "../acse/association.ts";
import { dlmsError } from "../errors.ts";
import type { SecurityContext } from "./context.ts";
import { authenticate } from "./galois-counter.ts";
import { securityControl } from "./protection.ts";
import { signMessage, verifySignature } from "./signature.ts";
import { authenticationTagLength } from "./suites.ts";

/** What the mechanisms need; which of them each one does is in the table. */
export interface AuthenticationMaterial {
  /** CtoS. */
  readonly clientChallenge: Uint8Array;
  /** StoC. */
  readonly serverChallenge: Uint8Array;
  /** The HLS secret, for mechanisms 2, 3, 4 and 6. */
  readonly secret?: Uint8Array;
  /** For mechanisms 6 and 7. */
  readonly clientSystemTitle?: Uint8Array;
  readonly serverSystemTitle?: Uint8Array;
  /** For mechanism 5: the keys and counters of the side that calls. */
  readonly context?: SecurityContext;
  /** For mechanism 7: own private key and the peer's public one, raw (see signature.ts). */
  readonly signingKey?: Uint8Array;
  readonly peerVerifyingKey?: Uint8Array;
}

export type ProvingSide = "client" | "server";

export interface AuthenticationMechanism {
  /** Last arc of the mechanism name, 2.16.756.5.8.2.x. */
  readonly id: number;
  readonly exchange: "none" | "password" | "challenges";
  /** Bytes a challenge must have at least; the standard has 8 to 64, and 32 to 64 for ECDSA. */
  readonly leastChallengeLength: number;
  /** The AARQ and AARE must carry the system titles, even when nothing is ciphered. */
  readonly needsSystemTitles: boolean;
  readonly scheme?: Scheme;
}

export const longestChallengeLength = 64;

/** Makes the proof and checks a received one; most check by making the same proof again. */
interface Scheme {
  prove(view: ProofView): Uint8Array;
  verify(view: ProofView, proof: Uint8Array): boolean;
}

/** One proof as its maker sees it. */
interface ProofView {
  readonly mechanism: MechanismName;
  readonly material: AuthenticationMaterial;
  /** The challenge that is answered. */
  readonly challenge: Uint8Array;
  readonly ownChallenge: Uint8Array;
  readonly ownTitle: Uint8Array | undefined;
  readonly otherTitle: Uint8Array | undefined;
}

const md5 = recomputed((view) => hash("md5", view.challenge, secretOf(view)));
const sha1 = recomputed((view) => hash("sha1", view.challenge, secretOf(view)));
const sha256 = recomputed((view) => {
  const [own, other] = titlesOf(view);
  return hash("sha256", secretOf(view), own, other, view.challenge, view.ownChallenge);
});
const manufacturer = recomputed((view) => encryptChallenge(secretOf(view), view.challenge));
const gmac: Scheme = { prove: proveByGmac, verify: verifyByGmac };
const ecdsa: Scheme = { prove: proveBySignature, verify: verifyBySignature };

/** Mechanisms 0 to 7. */
export const authenticationMechanisms: Readonly<Record<MechanismName, AuthenticationMechanism>> = {
  none: { id: 0, exchange: "none", leastChallengeLength: 0, needsSystemTitles: false },
  lls: { id: 1, exchange: "password", leastChallengeLength: 0, needsSystemTitles: false },
  hls: { id: 2, exchange: "challenges", leastChallengeLength: 8, needsSystemTitles: false, scheme: manufacturer },
  md5: { id: 3, exchange: "challenges", leastChallengeLength: 8, needsSystemTitles: false, scheme: md5 },
  sha1: { id: 4, exchange: "challenges", leastChallengeLength: 8, needsSystemTitles: false, scheme: sha1 },
  gmac: { id: 5, exchange: "challenges", leastChallengeLength: 8, needsSystemTitles: true, scheme: gmac },
  sha256: { id: 6, exchange: "challenges", leastChallengeLength: 8, needsSystemTitles: true, scheme: sha256 },
  ecdsa: { id: 7, exchange: "challenges", leastChallengeLength: 32, needsSystemTitles: true, scheme: ecdsa },
};

/** A challenge of the mechanism's least length, or of 16 bytes when that is more, from the given source of randomness. */
export function createChallenge(mechanism: MechanismName, random: (length: number) => Uint8Array): Uint8Array {
  return random(Math.max(16, authenticationMechanisms[mechanism].leastChallengeLength));
}

/**
 * The proof of one side: f(StoC) of the client, f(CtoS) of the server. GMAC uses up an invocation counter.
 * Throws `authentication_challenge_invalid`, `authentication_setting_missing`, and what keys and counters throw.
 */
export function prove(side: ProvingSide, mechanism: MechanismName, material: AuthenticationMaterial): Uint8Array {
  const view = viewOf(side, mechanism, material);
  return schemeOf(mechanism).prove(view);
}

/**
 * Checks the proof of `side`, called by the other one. Throws `authentication_proof_rejected` and what `prove` throws.
 */
export function verifyProof(
  side: ProvingSide,
  mechanism: MechanismName,
  proof: Uint8Array,
  material: AuthenticationMaterial,
): void {
  const view = viewOf(side, mechanism, material);
  if (!schemeOf(mechanism).verify(view, proof)) throw dlmsError("authentication_proof_rejected", { mechanism });
}

/** Compares an LLS password in a time that tells nothing of where it differs. */
export function verifyPassword(expected: Uint8Array, given: Uint8Array): boolean {
  return equalInConstantTime(expected, given);
}

/** Throws `authentication_challenge_invalid` for one too short or too long for the mechanism. */
export function checkChallenge(mechanism: MechanismName, which: "CtoS" | "StoC", challenge: Uint8Array): void {
  const { leastChallengeLength: least } = authenticationMechanisms[mechanism];
  if (challenge.length >= least && challenge.length <= longestChallengeLength) return;
  const reason = `it has ${challenge.length} bytes, not ${least} to ${longestChallengeLength}`;
  throw dlmsError("authentication_challenge_invalid", { which, reason });
}

function viewOf(side: ProvingSide, mechanism: MechanismName, material: AuthenticationMaterial): ProofView {
  const { clientChallenge, serverChallenge, clientSystemTitle, serverSystemTitle } = material;
  checkChallenge(mechanism, "CtoS", clientChallenge);
  checkChallenge(mechanism, "StoC", serverChallenge);
  if (equalInConstantTime(clientChallenge, serverChallenge)) {
    // With equal challenges a side without the secret could send the other's proof back to it.
    throw dlmsError("authentication_challenge_invalid", { which: "StoC", reason: "it equals CtoS" });
  }
  return side === "client"
    ? {
        mechanism,
        material,
        challenge: serverChallenge,
        ownChallenge: clientChallenge,
        ownTitle: clientSystemTitle,
        otherTitle: serverSystemTitle,
      }
    : {
        mechanism,
        material,
        challenge: clientChallenge,
        ownChallenge: serverChallenge,
        ownTitle: serverSystemTitle,
        otherTitle: clientSystemTitle,
      };
}

function schemeOf(mechanism: MechanismName): Scheme {
  const { scheme } = authenticationMechanisms[mechanism];
  if (scheme === undefined)
    throw dlmsError("authentication_setting_missing", { mechanism, what: "no proof: it has none" });
  return scheme;
}

function recomputed(compute: (view: ProofView) => Uint8Array): Scheme {
  return { prove: compute, verify: (view, proof) => equalInConstantTime(compute(view), proof) };
}

function hash(algorithm: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const digest = createHash(algorithm);
  for (const part of parts) digest.update(part);
  return Uint8Array.from(digest.digest());
}

/** Mechanism 2 is the manufacturer's choice; this is the one of IDIS: AES-128-ECB, both padded with zeros. */
function encryptChallenge(secret: Uint8Array, challenge: Uint8Array): Uint8Array {
  const blockLength = 16;
  if (secret.length > blockLength) {
    throw dlmsError("key_invalid", { key: "HLS secret", length: secret.length, expected: "at most 16" });
  }
  const key = new Uint8Array(blockLength);
  key.set(secret);
  const padded = new Uint8Array(Math.ceil(challenge.length / blockLength) * blockLength);
  padded.set(challenge);
  return Uint8Array.from(createCipheriv("aes-128-ecb", key, null).setAutoPadding(false).update(padded));
}

/** SC ‖ IC ‖ T, where T is over SC ‖ AK ‖ challenge under the global unicast key. */
function proveByGmac(view: ProofView): Uint8Array {
  const context = contextOf(view);
  const key = context.key("unicast");
  const control = securityControl.authenticated | context.suite;
  const additionalData = context.additionalData(control);
  const invocationCounter = key.takeCounter();
  const { suite, systemTitle } = context;
  const tag = authenticate({ suite, key: key.secret, systemTitle, invocationCounter }, additionalData, view.challenge);
  const proof = new Uint8Array(gmacProofLength);
  const fields = new DataView(proof.buffer);
  fields.setUint8(0, control);
  fields.setUint32(1, invocationCounter);
  proof.set(tag, 5);
  return proof;
}

function verifyByGmac(view: ProofView, proof: Uint8Array): boolean {
  const context = contextOf(view);
  if (proof.length !== gmacProofLength) return false;
  const fields = new DataView(proof.buffer, proof.byteOffset, proof.byteLength);
  const control = fields.getUint8(0);
  if (control !== (securityControl.authenticated | context.suite)) return false;
  const invocationCounter = fields.getUint32(1);
  const key = context.key("unicast");
  // No replay check: the challenge is fresh, and a ciphered APDU around the proof has already moved the counter past it.
  const systemTitle = context.peerSystemTitle;
  if (systemTitle === undefined) throw dlmsError("system_title_missing", {});
  const input = { suite: context.suite, key: key.secret, systemTitle, invocationCounter };
  const tag = authenticate(input, context.additionalData(control), view.challenge);
  if (!timingSafeEqual(tag, proof.subarray(5))) return false;
  key.lastPeerCounter = Math.max(invocationCounter, key.lastPeerCounter ?? 0);
  return true;
}

const gmacProofLength = 5 + authenticationTagLength;

function proveBySignature(view: ProofView): Uint8Array {
  const { signingKey } = view.material;
  if (signingKey === undefined) throw missing(view, "the own private signing key");
  return signMessage(signingKey, signedMessage(view));
}

function verifyBySignature(view: ProofView, proof: Uint8Array): boolean {
  const { peerVerifyingKey } = view.material;
  if (peerVerifyingKey === undefined) throw missing(view, "the peer's public verifying key");
  return verifySignature(peerVerifyingKey, signedMessage(view), proof);
}

function signedMessage(view: ProofView): Uint8Array {
  return joinBytes([...titlesOf(view), view.challenge, view.ownChallenge]);
}

function secretOf(view: ProofView): Uint8Array {
  if (view.material.secret === undefined) throw missing(view, "the secret");
  return view.material.secret;
}

function titlesOf(view: ProofView): readonly [own: Uint8Array, other: Uint8Array] {
  if (view.ownTitle === undefined || view.otherTitle === undefined) throw missing(view, "both system titles");
  return [view.ownTitle, view.otherTitle];
}

function contextOf(view: ProofView): SecurityContext {
  if (view.material.context === undefined) throw missing(view, "a security context with its keys and counters");
  return view.material.context;
}

function missing({ mechanism }: ProofView, what: string): Error {
  return dlmsError("authentication_setting_missing", { mechanism, what });
}

/** Hashing first makes the lengths equal, so that not even the length is told by the time. */
function equalInConstantTime(expected: Uint8Array, given: Uint8Array): boolean {
  return timingSafeEqual(hash("sha256", expected), hash("sha256", given));
}
