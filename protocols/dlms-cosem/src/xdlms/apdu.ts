/**
 * Application protocol data units (Green Book, clause 9.5): what travels inside the wrapper or HDLC.
 * Ciphered APDUs appear as `glo`/`ded`/`general-…` with their protected bytes; room `security/` opens them.
 */
import type { AssociationApdu } from "../acse/association.ts";
import type { Data } from "../data/data.ts";
import type { CosemDateTime } from "../data/date-time.ts";
import type { Conformance } from "./conformance.ts";

export interface AttributeDescriptor {
  readonly classId: number;
  /** OBIS in full decimal form: "1.0.1.8.0.255". */
  readonly logicalName: string;
  readonly attribute: number;
}
export interface MethodDescriptor {
  readonly classId: number;
  readonly logicalName: string;
  readonly method: number;
}
/** Selective access: selector number and its parameter, see cosem/profile-generic.ts for the two of class 7. */
export interface Selection {
  readonly selector: number;
  readonly parameter: Data;
}
export interface SelectedAttribute extends AttributeDescriptor {
  readonly selection?: Selection;
}
/** Low nibble of invoke-id-and-priority plus its two flags. */
export interface Invocation {
  readonly invokeId: number;
  readonly confirmed: boolean;
  readonly highPriority: boolean;
}
export interface LongInvocation {
  /** 24 bits. */
  readonly invokeId: number;
  readonly selfDescriptive: boolean;
  readonly processingBreakOnError: boolean;
  readonly confirmed: boolean;
  readonly highPriority: boolean;
}
/** Data, or the data-access-result that stands in its place. Result codes: xdlms/access-results.ts. */
export type GetDataResult = { readonly data: Data } | { readonly error: number };
export interface ActionResult {
  readonly result: number;
  readonly returned?: GetDataResult;
}
/** A piece of a long service: the bytes of all blocks joined are one encoding. */
export interface DataBlock {
  readonly last: boolean;
  readonly number: number;
  readonly raw: Uint8Array;
}

export type GetRequest =
  | { readonly type: "get-request-normal"; readonly invocation: Invocation; readonly attribute: SelectedAttribute }
  | { readonly type: "get-request-next"; readonly invocation: Invocation; readonly block: number }
  | {
      readonly type: "get-request-with-list";
      readonly invocation: Invocation;
      readonly attributes: readonly SelectedAttribute[];
    };
export type GetResponse =
  | { readonly type: "get-response-normal"; readonly invocation: Invocation; readonly result: GetDataResult }
  | {
      readonly type: "get-response-with-datablock";
      readonly invocation: Invocation;
      readonly last: boolean;
      readonly block: number;
      readonly result: { readonly raw: Uint8Array } | { readonly error: number };
    }
  | {
      readonly type: "get-response-with-list";
      readonly invocation: Invocation;
      readonly results: readonly GetDataResult[];
    };
export type SetRequest =
  | {
      readonly type: "set-request-normal";
      readonly invocation: Invocation;
      readonly attribute: SelectedAttribute;
      readonly data: Data;
    }
  | {
      readonly type: "set-request-first-datablock";
      readonly invocation: Invocation;
      readonly attribute: SelectedAttribute;
      readonly block: DataBlock;
    }
  | { readonly type: "set-request-datablock"; readonly invocation: Invocation; readonly block: DataBlock }
  | {
      readonly type: "set-request-with-list";
      readonly invocation: Invocation;
      readonly attributes: readonly SelectedAttribute[];
      readonly data: readonly Data[];
    }
  | {
      readonly type: "set-request-with-list-first-datablock";
      readonly invocation: Invocation;
      readonly attributes: readonly SelectedAttribute[];
      readonly block: DataBlock;
    };
export type SetResponse =
  | { readonly type: "set-response-normal"; readonly invocation: Invocation; readonly result: number }
  | { readonly type: "set-response-datablock"; readonly invocation: Invocation; readonly block: number }
  | {
      readonly type: "set-response-last-datablock";
      readonly invocation: Invocation;
      readonly result: number;
      readonly block: number;
    }
  | {
      readonly type: "set-response-last-datablock-with-list";
      readonly invocation: Invocation;
      readonly results: readonly number[];
      readonly block: number;
    }
  | { readonly type: "set-response-with-list"; readonly invocation: Invocation; readonly results: readonly number[] };
