/** The four ACSE APDUs (Green Book, clause 9.3.2; ITU-T X.227) that open and close an association. */

export type ApplicationContext = "logical-names" | "short-names" | "logical-names-ciphered" | "short-names-ciphered";
export type MechanismName = "none" | "lls" | "hls" | "md5" | "sha1" | "gmac" | "sha256" | "ecdsa";

export type AssociationResult = "accepted" | "rejected-permanent" | "rejected-transient";
export interface AssociationDiagnostic {
  readonly source: "acse-service-user" | "acse-service-provider";
  /** Meanings and advice: acse/diagnostics.ts. */
  readonly code: number;
}

/**
 * Object identifiers a peer sent that are none of the names: a server refuses them by diagnostic (2 or 11), so they are
 * no reason not to decode the rest. The content of the OBJECT IDENTIFIER, without tag and length.
 */
export interface UnrecognizedNames {
  readonly applicationContext?: Uint8Array;
  readonly mechanism?: Uint8Array;
}

export interface AssociationRequest {
  readonly type: "aarq";
  /** Absent when the peer left it out or sent one that is none of the four. */
  readonly applicationContext?: ApplicationContext;
  readonly callingApTitle?: Uint8Array;
  readonly callingAeQualifier?: Uint8Array;
  /** Client user identification. */
  readonly callingAeInvocationId?: number;
  readonly mechanism?: MechanismName;
  readonly callingAuthenticationValue?: Uint8Array;
  /** An encoded InitiateRequest, plain or ciphered. */
  readonly userInformation?: Uint8Array;
  readonly unrecognized?: UnrecognizedNames;
}
export interface AssociationResponse {
  readonly type: "aare";
  readonly applicationContext?: ApplicationContext;
  readonly result: AssociationResult;
  /** 14 (authentication required) with result "accepted" is the normal answer while HLS is pending. */
  readonly diagnostic: AssociationDiagnostic;
  readonly respondingApTitle?: Uint8Array;
  readonly respondingAeQualifier?: Uint8Array;
  readonly mechanism?: MechanismName;
  readonly respondingAuthenticationValue?: Uint8Array;
  /** An encoded InitiateResponse or ConfirmedServiceError, plain or ciphered; absent in many rejections. */
  readonly userInformation?: Uint8Array;
  readonly unrecognized?: UnrecognizedNames;
}
export interface ReleaseRequest {
  readonly type: "rlrq";
  /** 0 normal, 1 urgent, 30 user-defined. */
  readonly reason?: number;
  readonly userInformation?: Uint8Array;
}
export interface ReleaseResponse {
  readonly type: "rlre";
  readonly reason?: number;
  readonly userInformation?: Uint8Array;
}
export type AssociationApdu = AssociationRequest | AssociationResponse | ReleaseRequest | ReleaseResponse;
