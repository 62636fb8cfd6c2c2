import type { Data } from "../data/data.ts";
import type { DlmsError } from "../errors.ts";
import type { MethodDescriptor, SelectedAttribute } from "../xdlms/apdu.ts";
import type { ClientEvent, NegotiatedContext, RequestId } from "./events.ts";
import type { Session } from "./session.ts";
import type { ClientSettings } from "./settings.ts";

export interface Assignment {
  readonly attribute: SelectedAttribute;
  readonly data: Data;
}
export interface MethodCall {
  readonly method: MethodDescriptor;
  readonly parameter?: Data;
}

/**
 * A client association with one logical device of a meter. Requests may be queued at once, even before `connect()` has
 * succeeded; one is in flight at a time. Every request ends in exactly one `response` or `request-failed`.
 */
export declare class ClientSession implements Session {
  constructor(settings: ClientSettings);
  /** Opens the link and the association: ends in `associated` or `failed`. */
  connect(): void;
  get(attributes: readonly SelectedAttribute[]): RequestId;
  set(assignments: readonly Assignment[]): RequestId;
  action(calls: readonly MethodCall[]): RequestId;
  /** After the queued requests: ends in `released`. */
  release(): void;
  receive(bytes: Uint8Array): void;
  takeOutput(): Uint8Array | undefined;
  nextEvent(): ClientEvent | undefined;
  /** The owner's timer for an answer ran out: the link asks again where it can, otherwise what was waited for fails. */
  timedOut(): void;
  connectionLost(): void;
  /** Give up now, without another word to the meter. */
  abort(error: DlmsError): void;
  /** True while an answer is due: run the answer timer, restarted by every `receive`. */
  get waiting(): boolean;
  get finished(): boolean;
  get negotiated(): NegotiatedContext | undefined;
}
