/** The AARE of a server, either way, and what the two proofs of HLS are made of (Green Book, clauses 9.3.2 and 9.2.2.2.2). */
import type { AssociationRequest, AssociationResponse } from "../../acse/association.ts";
import { diagnosticCodes } from "../../acse/diagnostics.ts";
import { type AuthenticationMaterial, authenticationMechanisms } from "../../security/authentication.ts";
import type { ConfirmedServiceError, InitiateResponse } from "../../xdlms/apdu.ts";
import { encodeApdu } from "../../xdlms/codec.ts";
import { dlmsVersion, logicalNamesVaa } from "../../xdlms/initiate.ts";
import type { ServerDevice } from "../device.ts";
import { initiateErrorChoice, initiateService } from "../refusals.ts";
import type { Admission, Rejection } from "./admission.ts";

/** `serverChallenge`: StoC, when the client's proof is still to come. */
export function acceptance(
  admission: Admission,
  device: ServerDevice,
  serverChallenge: Uint8Array | undefined,
): AssociationResponse {
  const { applicationContext, association, protection } = admission;
  const { mechanism } = association;
  const titleNeeded = protection.active || authenticationMechanisms[mechanism].needsSystemTitles;
  const code = serverChallenge === undefined ? diagnosticCodes.none : diagnosticCodes.authenticationRequired;
  return {
    type: "aare",
    applicationContext,
    result: "accepted",
    diagnostic: { source: "acse-service-user", code },
    ...(titleNeeded && { respondingApTitle: device.systemTitle }),
    ...(serverChallenge && { mechanism, respondingAuthenticationValue: serverChallenge }),
    userInformation: protection.sealInitiate(encodeApdu(initiateResponse(admission)), false),
  };
}

/** `told`: with the initiate error in user-information, where that is the reason. */
export function refusal(request: AssociationRequest, rejection: Rejection, told: boolean): AssociationResponse {
  const value = told ? rejection.initiateError : undefined;
  return {
    type: "aare",
    applicationContext: request.applicationContext ?? "logical-names",
    result: "rejected-permanent",
    diagnostic: { source: "acse-service-user", code: rejection.diagnostic },
    ...(value !== undefined && { userInformation: encodeApdu(initiateErrorApdu(value)) }),
  };
}

export function proofMaterial(
  { association, protection, clientChallenge, clientSystemTitle }: Admission,
  device: ServerDevice,
  serverChallenge: Uint8Array,
): AuthenticationMaterial {
  const { secret, signingKey, peerVerifyingKey } = association;
  const { context } = protection;
  return {
    clientChallenge: clientChallenge ?? new Uint8Array(0),
    serverChallenge,
    serverSystemTitle: device.systemTitle,
    ...(clientSystemTitle && { clientSystemTitle }),
    ...(context && { context }),
    ...(secret && { secret }),
    ...(signingKey && { signingKey }),
    ...(peerVerifyingKey && { peerVerifyingKey }),
  };
}

function initiateResponse({ conformance, association }: Admission): InitiateResponse {
  return {
    type: "initiate-response",
    dlmsVersion,
    conformance,
    serverMaxReceivePduSize: association.maxReceivePduSize,
    vaaName: logicalNamesVaa,
  };
}

function initiateErrorApdu(value: number): ConfirmedServiceError {
  return { type: "confirmed-service-error", service: initiateService, error: { choice: initiateErrorChoice, value } };
}
