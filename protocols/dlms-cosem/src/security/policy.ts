/** Which protection APDUs need (class 64 attribute 2), and whether one that came has it. */
import { dlmsError } from "../errors.ts";

export interface SecurityPolicy {
  readonly authenticated: boolean;
  readonly encrypted: boolean;
}

export const noProtection: SecurityPolicy = { authenticated: false, encrypted: false };
export const fullProtection: SecurityPolicy = { authenticated: true, encrypted: true };

/** Bits of the policy in version 1 of the security setup; bits 0 and 1 are reserved. */
const policyBits = {
  request: { authenticated: 0x04, encrypted: 0x08, signed: 0x10 },
  response: { authenticated: 0x20, encrypted: 0x40, signed: 0x80 },
} as const;

/** The policy as a meter tells it: an enumeration 0–3 in version 0 of class 64, a bit mask in version 1. */
export function policiesFromSecuritySetup(
  value: number,
  version: number,
): { readonly request: SecurityPolicy; readonly response: SecurityPolicy } {
  if (version === 0) {
    const both = { authenticated: (value & 1) !== 0, encrypted: (value & 2) !== 0 };
    return { request: both, response: both };
  }
  const read = (bits: { authenticated: number; encrypted: number }): SecurityPolicy => ({
    authenticated: (value & bits.authenticated) !== 0,
    encrypted: (value & bits.encrypted) !== 0,
  });
  return { request: read(policyBits.request), response: read(policyBits.response) };
}

/** Throws `security_policy_not_met` when `found` lacks something `demanded` asks for. More protection is welcome. */
export function demandPolicy(found: SecurityPolicy, demanded: SecurityPolicy): void {
  if ((found.authenticated || !demanded.authenticated) && (found.encrypted || !demanded.encrypted)) return;
  throw dlmsError("security_policy_not_met", { found: describe(found), demanded: describe(demanded) });
}

function describe({ authenticated, encrypted }: SecurityPolicy): string {
  if (authenticated) return encrypted ? "authenticated and encrypted" : "authenticated, not encrypted";
  return encrypted ? "encrypted, not authenticated" : "neither authenticated nor encrypted";
}
