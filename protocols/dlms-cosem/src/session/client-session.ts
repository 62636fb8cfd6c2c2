/**
 * The client of an association, without I/O: bytes of the meter go in by `receive`, bytes for it come out by
 * `takeOutput`, and what happened by `nextEvent`.
 *
 *   connect ── link ── AARQ/AARE ── HLS proofs ── requests, one in flight ── RLRQ/RLRE ── link
 */
import type { DlmsError } from "../errors.ts";
import { createClientLink, type Link, type LinkEvent } from "../framing/link.ts";
import type { SelectedAttribute } from "../xdlms/apdu.ts";
import { AssociationClient } from "./client/association.ts";
import { type OpenRequest, openAction, openGet, openSet } from "./client/open-request.ts";
import type { ClientEvent, NegotiatedContext, RequestId } from "./events.ts";
import type { Assignment, MethodCall } from "./requests.ts";
import type { Session } from "./session.ts";
import { type ClientSettings, sessionLimits } from "./settings.ts";

/**
 * A client association with one logical device of a meter. Requests may be queued at any time, even before `connect()`;
 * one is in flight at a time. Every request ends in exactly one `response` or `request-failed`.
 */
export class ClientSession implements Session {
  private readonly settings: ClientSettings;
  private readonly link: Link;
  private readonly association: AssociationClient;
  private readonly events: ClientEvent[] = [];
  private lastRequestId = 0;

  /** Throws a DlmsError of fault "caller" when the settings contradict themselves. */
  constructor(settings: ClientSettings) {
    this.settings = settings;
    this.link = createClientLink(settings.link);
    this.association = new AssociationClient(settings, {
      transmit: (apdu) => this.transmit(apdu),
      yieldTurn: () => this.link.yieldTurn(),
      closeLink: () => this.closeLink(),
      report: (event) => this.report(event),
    });
  }

  /** Opens the link and the association: ends in `associated` or `failed`. Throws `session_over` after the end. */
  connect(): void {
    if (!this.association.begin()) return;
    this.link.open();
    this.followLink();
  }

  /** Reads attributes: as a list where the meter does lists, otherwise one after another. */
  get(attributes: readonly SelectedAttribute[]): RequestId {
    return this.ask(openGet(++this.lastRequestId, attributes));
  }

  /** Writes attributes, a long value in blocks. */
  set(assignments: readonly Assignment[]): RequestId {
    return this.ask(openSet(++this.lastRequestId, assignments));
  }

  /** Calls methods, a long parameter in blocks. */
  action(calls: readonly MethodCall[]): RequestId {
    return this.ask(openAction(++this.lastRequestId, calls));
  }

  /** Ends the association and the link after the requests queued so far: ends in `released`. */
  release(): void {
    this.association.release();
  }

  receive(bytes: Uint8Array): void {
    if (this.finished) return;
    this.link.receive(bytes);
    this.followLink();
  }

  takeOutput(): Uint8Array | undefined {
    return this.link.takeOutput();
  }

  nextEvent(): ClientEvent | undefined {
    return this.events.shift();
  }

  /** The owner's timer for an answer ran out: the link asks again where it can, otherwise what was waited for fails. */
  timedOut(): void {
    if (!this.waiting) return;
    // HDLC asks again by itself: only when it has given up is the meter silent.
    if (this.settings.link.framing === "wrapper" && this.association.survivedSilence()) return;
    if (this.link.timedOut() === "failed") this.followLink();
  }

  connectionLost(): void {
    this.association.linkDown(undefined);
  }

  /** Gives up now: every request fails with this error. The meter is told if it can be; send the output that is left. */
  abort(error: DlmsError): void {
    this.association.fail(error);
  }

  /** True while an answer of the meter is due: the owner's timer runs, restarted by every `receive`. */
  get waiting(): boolean {
    return this.association.waiting;
  }

  get finished(): boolean {
    return this.association.finished;
  }

  /** Undefined until the meter has accepted the association request. */
  get negotiated(): NegotiatedContext | undefined {
    return this.association.negotiated;
  }

  private ask(request: OpenRequest): RequestId {
    this.association.ask(request);
    return request.id;
  }

  /** A link that is gone takes nothing; why it is gone is the next event. */
  private transmit(apdu: Uint8Array): void {
    if (this.link.state === "connected") this.link.send(apdu);
  }

  private closeLink(): void {
    if (this.link.state === "connected") this.link.close();
    this.followLink();
  }

  private followLink(): void {
    for (let event = this.link.nextEvent(); event !== undefined; event = this.link.nextEvent()) this.followEvent(event);
  }

  private followEvent(event: LinkEvent): void {
    switch (event.type) {
      case "connected":
        this.association.linkUp();
        return;
      case "apdu":
      case "unnumbered-information":
        this.association.receive(event.apdu);
        return;
      case "disconnected":
        this.association.linkDown(event.error);
    }
  }

  private report(event: ClientEvent): void {
    const outcome = event.type !== "notification" && event.type !== "discarded";
    if (outcome || this.events.length < sessionLimits.maxQueuedEvents) this.events.push(event);
  }
}
