/** What a session tells its owner: the outcome of every request, and what the peer did on its own. */
import type { DlmsError } from "../errors.ts";
import type { ActionResult, DataNotification, EventNotification, GetDataResult } from "../xdlms/apdu.ts";
import type { Conformance } from "../xdlms/conformance.ts";
import type { ServerAssociation } from "./device.ts";

/** Numbers the requests of one client session, from 1. */
export type RequestId = number;

export type ClientEvent =
  /** The association stands, the meter is authenticated where the mechanism allows it; requests flow. */
  | { readonly type: "associated"; readonly negotiated: NegotiatedContext }
  /** One result per attribute asked for, in the order asked. */
  | { readonly type: "response"; readonly service: "get"; readonly id: RequestId; readonly results: GetDataResult[] }
  /** One data-access-result per attribute, 0 = success. */
  | { readonly type: "response"; readonly service: "set"; readonly id: RequestId; readonly results: number[] }
  | { readonly type: "response"; readonly service: "action"; readonly id: RequestId; readonly results: ActionResult[] }
  /** This request has no answer; the session goes on unless `failed` follows. */
  | { readonly type: "request-failed"; readonly id: RequestId; readonly error: DlmsError }
  | {
      readonly type: "notification";
      readonly notification: DataNotification | EventNotification;
      /** How the notification came; an unprotected one proves nothing about its sender. */
      readonly protection: { readonly authenticated: boolean; readonly encrypted: boolean };
    }
  /** Something arrived that answers nothing: a late response, or bytes that do not decode while nothing was asked. */
  | { readonly type: "discarded"; readonly error: DlmsError }
  /** The end, as asked for. */
  | { readonly type: "released" }
  /** The end, not as asked for; every open request has got its `request-failed` before. */
  | { readonly type: "failed"; readonly error: DlmsError };

/** What client and meter agreed on. Sizes in bytes, 0 = no limit. */
export interface NegotiatedContext {
  readonly conformance: Conformance;
  /** Longest APDU the server takes. */
  readonly serverMaxReceivePduSize: number;
  /** Longest APDU the client takes. */
  readonly clientMaxReceivePduSize: number;
  /** The meter's system title, when it sent one. */
  readonly serverSystemTitle?: Uint8Array;
}

export type ServerEvent =
  | { readonly type: "associated"; readonly association: ServerAssociation }
  /** An association request or an HLS proof was turned down; the client was told. */
  | { readonly type: "association-refused"; readonly clientSap: number; readonly error: DlmsError }
  /** One APDU was answered with an exception or not at all; the session goes on. */
  | { readonly type: "request-refused"; readonly error: DlmsError }
  | { readonly type: "released" }
  /** The link is over; `error` says why when it was not the client's wish. */
  | { readonly type: "closed"; readonly error?: DlmsError };
