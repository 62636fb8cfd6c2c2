/**
 * The client's side of an association: what it proposes, how it judges the answer, how both prove who they are
 * (Green Book, clauses 9.4.2 and 9.2.2.2.2). The bytes travel elsewhere.
 */

import { equalBytes, hexFromBytes } from "@anymeter/sans-io";
import type { AssociationRequest, AssociationResponse, MechanismName, ReleaseRequest } from "../../acse/association.ts";
import { describeDiagnostic, diagnosticCodes } from "../../acse/diagnostics.ts";
import { DlmsError, dlmsError } from "../../errors.ts";
import {
  type AuthenticationMaterial,
  authenticationMechanisms,
  checkChallenge,
  prove,
  verifyProof,
} from "../../security/authentication.ts";
import { SecurityContext } from "../../security/context.ts";
import { securitySuites, systemTitleLength } from "../../security/suites.ts";
import type { ActionResult, Apdu, InitiateRequest, InitiateResponse } from "../../xdlms/apdu.ts";
import { decodeApdu, encodeApdu } from "../../xdlms/codec.ts";
import { negotiateConformance } from "../../xdlms/conformance.ts";
import { dlmsVersion, smallestPduSize } from "../../xdlms/initiate.ts";
import { replyToHlsAuthentication } from "../association-object.ts";
import type { NegotiatedContext } from "../events.ts";
import { ApduProtection } from "../protection.ts";
import { confirmedServiceError } from "../refusals.ts";
import { type ClientSettings, defaultConformance, sessionDefaults } from "../settings.ts";

export class Handshake {
  readonly protection: ApduProtection;
  readonly mechanism: MechanismName;
  private readonly settings: ClientSettings;
  private readonly dedicatedKey: Uint8Array | undefined;
  private readonly challenge: Uint8Array | undefined;
  private serverChallenge: Uint8Array | undefined;

  /** Throws `authentication_setting_missing`, `authentication_challenge_invalid`, and what wrong keys and titles throw. */
  constructor(settings: ClientSettings) {
    this.settings = settings;
    this.mechanism = settings.authentication?.mechanism ?? "none";
    this.protection = protectionOf(settings);
    this.dedicatedKey = makeDedicatedKey(settings, this.protection);
    this.challenge = this.makeChallenge();
  }

  /** The AARQ. A ciphered InitiateRequest takes an invocation counter. */
  request(): AssociationRequest {
    const { settings, mechanism, protection } = this;
    const { authentication, userId } = settings;
    const context = protection.context;
    const titleNeeded = protection.active || authenticationMechanisms[mechanism].needsSystemTitles;
    const proof = authentication?.mechanism === "lls" ? authentication.password : this.challenge;
    return {
      type: "aarq",
      applicationContext: protection.active ? "logical-names-ciphered" : "logical-names",
      ...(titleNeeded && context && { callingApTitle: context.systemTitle }),
      ...(userId !== undefined && { callingAeInvocationId: userId }),
      ...(mechanism !== "none" && { mechanism }),
      ...(proof && { callingAuthenticationValue: proof }),
      userInformation: this.userInformation(),
    };
  }

  /** The RLRQ. */
  releaseRequest(): ReleaseRequest {
    if (this.settings.release !== "with-user-information") return { type: "rlrq", reason: 0 };
    return { type: "rlrq", reason: 0, userInformation: this.userInformation() };
  }

  /**
   * Judges the AARE. Throws `association_rejected`, `authentication_failed`, `meter_not_authenticated`,
   * `system_title_unexpected`, `service_error`, and what deciphering and decoding throw.
   */
  accept(response: AssociationResponse): { readonly negotiated: NegotiatedContext; readonly proofDemanded: boolean } {
    if (response.result !== "accepted") throw this.rejection(response);
    this.learnSystemTitle(response.respondingApTitle);
    const initiate = this.openInitiateResponse(response);
    const proofDemanded = this.learnChallenge(response);
    if (this.dedicatedKey !== undefined) {
      const { security } = this.settings;
      this.protection.useDedicatedKey(
        this.dedicatedKey,
        security?.dedicatedKey === "shared-counter" ? security.counter : undefined,
      );
    }
    const title = this.protection.context?.peerSystemTitle ?? response.respondingApTitle;
    const negotiated: NegotiatedContext = {
      conformance: negotiateConformance(this.settings.conformance ?? defaultConformance, initiate.conformance),
      // 1 to 11 are reserved: no APDU fits them, so they are read as "no limit" like 0.
      serverMaxReceivePduSize:
        initiate.serverMaxReceivePduSize < smallestPduSize ? 0 : initiate.serverMaxReceivePduSize,
      clientMaxReceivePduSize: this.settings.maxReceivePduSize ?? sessionDefaults.maxReceivePduSize,
      ...(title && { serverSystemTitle: title }),
    };
    return { negotiated, proofDemanded };
  }

  /** Pass 3: reply_to_HLS_authentication with f(StoC). */
  proofRequest(): Apdu {
    const logicalName = this.settings.associationObject ?? sessionDefaults.associationObject;
    return {
      type: "action-request-normal",
      invocation: { invokeId: 0, confirmed: true, highPriority: true },
      method: { ...replyToHlsAuthentication, logicalName },
      parameter: { type: "octet-string", value: prove("client", this.mechanism, this.material()) },
    };
  }

  /** Checks pass 4. Throws `authentication_failed` or `meter_not_authenticated`. */
  checkProof({ result, returned }: ActionResult): void {
    if (result !== 0) {
      const reason = `it answers our proof with action-result ${result}`;
      throw dlmsError("authentication_failed", { reason, advice: "Check the secret or the keys." });
    }
    if (returned === undefined || "error" in returned || returned.data.type !== "octet-string") {
      throw dlmsError("meter_not_authenticated", { reason: "it accepted our proof and returned none" });
    }
    try {
      verifyProof("server", this.mechanism, returned.data.value, this.material());
    } catch (error) {
      if (error instanceof DlmsError) throw dlmsError("meter_not_authenticated", { reason: error.message });
      throw error;
    }
  }

