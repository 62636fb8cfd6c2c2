/**
 * The data link below an association, without I/O: bytes in by `receive`, bytes out by `takeOutput`, what happened by
 * `nextEvent`. The wrapper (TCP, UDP) and HDLC (serial lines and the gateways before them) look the same from above.
 *
 * The owner of the socket calls, after each of the other methods, `takeOutput` until it is empty and then `nextEvent`
 * until it is empty. It keeps one timer: started when bytes were sent, and `timedOut()` when nothing came in time.
 */
import type { DlmsError } from "../errors.ts";
import type { HdlcAddress } from "./hdlc/address.ts";
import { createHdlcClientLink } from "./hdlc/client-link.ts";
import type { HdlcParameters } from "./hdlc/parameters.ts";
import { createHdlcServerLink } from "./hdlc/server-link.ts";
import { createWrapperClientLink, createWrapperServerLink } from "./wrapper-link.ts";

export interface Link {
  readonly state: LinkState;
  /** Client: connects. The wrapper is connected at once; HDLC sends SNRM and is connected by the UA. Server: listens. */
  open(): void;
  /**
   * Sends one APDU, whatever its length. A server answers the peer it heard last unless told otherwise.
   * Throws `link_not_open` unless connected, `link_apdu_too_long` when the framing cannot carry it.
   */
  send(apdu: Uint8Array, peer?: LinkPeer): void;
  /** Sends an APDU nobody asked for: HDLC needs no connection for it (UI frames), the wrapper sends it as any other. */
  notify(apdu: Uint8Array, peer?: LinkPeer): void;
  /** Bytes as they came from the line, in pieces of any size. They must not change until the events were taken. */
  receive(bytes: Uint8Array): void;
  /**
   * What was received is followed by more before this side has anything to say, as in streaming general block transfer:
   * HDLC hands the turn back at once instead of waiting for an answer of the application.
   */
  yieldTurn(): void;
  takeOutput(): Uint8Array | undefined;
  nextEvent(): LinkEvent | undefined;
  /** Disconnects: HDLC sends DISC and is disconnected by the answer. */
  close(): void;
  /**
   * Nothing came in time. "retried": there is output that asks again (never the same request as a new one).
   * "failed": the link has given up, and the event `disconnected` says why. A server takes it as the inactivity time-out.
   */
  timedOut(): "retried" | "failed";
}

export type LinkState = "disconnected" | "clearing" | "connecting" | "connected" | "disconnecting";

/** The two service access points of an exchange: wPorts of the wrapper; HDLC's client address and upper server address. */
export interface LinkPeer {
  readonly client: number;
  readonly server: number;
}

export type LinkEvent =
  /** `parameters` are HDLC's negotiated ones, seen from this side. */
  | { readonly type: "connected"; readonly peer: LinkPeer; readonly parameters?: HdlcParameters }
  | { readonly type: "apdu"; readonly apdu: Uint8Array; readonly peer: LinkPeer }
  /** An APDU that came outside a connection, as pushes do (HDLC UI frames). */
  | { readonly type: "unnumbered-information"; readonly apdu: Uint8Array; readonly peer: LinkPeer }
  | { readonly type: "disconnected"; readonly why: DisconnectCause; readonly error?: DlmsError };

/** requested: by `close()`; peer: the other side ended it; timeout: nobody answered; protocol-error: `error` says which. */
export type DisconnectCause = "requested" | "peer" | "timeout" | "protocol-error";

export interface WrapperLinkSettings {
  readonly framing: "wrapper";
  /** Service access points. A server link takes every client, and `client` is whom it notifies before it heard anyone. */
  readonly client: number;
  readonly server: number;
  /** Longest APDU accepted from the peer, at most 65,535 (the default). */
  readonly maximumApduLength?: number;
}

export interface HdlcLinkSettings {
  readonly framing: "hdlc";
  /** 1 to 127, one byte on the line. A server link takes every client, and `client` is whom it notifies unasked. */
  readonly client: number;
  readonly server: HdlcAddress;
  /** What this side offers; the default is 128 bytes and a window of 1 both ways. */
  readonly parameters?: Partial<HdlcParameters>;
  /** Client: how often an unanswered frame is asked for again before the link gives up. Default 3. */
  readonly retries?: number;
  /** Client: send DISC before SNRM, for a meter that still holds a connection from an unclean end. Default false. */
  readonly clearBeforeConnecting?: boolean;
  /** Client: drop a leading copy of what was sent, as optical heads and two-wire converters return it. Default false. */
  readonly dropEcho?: boolean;
  /** Server: the logical devices behind the same physical address; the default is the one of `server`. */
  readonly logicalDevices?: readonly number[];
  /** Server: answer SNRM with an empty UA, which leaves both sides at the defaults. Default false. */
  readonly emptyUa?: boolean;
  /** Longest APDU accepted from the peer, at most 65,535 (the default). */
  readonly maximumApduLength?: number;
}

export type LinkSettings = WrapperLinkSettings | HdlcLinkSettings;

/** The link of the side that asks. Throws `hdlc_address_invalid` or `link_setting_invalid`. */
export function createClientLink(settings: LinkSettings): Link {
  return settings.framing === "wrapper" ? createWrapperClientLink(settings) : createHdlcClientLink(settings);
}

/** The link of the side that answers. Throws `hdlc_address_invalid` or `link_setting_invalid`. */
export function createServerLink(settings: LinkSettings): Link {
  return settings.framing === "wrapper" ? createWrapperServerLink(settings) : createHdlcServerLink(settings);
}
