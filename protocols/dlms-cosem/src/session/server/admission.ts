/**
 * Whether a client may associate: an AARQ is held against the device's associations, check by check, and what fails first
 * is the diagnostic of the AARE (Green Book, clauses 9.3.2 and 9.4.2.3).
 */

import { equalBytes } from "@anymeter/sans-io";
import type { ApplicationContext, AssociationRequest, MechanismName } from "../../acse/association.ts";
import { describeDiagnostic, diagnosticCodes } from "../../acse/diagnostics.ts";
import { DlmsError, dlmsError } from "../../errors.ts";
import { authenticationMechanisms, checkChallenge, verifyPassword } from "../../security/authentication.ts";
import { SecurityContext } from "../../security/context.ts";
import { noProtection } from "../../security/policy.ts";
import { securitySuites, systemTitleLength } from "../../security/suites.ts";
import type { InitiateRequest } from "../../xdlms/apdu.ts";
import { decodeApdu } from "../../xdlms/codec.ts";
import { type Conformance, negotiateConformance } from "../../xdlms/conformance.ts";
import { dlmsVersion, smallestPduSize } from "../../xdlms/initiate.ts";
import type { ServerAssociation, ServerDevice } from "../device.ts";
import { ApduProtection } from "../protection.ts";
import { initiateError } from "../refusals.ts";

/** An association request that was taken. */
export interface Admission {
  readonly association: ServerAssociation;
  readonly applicationContext: ApplicationContext;
  readonly protection: ApduProtection;
  readonly conformance: Conformance;
  /** Longest APDU the client takes, 0 = no limit. */
  readonly clientMaxReceivePduSize: number;
  /** CtoS, when the mechanism has challenges: the client's proof is still to come. */
  readonly clientChallenge?: Uint8Array;
  readonly clientSystemTitle?: Uint8Array;
}

/** The reason of a refusal as the AARE tells it. */
export class Rejection extends Error {
  readonly diagnostic: number;
  /** Value of the initiate error in user-information. */
  readonly initiateError: number | undefined;

  constructor(diagnostic: number, initiate?: number) {
    super(describeDiagnostic({ source: "acse-service-user", code: diagnostic }).name);
    this.diagnostic = diagnostic;
    this.initiateError = initiate;
  }

  toError(): DlmsError {
    return dlmsError("association_request_refused", { reason: this.message, diagnostic: this.diagnostic });
  }
}

/**
 * Throws a `Rejection`; `invocation_counter_replayed` when the InitiateRequest's counter is an old one, which has an
 * answer of its own.
 */
export function admit(request: AssociationRequest, clientSap: number, device: ServerDevice): Admission {
  const association = findAssociation(request, clientSap, device.associations);
  const clientSystemTitle = checkSystemTitle(request, association);
  checkUser(request, association);
  checkPassword(request, association);
  const clientChallenge = takeChallenge(request, association);
  const protection = protectionFor(association, device.systemTitle, clientSystemTitle);
  const initiate = openInitiateRequest(request, protection, association);
  const conformance = negotiate(initiate, association);
  useDedicatedKey(initiate, association, protection);
  return {
    association,
    applicationContext: request.applicationContext!,
    protection,
    conformance,
    clientMaxReceivePduSize: initiate.clientMaxReceivePduSize,
    ...(clientChallenge && { clientChallenge }),
    ...(clientSystemTitle && { clientSystemTitle }),
  };
}

/** The keys of an association towards one client; also for pushes outside of any association. */
export function protectionFor(
  { security }: ServerAssociation,
  systemTitle: Uint8Array,
  clientSystemTitle: Uint8Array | undefined,
): ApduProtection {
  if (security === undefined) return new ApduProtection();
  const { suite, keys, counter, lastClientCounter, policy } = security;
  const context = new SecurityContext({
    suite,
    systemTitle,
    keys,
    counter,
    ...(clientSystemTitle && { peerSystemTitle: clientSystemTitle }),
    ...(lastClientCounter >= 0 && { lastPeerCounters: { unicast: lastClientCounter } }),
  });
  return new ApduProtection(context, policy, "as-received");
}

function applicationContextsOf({ applicationContexts, security }: ServerAssociation): readonly ApplicationContext[] {
  if (applicationContexts !== undefined) return applicationContexts;
  const { authenticated, encrypted } = security?.policy ?? noProtection;
  return authenticated || encrypted ? ["logical-names-ciphered"] : ["logical-names"];
}

function findAssociation(
  request: AssociationRequest,
  clientSap: number,
  associations: readonly ServerAssociation[],
): ServerAssociation {
  const known = associations.filter((association) => association.clientSap === clientSap);
  if (known.length === 0) throw new Rejection(diagnosticCodes.noReason);
  const context = request.applicationContext;
  const inContext = known.filter((each) => context !== undefined && applicationContextsOf(each).includes(context));
  if (inContext.length === 0) throw new Rejection(diagnosticCodes.contextNotSupported);
  const mechanism = mechanismOf(request);
  const found = inContext.find((association) => association.mechanism === mechanism);
  if (found !== undefined) return found;
  throw new Rejection(
    mechanism === "none" ? diagnosticCodes.mechanismRequired : diagnosticCodes.mechanismNotRecognized,
  );
}