  private userInformation(): Uint8Array {
    const { conformance = defaultConformance, maxReceivePduSize = sessionDefaults.maxReceivePduSize } = this.settings;
    const initiate: InitiateRequest = {
      type: "initiate-request",
      ...(this.dedicatedKey && { dedicatedKey: this.dedicatedKey }),
      responseAllowed: true,
      dlmsVersion,
      conformance,
      clientMaxReceivePduSize: maxReceivePduSize,
    };
    return this.protection.sealInitiate(encodeApdu(initiate), this.dedicatedKey !== undefined);
  }

  private rejection({ result, diagnostic, userInformation }: AssociationResponse): DlmsError {
    const { name, advice } = describeDiagnostic(diagnostic);
    const cause = userInformation && this.causeIn(userInformation);
    const reason = `${result}, ${name}${cause === undefined ? "" : ` (${cause})`}`;
    const details = { reason, advice, result, diagnostic: diagnostic.code };
    return dlmsError(
      diagnostic.code === diagnosticCodes.authenticationFailure ? "authentication_failed" : "association_rejected",
      details,
    );
  }

  /** The confirmed-service-error a rejection may carry; anything else in its place tells nothing. */
  private causeIn(userInformation: Uint8Array): string | undefined {
    try {
      const apdu = decodeApdu(this.protection.open(userInformation).apdu);
      return apdu.type === "confirmed-service-error" ? confirmedServiceError(apdu).message : undefined;
    } catch {
      return undefined;
    }
  }

  private learnSystemTitle(title: Uint8Array | undefined): void {
    const context = this.protection.context;
    if (context === undefined || title === undefined || title.length !== systemTitleLength) return;
    const known = context.peerSystemTitle;
    if (known !== undefined && !equalBytes(known, title)) {
      throw dlmsError("system_title_unexpected", {
        found: hexFromBytes(title),
        expected: `this meter's is ${hexFromBytes(known)}`,
      });
    }
    context.peerSystemTitle = title;
  }

  private openInitiateResponse({ userInformation }: AssociationResponse): InitiateResponse {
    if (userInformation === undefined)
      throw dlmsError("acse_field_missing", { apdu: "AARE", field: "user-information" });
    const apdu = decodeApdu(this.protection.open(userInformation).apdu);
    if (apdu.type === "confirmed-service-error") throw confirmedServiceError(apdu);
    if (apdu.type !== "initiate-response") {
      throw dlmsError("response_unexpected", { received: apdu.type, expected: "an initiate-response" });
    }
    return apdu;
  }

  /** True when the meter awaits our proof. Who asked for HLS and gets in without has met a meter that proves nothing. */
  private learnChallenge({ respondingAuthenticationValue, diagnostic }: AssociationResponse): boolean {
    if (authenticationMechanisms[this.mechanism].exchange !== "challenges") {
      if (diagnostic.code !== diagnosticCodes.authenticationRequired || respondingAuthenticationValue === undefined)
        return false;
      const { name, advice } = describeDiagnostic({
        source: "acse-service-user",
        code: diagnosticCodes.mechanismRequired,
      });
      throw dlmsError("association_rejected", { reason: name, advice });
    }
    if (respondingAuthenticationValue === undefined) {
      throw dlmsError("meter_not_authenticated", { reason: "it sent no challenge" });
    }
    this.serverChallenge = respondingAuthenticationValue.slice();
    return true;
  }

  private material(): AuthenticationMaterial {
    const { authentication } = this.settings;
    const { context } = this.protection;
    const { challenge, serverChallenge } = this;
    return {
      clientChallenge: challenge ?? nothing,
      serverChallenge: serverChallenge ?? nothing,
      ...(context && { context, clientSystemTitle: context.systemTitle }),
      ...(context?.peerSystemTitle && { serverSystemTitle: context.peerSystemTitle }),
      ...(authentication && "secret" in authentication && { secret: authentication.secret }),
      ...(authentication?.mechanism === "ecdsa" && {
        signingKey: authentication.signingKey,
        peerVerifyingKey: authentication.peerVerifyingKey,
      }),
    };
  }

  private makeChallenge(): Uint8Array | undefined {
    const { authentication, random } = this.settings;
    const { exchange, leastChallengeLength } = authenticationMechanisms[this.mechanism];
    if (authentication === undefined || exchange !== "challenges") return undefined;
    const length = "challengeLength" in authentication ? authentication.challengeLength : undefined;
    const challenge = random(length ?? Math.max(leastChallengeLength, sessionDefaults.challengeLength));
    checkChallenge(this.mechanism, "CtoS", challenge);
    return challenge;
  }
}

function protectionOf({ security, authentication }: ClientSettings): ApduProtection {
  if (security === undefined) {
    const mechanism = authentication?.mechanism ?? "none";
    if (authenticationMechanisms[mechanism].needsSystemTitles) {
      throw dlmsError("authentication_setting_missing", {
        mechanism,
        what: "the setting security, for the system title",
      });
    }
    return new ApduProtection();
  }
  return new ApduProtection(new SecurityContext(security), security.policy, security.form);
}

function makeDedicatedKey({ security, random }: ClientSettings, protection: ApduProtection): Uint8Array | undefined {
  if (security === undefined || !protection.active || (security.dedicatedKey ?? "none") === "none") return undefined;
  return random(securitySuites[security.suite].keyLength);
}

const nothing = new Uint8Array(0);
