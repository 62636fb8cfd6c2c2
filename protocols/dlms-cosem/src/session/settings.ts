/** What a client session is told before it starts: addresses, proof of who it is, keys, sizes and the meter's habits. */
import { dataLimits } from "../data/limits.ts";
import type { LinkSettings } from "../framing/link.ts";
import type { SecurityKeys, SecuritySettings } from "../security/context.ts";
import type { SecurityPolicy } from "../security/policy.ts";
import type { Conformance, ConformanceBit } from "../xdlms/conformance.ts";

export interface ClientSettings {
  /** Wrapper or HDLC with its addresses: the client SAP and the server SAP are the link's. */
  readonly link: LinkSettings;
  /** Default: none, the public client. */
  readonly authentication?: ClientAuthentication;
  /** Needed for ciphering and for the mechanisms GMAC, SHA-256 and ECDSA, which prove a system title. */
  readonly security?: ClientSecurity;
  /** Proposed in the association request; the meter answers with what it shares. Default: `defaultConformance`. */
  readonly conformance?: Conformance;
  /** Longest APDU this client takes, in bytes; 0 = no limit. Default 65535, the most a wrapper frame holds. */
  readonly maxReceivePduSize?: number;
  /** Most attributes or methods in one with-list request; 1 = never use lists. Default 10. */
  readonly maxListSize?: number;
  /** Which answers to a with-list request mean "I do not do lists": the session then asks one by one. */
  readonly listFallback?: readonly ListRefusal[];
  /** Most bytes of one joined answer (blocks, general blocks). Default, and at most, `sessionLimits.maxResponseSize`. */
  readonly maxResponseSize?: number;
  /** General block transfer, used when negotiated. */
  readonly generalBlockTransfer?: GeneralBlockTransferSettings;
  /**
   * How the association ends: most meters take a bare RLRQ, some answer only when the InitiateRequest comes again in its
   * user-information, and some are better left by closing the connection. Default "plain".
   */
  readonly release?: "plain" | "with-user-information" | "none";
  /** The association object that takes the HLS proof; some meters have one per client. Default 0.0.40.0.0.255. */
  readonly associationObject?: string;
  /** Client user identification (calling-AE-invocation-id), where a meter distinguishes users of one client. */
  readonly userId?: number;
  /** Unpredictable bytes of this length, for challenges and dedicated keys. */
  readonly random: (length: number) => Uint8Array;
}

export type ClientAuthentication =
  | { readonly mechanism: "none" }
  | { readonly mechanism: "lls"; readonly password: Uint8Array }
  | {
      readonly mechanism: "hls" | "md5" | "sha1" | "sha256";
      readonly secret: Uint8Array;
      readonly challengeLength?: number;
    }
  /** Proven with the keys of `security`. */
  | { readonly mechanism: "gmac"; readonly challengeLength?: number }
  | {
      readonly mechanism: "ecdsa";
      /** Our private signing key and the meter's public one, in the form `security/authentication.ts` takes. */
      readonly signingKey: Uint8Array;
      readonly peerVerifyingKey: Uint8Array;
      readonly challengeLength?: number;
    };

/** Keys, titles and counters (`demands` follows from `policy`, and the dedicated key is made by the session). */
export interface ClientSecurity extends Omit<SecuritySettings, "demands" | "keys"> {
  readonly keys: Omit<SecurityKeys, "dedicated">;
  /** What every request carries and every answer must carry. Neither = plain APDUs, keys only prove identity. */
  readonly policy: SecurityPolicy;
  /** `glo-`/`ded-` APDUs, or general-glo/general-ded-ciphering around a plain one. Default "service-specific". */
  readonly form?: "service-specific" | "general";
  /**
   * Hand the meter a fresh key for this association alone. Its counter starts at 0 as the standard says, or goes on with
   * the global one for meters that keep a single counter. Default "none".
   */
  readonly dedicatedKey?: "none" | "own-counter" | "shared-counter";
}

/** How a meter says that it does not take a with-list request. */
export type ListRefusal =
  /** A single data-access-result instead of a list. */
  | "access-error"
  /** An exception-response. */
  | "exception"
  /** A confirmed-service-error. */
  | "service-error"
  /** A list that answers every element with the same error. */
  | "every-element"
  /** Another number of results than asked for, or an answer that cannot be decoded. */
  | "malformed"
  /** No answer at all before `timedOut()`. */
  | "silence";

export interface GeneralBlockTransferSettings {
  /** Blocks the peer may send before it must wait for us, 1 to 63. Default 1. */
  readonly window?: number;
  /** Use general blocks even where the service has blocks of its own. Default false. */
  readonly preferred?: boolean;
}

export const sessionDefaults = {
  maxReceivePduSize: 0xffff,
  maxListSize: 10,
  listFallback: ["access-error", "exception", "service-error", "malformed"] as readonly ListRefusal[],
  associationObject: "0.0.40.0.0.255",
  challengeLength: 16,
  generalBlockWindow: 1,
} as const;

/** Bounds that keep a hostile or broken peer from exhausting the process. */
export const sessionLimits = {
  /** Bytes of one answer joined from blocks: no more are decoded. */
  maxResponseSize: dataLimits.bytes,
  /** Bytes of one request a server joins from blocks. */
  maxRequestSize: 1024 * 1024,
  /** Attributes or methods in one with-list request a server takes. */
  maxServerListSize: 256,
  /** Requests waiting in a client. */
  maxQueuedRequests: 1024,
  /** Events waiting to be taken. */
  maxQueuedEvents: 4096,
  /** Clients with an association of their own on one connection of a server. */
  maxClientsOfConnection: 16,
  /** Senders whose unfinished pushes are kept at once. */
  maxPushSenders: 64,
  /** Rounds of general block transfer that bring nothing new before it is given up. */
  maxGeneralBlockRepeats: 8,
} as const;

/** What a client proposes when its settings name nothing: all of logical-name referencing. */
export const defaultConformance: Conformance = new Set<ConformanceBit>([
  "general-protection",
  "general-block-transfer",
  "attribute0-with-get",
  "priority-management",
  "block-transfer-with-get",
  "block-transfer-with-set",
  "block-transfer-with-action",
  "multiple-references",
  "data-notification",
  "get",
  "set",
  "selective-access",
  "event-notification",
  "action",
]);