export type ActionRequest =
  | {
      readonly type: "action-request-normal";
      readonly invocation: Invocation;
      readonly method: MethodDescriptor;
      readonly parameter?: Data;
    }
  | { readonly type: "action-request-next-pblock"; readonly invocation: Invocation; readonly block: number }
  | {
      readonly type: "action-request-with-list";
      readonly invocation: Invocation;
      readonly methods: readonly MethodDescriptor[];
      readonly parameters: readonly Data[];
    }
  | {
      readonly type: "action-request-with-first-pblock";
      readonly invocation: Invocation;
      readonly method: MethodDescriptor;
      readonly block: DataBlock;
    }
  | {
      readonly type: "action-request-with-list-and-first-pblock";
      readonly invocation: Invocation;
      readonly methods: readonly MethodDescriptor[];
      readonly block: DataBlock;
    }
  | { readonly type: "action-request-with-pblock"; readonly invocation: Invocation; readonly block: DataBlock };
export type ActionResponse =
  | { readonly type: "action-response-normal"; readonly invocation: Invocation; readonly response: ActionResult }
  | { readonly type: "action-response-with-pblock"; readonly invocation: Invocation; readonly block: DataBlock }
  | {
      readonly type: "action-response-with-list";
      readonly invocation: Invocation;
      readonly responses: readonly ActionResult[];
    }
  | { readonly type: "action-response-next-pblock"; readonly invocation: Invocation; readonly block: number };

export interface InitiateRequest {
  readonly type: "initiate-request";
  readonly dedicatedKey?: Uint8Array;
  readonly responseAllowed: boolean;
  readonly proposedQualityOfService?: number;
  readonly dlmsVersion: number;
  readonly conformance: Conformance;
  /** 0 = no limit. */
  readonly clientMaxReceivePduSize: number;
}
export interface InitiateResponse {
  readonly type: "initiate-response";
  readonly negotiatedQualityOfService?: number;
  readonly dlmsVersion: number;
  readonly conformance: Conformance;
  readonly serverMaxReceivePduSize: number;
  /** 0x0007 for logical names, 0xFA00 for short names. */
  readonly vaaName: number;
}
export interface ConfirmedServiceError {
  readonly type: "confirmed-service-error";
  /** Which service: 1 initiate, 5 read, 6 write. */
  readonly service: number;
  /** Choice and value of ServiceError, e.g. 6 (initiate) and 1 (dlms-version-too-low). */
  readonly error: { readonly choice: number; readonly value: number };
}
export interface ExceptionResponse {
  readonly type: "exception-response";
  readonly state: number;
  readonly serviceError: number;
  /** The counter the server expects, with service error 6. */
  readonly invocationCounter?: number;
}
export interface DataNotification {
  readonly type: "data-notification";
  readonly invocation: LongInvocation;
  readonly dateTime?: CosemDateTime;
  readonly body: Data;
}
/** The answer to a confirmed data-notification, which it names by its invoke-id. */
export interface DataNotificationConfirm {
  readonly type: "data-notification-confirm";
  readonly invocation: LongInvocation;
  readonly dateTime?: CosemDateTime;
}
export interface EventNotification {
  readonly type: "event-notification";
  readonly time?: CosemDateTime;
  readonly attribute: AttributeDescriptor;
  readonly value: Data;
}
export interface GeneralBlockTransfer {
  readonly type: "general-block-transfer";
  readonly last: boolean;
  readonly streaming: boolean;
  readonly window: number;
  readonly block: number;
  readonly acknowledged: number;
  readonly raw: Uint8Array;
}
/** Any service-specific (`glo-…`, `ded-…`) ciphered APDU: `tag` says which, `content` is SC ‖ IC ‖ …. */
export interface CipheredApdu {
  readonly type: "ciphered";
  readonly tag: number;
  readonly content: Uint8Array;
}
export type GeneralCiphered =
  | GeneralCipheredOfType<"general-glo-ciphering">
  | GeneralCipheredOfType<"general-ded-ciphering">;
interface GeneralCipheredOfType<Type> {
  readonly type: Type;
  /** Empty when the sender leaves it out. */
  readonly systemTitle: Uint8Array;
  readonly content: Uint8Array;
}

