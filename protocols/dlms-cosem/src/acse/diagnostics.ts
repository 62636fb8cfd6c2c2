/** Why an association was refused (Green Book, Associate-source-diagnostic), and what to do about it. */
import type { AssociationDiagnostic } from "./association.ts";

export interface DiagnosticMeaning {
  readonly name: string;
  readonly advice: string;
}

export const associationDiagnostics: Readonly<
  Record<AssociationDiagnostic["source"], Readonly<Record<number, DiagnosticMeaning>>>
> = {
  "acse-service-user": {
    0: { name: "null", advice: "The meter gives no diagnostic." },
    1: {
      name: "no-reason-given",
      advice:
        "Check client and server address; another association may still be open, retry after the inactivity time.",
    },
    2: {
      name: "application-context-name-not-supported",
      advice: "Change between logical and short names, and between ciphered and plain context.",
    },
    3: { name: "calling-ap-title-not-recognized", advice: "Check the client's system title." },
    4: { name: "calling-ap-invocation-identifier-not-recognized", advice: "Leave the calling AP invocation id out." },
    5: { name: "calling-ae-qualifier-not-recognized", advice: "Check the client's certificate, or leave it out." },
    6: { name: "calling-ae-invocation-identifier-not-recognized", advice: "Check the client user id." },
    7: { name: "called-ap-title-not-recognized", advice: "Check the server's system title." },
    8: { name: "called-ap-invocation-identifier-not-recognized", advice: "Leave the called AP invocation id out." },
    9: { name: "called-ae-qualifier-not-recognized", advice: "Leave the called AE qualifier out." },
    10: { name: "called-ae-invocation-identifier-not-recognized", advice: "Leave the called AE invocation id out." },
    11: {
      name: "authentication-mechanism-name-not-recognized",
      advice: "Use the authentication mechanism this client address is set up for in the meter.",
    },
    12: {
      name: "authentication-mechanism-name-required",
      advice: "This client address demands authentication: set a mechanism and a secret.",
    },
    13: {
      name: "authentication-failure",
      advice: "Check the password or key, the mechanism and the client address. Repeated failures lock many meters.",
    },
    14: {
      name: "authentication-required",
      advice:
        "With result accepted this is no failure: the HLS challenge is pending. With a rejection, set a mechanism.",
    },
  },
  "acse-service-provider": {
    0: { name: "null", advice: "The meter gives no diagnostic." },
    1: { name: "no-reason-given", advice: "Check client and server address; retry after the inactivity time." },
    2: { name: "no-common-acse-version", advice: "Leave the protocol version out, which means version 1." },
  },
};

/** The codes of source acse-service-user that a session gives and looks at. */
export const diagnosticCodes = {
  none: 0,
  noReason: 1,
  contextNotSupported: 2,
  callingApTitleNotRecognized: 3,
  callingAeInvocationIdNotRecognized: 6,
  mechanismNotRecognized: 11,
  mechanismRequired: 12,
  authenticationFailure: 13,
  authenticationRequired: 14,
} as const;

/** Name and advice of a diagnostic; a code outside the standard keeps its number in the name. */
export function describeDiagnostic(diagnostic: AssociationDiagnostic): DiagnosticMeaning {
  return (
    associationDiagnostics[diagnostic.source][diagnostic.code] ?? {
      name: `${diagnostic.source}-${diagnostic.code}`,
      advice: "The code is not in the standard: ask the meter's maker.",
    }
  );
}
