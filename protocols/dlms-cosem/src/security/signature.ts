/**
 * ECDSA of suites 1 and 2 (Green Book clause 9.2.3.4.5): signatures are r ‖ s, 64 or 96 bytes, not DER. Keys are raw, as
 * meters and their certificates carry them: a private scalar of 32 or 48 bytes, a public point x ‖ y of 64 or 96 (a
 * leading 04, for "uncompressed", is tolerated). Their length tells the curve.
 */
import {
  createECDH,
  createPrivateKey,
  createPublicKey,
  type JsonWebKey,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import { dlmsError } from "../errors.ts";

const curves = [
  { name: "P-256", ecdhName: "prime256v1", hash: "sha256", fieldLength: 32 },
  { name: "P-384", ecdhName: "secp384r1", hash: "sha384", fieldLength: 48 },
] as const;
type Curve = (typeof curves)[number];

/** r ‖ s over the message. Throws `key_invalid`. */
export function signMessage(privateKey: Uint8Array, message: Uint8Array): Uint8Array {
  const curve = curves.find(({ fieldLength }) => fieldLength === privateKey.length);
  if (curve === undefined) throw invalid("private signing", privateKey.length, "32 or 48");
  const key = privateKeyObject(curve, privateKey);
  return Uint8Array.from(sign(curve.hash, message, { key, dsaEncoding: "ieee-p1363" }));
}

/** True when the signature is that of the message under the public key. Throws `key_invalid`. */
export function verifySignature(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const { curve, point } = publicPoint(publicKey);
  if (signature.length !== 2 * curve.fieldLength) return false;
  const key = publicKeyObject(curve, point, publicKey.length);
  return verify(curve.hash, message, { key, dsaEncoding: "ieee-p1363" }, signature);
}

/** The public point x ‖ y of a private key. Throws `key_invalid`. */
export function publicKeyOf(privateKey: Uint8Array): Uint8Array {
  const curve = curves.find(({ fieldLength }) => fieldLength === privateKey.length);
  if (curve === undefined) throw invalid("private signing", privateKey.length, "32 or 48");
  return pointOf(curve, privateKey);
}

function privateKeyObject(curve: Curve, privateKey: Uint8Array): KeyObject {
  const jwk = { ...publicJwk(curve, pointOf(curve, privateKey)), d: base64url(privateKey) };
  return createPrivateKey({ key: jwk, format: "jwk" });
}

function publicKeyObject(curve: Curve, point: Uint8Array, length: number): KeyObject {
  try {
    return createPublicKey({ key: publicJwk(curve, point), format: "jwk" });
  } catch {
    throw invalid("public verifying", length, "a point of the curve, x ‖ y");
  }
}

function pointOf(curve: Curve, privateKey: Uint8Array): Uint8Array {
  const exchange = createECDH(curve.ecdhName);
  try {
    exchange.setPrivateKey(privateKey);
  } catch {
    throw invalid("private signing", privateKey.length, "a number below the order of the curve");
  }
  // The first byte says "uncompressed".
  return Uint8Array.from(exchange.getPublicKey().subarray(1));
}

function publicPoint(publicKey: Uint8Array): { curve: Curve; point: Uint8Array } {
  const point = publicKey.length % 2 === 1 && publicKey[0] === 0x04 ? publicKey.subarray(1) : publicKey;
  const curve = curves.find(({ fieldLength }) => 2 * fieldLength === point.length);
  if (curve === undefined) throw invalid("public verifying", publicKey.length, "64 or 96");
  return { curve, point };
}

function publicJwk(curve: Curve, point: Uint8Array): JsonWebKey {
  const x = base64url(point.subarray(0, curve.fieldLength));
  const y = base64url(point.subarray(curve.fieldLength));
  return { kty: "EC", crv: curve.name, x, y };
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64url");
}

function invalid(key: string, length: number, expected: string): Error {
  return dlmsError("key_invalid", { key, length, expected });
}
