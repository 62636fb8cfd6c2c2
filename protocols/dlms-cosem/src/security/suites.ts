/** The security suites (Green Book clause 9.2.3.7): which algorithms and key lengths go together. */
import { dlmsError } from "../errors.ts";

export type SecuritySuite = 0 | 1 | 2;

/**
 * `keyStream` is what GCM does to the plaintext when there is no tag to check; node:crypto gives it as counter mode.
 * Suite 0 has no public-key algorithms.
 */
export const securitySuites = {
  0: { name: "AES-GCM-128", cipher: "aes-128-gcm", keyStream: "aes-128-ctr", keyLength: 16 },
  1: {
    name: "ECDH-ECDSA-AES-GCM-128-SHA-256",
    cipher: "aes-128-gcm",
    keyStream: "aes-128-ctr",
    keyLength: 16,
    curve: "P-256",
    hash: "sha256",
  },
  2: {
    name: "ECDH-ECDSA-AES-GCM-256-SHA-384",
    cipher: "aes-256-gcm",
    keyStream: "aes-256-ctr",
    keyLength: 32,
    curve: "P-384",
    hash: "sha384",
  },
} as const;

/** GCM's tag, cut to 96 bits in every suite. */
export const authenticationTagLength = 12;
export const systemTitleLength = 8;

/** Throws `security_suite_unknown` for anything but 0, 1 and 2. */
export function checkSecuritySuite(suite: number): SecuritySuite {
  if (suite === 0 || suite === 1 || suite === 2) return suite;
  throw dlmsError("security_suite_unknown", { suite });
}
