/** What a server session serves: a device with its associations and its answers. One device serves many sessions. */
import type { ApplicationContext, MechanismName } from "../acse/association.ts";
import type { Data } from "../data/data.ts";
import type { LinkSettings } from "../framing/link.ts";
import type { SecurityKeys } from "../security/context.ts";
import type { InvocationCounter } from "../security/invocation-counter.ts";
import type { SecurityPolicy } from "../security/policy.ts";
import type { SecuritySuite } from "../security/suites.ts";
import type { MethodDescriptor, SelectedAttribute } from "../xdlms/apdu.ts";
import type { Conformance } from "../xdlms/conformance.ts";

export interface ServerDevice {
  /** 8 bytes: three letters of the maker and a serial number. */
  readonly systemTitle: Uint8Array;
  /** Wrapper or HDLC; the client SAP of the settings is not used, each client brings its own. */
  readonly link: LinkSettings;
  /** Looked up by client SAP, then by context and mechanism. */
  readonly associations: readonly ServerAssociation[];
  readonly habits?: ServerHabits;
  /** `selection` is handed through as asked; answer data-access-result 13 or 250 when it cannot be served. */
  get(attribute: SelectedAttribute, association: ServerAssociation): GetAnswer;
  /** Answers a data-access-result, 0 = success. */
  set(attribute: SelectedAttribute, data: Data, association: ServerAssociation): number;
  action(method: MethodDescriptor, parameter: Data | undefined, association: ServerAssociation): ActionAnswer;
  /** Unpredictable bytes of this length. */
  random(length: number): Uint8Array;
}

/** Data, the A-XDR encoding of a Data made before (sent as it is, by views), or a data-access-result. */
export type GetAnswer =
  | { readonly data: Data }
  | { readonly encoded: Uint8Array }
  /** A data-access-result other than 0. */
  | { readonly error: number };

export interface ActionAnswer {
  /** An action-result, 0 = success. */
  readonly result: number;
  readonly returned?: GetAnswer;
}

/** Who may associate from one client SAP, how, and what then flows. */
export interface ServerAssociation {
  /** For the device's callbacks and for events: "public", "management" … */
  readonly name: string;
  readonly clientSap: number;
  /** Default: logical-names without a protecting policy, logical-names-ciphered with one. */
  readonly applicationContexts?: readonly ApplicationContext[];
  readonly mechanism: MechanismName;
  /** The LLS password or the secret of HLS 2, 3, 4 and 6. */
  readonly secret?: Uint8Array;
  /** HLS 7: our private signing key and the client's public one. */
  readonly signingKey?: Uint8Array;
  readonly peerVerifyingKey?: Uint8Array;
  readonly security?: ServerSecurity;
  readonly conformance: Conformance;
  /** Longest APDU this server takes, in bytes; 0 = no limit. */
  readonly maxReceivePduSize: number;
  /** Longest APDU this server makes, whatever the client could take; 0 = the client's limit alone. Default 0. */
  readonly maxSendPduSize?: number;
  /** The object that takes the HLS proof. Default 0.0.40.0.0.255. */
  readonly associationObject?: string;
  /** Client users known by calling-AE-invocation-id; absent = not asked for. */
  readonly userIds?: readonly number[];
}

export interface ServerSecurity {
  readonly suite: SecuritySuite;
  readonly keys: Omit<SecurityKeys, "dedicated">;
  /** Every request must carry at least this; every answer carries exactly this. */
  readonly policy: SecurityPolicy;
  /** Our own counter under the unicast key; what it gives must already be persisted. */
  readonly counter: InvocationCounter;
  /** The last counter accepted from the client under the unicast key, -1 before the first; the session moves it forward. */
  lastClientCounter: number;
  /** When set, another calling-AP-title is refused (diagnostic 3). */
  readonly clientSystemTitle?: Uint8Array;
}

/** How this make of meter behaves where the standard leaves room or the makers do not follow it. */
export interface ServerHabits {
  /** A with-list request: served, answered by an exception-response, or by one data-access-result 250. Default "served". */
  readonly lists?: "served" | "exception" | "access-error";
  /** Selective access: handed to the callbacks, or refused with data-access-result 250. Default "served". */
  readonly selectiveAccess?: "served" | "access-error";
  /** A counter not above the last: exception-response with the expected one, silence, or closing. Default "exception". */
  readonly wrongCounter?: "exception" | "silence" | "close";
  /** A request that cannot be deciphered or lacks protection. Default "exception". */
  readonly decipheringError?: "exception" | "silence";
  /** A rejected AARQ carries user-information with the reason, or nothing at all. Default true. */
  readonly rejectionWithUserInformation?: boolean;
  /** Answer to RLRQ. Default "answered". */
  readonly release?: "answered" | "silence";
  /** Answers too long for one APDU go as general blocks even where the service has blocks. Default false. */
  readonly generalBlocksPreferred?: boolean;
  /** Window offered in general block transfer, 1 to 63. Default 1. */
  readonly generalBlockWindow?: number;
}