/** general-ciphering: with transaction, both titles and the key that protects it. */
export interface GeneralCiphering {
  readonly type: "general-ciphering";
  readonly transactionId: Uint8Array;
  readonly originatorSystemTitle: Uint8Array;
  readonly recipientSystemTitle: Uint8Array;
  readonly dateTime?: CosemDateTime;
  readonly otherInformation: Uint8Array;
  readonly key?: KeyInformation;
  readonly content: Uint8Array;
}
export type KeyInformation =
  /** 0 global unicast, 1 global broadcast encryption key. */
  | { readonly kind: "identified"; readonly keyId: number }
  /** kekId 0 = master key. */
  | { readonly kind: "wrapped"; readonly kekId: number; readonly ciphered: Uint8Array }
  | { readonly kind: "agreed"; readonly parameters: Uint8Array; readonly ciphered: Uint8Array };

/** One step of an ACCESS request; its data stands at the same place of the data list (null-data for a get). */
export type AccessSpecification =
  | { readonly service: "get" | "set"; readonly attribute: SelectedAttribute }
  | { readonly service: "action"; readonly method: MethodDescriptor };
export interface AccessRequest {
  readonly type: "access-request";
  readonly invocation: LongInvocation;
  readonly dateTime?: CosemDateTime;
  readonly specifications: readonly AccessSpecification[];
  readonly data: readonly Data[];
}
export interface AccessResponse {
  readonly type: "access-response";
  readonly invocation: LongInvocation;
  readonly dateTime?: CosemDateTime;
  /** The request's, when the server repeats them. */
  readonly specifications?: readonly AccessSpecification[];
  readonly data: readonly Data[];
  /** A data-access-result, for an action an action-result. */
  readonly results: readonly { readonly service: "get" | "set" | "action"; readonly result: number }[];
}

/** What a short-name service addresses. Variable name = base name of the object + 8 × (attribute − 1). */
export type VariableAccess =
  | { readonly kind: "variable"; readonly name: number }
  | { readonly kind: "parameterized"; readonly name: number; readonly selection: Selection }
  /** Asks for the next block of a long read. */
  | { readonly kind: "block-number"; readonly block: number }
  | { readonly kind: "read-block" | "write-block"; readonly block: ShortNameBlock };
/** As DataBlock, with a 16-bit number. A write-block has no bytes here: they are the data of the request. */
export interface ShortNameBlock {
  readonly last: boolean;
  readonly number: number;
  readonly raw?: Uint8Array;
}
export interface ReadRequest {
  readonly type: "read-request";
  readonly variables: readonly VariableAccess[];
}
export type ReadResult =
  | GetDataResult
  | { readonly block: Required<ShortNameBlock> }
  | { readonly blockNumber: number };
export interface ReadResponse {
  readonly type: "read-response";
  readonly results: readonly ReadResult[];
}
export type WriteRequest = WriteRequestOfType<"write-request"> | WriteRequestOfType<"unconfirmed-write-request">;
interface WriteRequestOfType<Type> {
  readonly type: Type;
  readonly variables: readonly VariableAccess[];
  readonly data: readonly Data[];
}
/** A data-access-result, 0 = success, or the number of the block that was taken. */
export type WriteResult = { readonly result: number } | { readonly blockNumber: number };
export interface WriteResponse {
  readonly type: "write-response";
  readonly results: readonly WriteResult[];
}
export interface InformationReport {
  readonly type: "information-report";
  /** GeneralizedTime, as sent. */
  readonly time?: string;
  readonly variables: readonly VariableAccess[];
  readonly data: readonly Data[];
}
export type ShortNameApdu = ReadRequest | ReadResponse | WriteRequest | WriteResponse | InformationReport;

export type Apdu =
  | AssociationApdu
  | InitiateRequest
  | InitiateResponse
  | ConfirmedServiceError
  | GetRequest
  | GetResponse
  | SetRequest
  | SetResponse
  | ActionRequest
  | ActionResponse
  | ExceptionResponse
  | DataNotification
  | DataNotificationConfirm
  | EventNotification
  | GeneralBlockTransfer
  | AccessRequest
  | AccessResponse
  | ShortNameApdu
  | CipheredApdu
  | GeneralCiphered
  | GeneralCiphering;
