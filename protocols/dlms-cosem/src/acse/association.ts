/** The four ACSE APDUs (Green Book, clause 9.3.2; ITU-T X.227) that open and close an association. */

export type ApplicationContext = "logical-names" | "short-names" | "logical-names-ciphered" | "short-names-ciphered";
export type MechanismName = "none" | "lls" | "hls" | "md5" | "sha1" | "gmac" | "sha256" | "ecdsa";

export interface AssociationRequest {
  readonly type: "aarq";
  readonly applicationContext: ApplicationContext;
  readonly callingApTitle?: Uint8Array;
  readonly callingAeQualifier?: Uint8Array;
  /** Client user identification. */
  readonly callingAeInvocationId?: number;
  readonly mechanism?: MechanismName;
  readonly callingAuthenticationValue?: Uint8Array;
  /** An encoded InitiateRequest, plain or ciphered. */
  readonly userInformation?: Uint8Array;
}
export interface AssociationResponse {
  readonly type: "aare";
  readonly applicationContext: ApplicationContext;
  readonly result: "accepted" | "rejected-permanent" | "rejected-transient";
  readonly diagnostic: { readonly source: "acse-service-user" | "acse-service-provider"; readonly code: number };
  readonly respondingApTitle?: Uint8Array;
  readonly respondingAeQualifier?: Uint8Array;
  readonly mechanism?: MechanismName;
  readonly respondingAuthenticationValue?: Uint8Array;
  /** An encoded InitiateResponse or ConfirmedServiceError, plain or ciphered; absent in many rejections. */
  readonly userInformation?: Uint8Array;
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