/** Undefined for a mechanism that is none of the standard's. */
function mechanismOf({ mechanism, unrecognized }: AssociationRequest): MechanismName | undefined {
  if (unrecognized?.mechanism !== undefined) return undefined;
  return mechanism ?? "none";
}

function checkSystemTitle(request: AssociationRequest, association: ServerAssociation): Uint8Array | undefined {
  const { callingApTitle: title, applicationContext } = request;
  const { security, mechanism } = association;
  const needed =
    applicationContext === "logical-names-ciphered" || authenticationMechanisms[mechanism].needsSystemTitles;
  if (title?.length !== systemTitleLength) {
    if (needed) throw new Rejection(diagnosticCodes.callingApTitleNotRecognized);
    return undefined;
  }
  const expected = security?.clientSystemTitle;
  if (expected !== undefined && !equalBytes(expected, title)) {
    throw new Rejection(diagnosticCodes.callingApTitleNotRecognized);
  }
  return title.slice();
}

function checkUser({ callingAeInvocationId }: AssociationRequest, { userIds }: ServerAssociation): void {
  if (userIds === undefined) return;
  if (callingAeInvocationId === undefined || !userIds.includes(callingAeInvocationId)) {
    throw new Rejection(diagnosticCodes.callingAeInvocationIdNotRecognized);
  }
}

function checkPassword(request: AssociationRequest, { mechanism, secret }: ServerAssociation): void {
  if (authenticationMechanisms[mechanism].exchange !== "password") return;
  const given = request.callingAuthenticationValue;
  if (given === undefined || secret === undefined || !verifyPassword(secret, given)) {
    throw new Rejection(diagnosticCodes.authenticationFailure);
  }
}

function takeChallenge(request: AssociationRequest, { mechanism }: ServerAssociation): Uint8Array | undefined {
  if (authenticationMechanisms[mechanism].exchange !== "challenges") return undefined;
  const challenge = request.callingAuthenticationValue ?? nothing;
  try {
    checkChallenge(mechanism, "CtoS", challenge);
  } catch {
    throw new Rejection(diagnosticCodes.authenticationFailure);
  }
  return challenge.slice();
}

function openInitiateRequest(
  { userInformation }: AssociationRequest,
  protection: ApduProtection,
  { security }: ServerAssociation,
): InitiateRequest {
  if (userInformation === undefined) throw new Rejection(diagnosticCodes.noReason, initiateError.refusedByVdeHandler);
  try {
    const opened = protection.open(userInformation);
    const counter = protection.context?.lastPeerCounter("unicast");
    if (security !== undefined && counter !== undefined) security.lastClientCounter = counter;
    const apdu = decodeApdu(opened.apdu);
    if (apdu.type === "initiate-request") return apdu;
    throw new Rejection(diagnosticCodes.noReason, initiateError.refusedByVdeHandler);
  } catch (error) {
    if (!(error instanceof DlmsError) || error.code === "invocation_counter_replayed") throw error;
    if (undecipherable.has(error.code)) throw new Rejection(diagnosticCodes.authenticationFailure);
    throw new Rejection(diagnosticCodes.noReason, initiateError.refusedByVdeHandler);
  }
}

function negotiate(initiate: InitiateRequest, association: ServerAssociation): Conformance {
  if (initiate.dlmsVersion < dlmsVersion)
    throw new Rejection(diagnosticCodes.noReason, initiateError.dlmsVersionTooLow);
  const conformance = negotiateConformance(initiate.conformance, association.conformance);
  if (conformance.size === 0) throw new Rejection(diagnosticCodes.noReason, initiateError.incompatibleConformance);
  const { clientMaxReceivePduSize: size } = initiate;
  if (size !== 0 && size < smallestPduSize)
    throw new Rejection(diagnosticCodes.noReason, initiateError.pduSizeTooShort);
  return conformance;
}

function useDedicatedKey(
  { dedicatedKey }: InitiateRequest,
  { security }: ServerAssociation,
  protection: ApduProtection,
): void {
  if (dedicatedKey === undefined || security === undefined) return;
  if (dedicatedKey.length !== securitySuites[security.suite].keyLength) {
    throw new Rejection(diagnosticCodes.noReason, initiateError.refusedByVdeHandler);
  }
  protection.useDedicatedKey(dedicatedKey.slice());
}

/** What a wrong key looks like. */
const undecipherable: ReadonlySet<string> = new Set([
  "authentication_tag_mismatch",
  "ciphered_apdu_invalid",
  "security_suite_mismatch",
  "key_missing",
]);
const nothing = new Uint8Array(0);
