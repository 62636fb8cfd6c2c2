/**
 * The client of an association, without I/O: bytes of the meter go in by `receive`, bytes for it come out by
 * `takeOutput`, and what happened by `nextEvent`.
 *
 *   connect ── link ── AARQ/AARE ── HLS proofs ── requests, one in flight ── RLRQ/RLRE ── link
 */
import { DlmsError, dlmsError } from "../errors.ts";
import { createClientLink, type Link, type LinkEvent } from "../framing/link.ts";
import type { Apdu, SelectedAttribute } from "../xdlms/apdu.ts";
import { decodeApdu, encodeApdu } from "../xdlms/codec.ts";
import { ApduChannel } from "./apdu-channel.ts";
import { type AssociationEvent, type ClientState, nextClientState } from "./association-states.ts";
import { ClientAssociation } from "./client/association.ts";
import { type OpenRequest, openAction, openGet, openSet } from "./client/open-request.ts";
import { RequestQueue } from "./client/request-queue.ts";
import type { ClientEvent, NegotiatedContext, RequestId } from "./events.ts";
import type { OpenedApdu } from "./protection.ts";
import { confirmedServiceError, exceptionError } from "./refusals.ts";
import type { Assignment, MethodCall } from "./requests.ts";
import type { Session } from "./session.ts";
import { type ClientSettings, sessionDefaults, sessionLimits } from "./settings.ts";

/**
 * A client association with one logical device of a meter. Requests may be queued at any time, even before `connect()`;
 * one is in flight at a time. Every request ends in exactly one `response` or `request-failed`.
 */
export class ClientSession implements Session {
  private readonly settings: ClientSettings;
  private readonly link: Link;
  private readonly association: ClientAssociation;
  private readonly channel: ApduChannel;
  private readonly queue: RequestQueue;
  private readonly events: ClientEvent[] = [];
  private state: ClientState = "idle";
  private agreed: NegotiatedContext | undefined;
  private lastRequestId = 0;
  private releaseAsked = false;

  /** Throws a DlmsError of fault "caller" when the settings contradict themselves. */
  constructor(settings: ClientSettings) {
    const { generalBlockTransfer, maxResponseSize = sessionLimits.maxResponseSize } = settings;
    this.settings = settings;
    this.association = new ClientAssociation(settings);
    this.link = createClientLink(settings.link);
    this.channel = new ApduChannel(
      this.association.protection,
      { transmit: (apdu) => this.transmit(apdu), yieldTurn: () => this.link.yieldTurn() },
      generalBlockTransfer?.window ?? sessionDefaults.generalBlockWindow,
      Math.min(maxResponseSize, sessionLimits.maxResponseSize),
    );
    this.queue = new RequestQueue(settings, this.channel, (event) => this.report(event));
  }

  /** Opens the link and the association: ends in `associated` or `failed`. Throws `session_over` after the end. */
  connect(): void {
    if (this.finished) throw dlmsError("session_over", { state: this.state });
    if (this.state !== "idle") return;
    this.go("connect");
    this.link.open();
    this.followLink();
  }

  /** Reads attributes: as a list where the meter does lists, otherwise one after another. */
  get(attributes: readonly SelectedAttribute[]): RequestId {
    return this.enqueue(openGet(++this.lastRequestId, attributes));
  }

  /** Writes attributes, a long value in blocks. */
  set(assignments: readonly Assignment[]): RequestId {
    return this.enqueue(openSet(++this.lastRequestId, assignments));
  }

  /** Calls methods, a long parameter in blocks. */
  action(calls: readonly MethodCall[]): RequestId {
    return this.enqueue(openAction(++this.lastRequestId, calls));
  }

  /** Ends the association and the link after the requests queued so far: ends in `released`. */
  release(): void {
    this.releaseAsked = true;
    if (this.state === "idle") {
      this.end("release", { type: "released" });
      return;
    }
    this.proceed();
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
    if (this.settings.link.framing === "wrapper" && this.queue.survivesSilence) {
      this.queue.refuse(dlmsError("response_timeout", { waitedFor: this.queue.waitedFor }), "silence");
      this.proceed();
      return;
    }
    if (this.link.timedOut() === "failed") this.followLink();
  }

  connectionLost(): void {
    this.linkDown(undefined);
  }

  /** Gives up now: every request fails with this error. The meter is told if it can be; send the output that is left. */
  abort(error: DlmsError): void {
    if (!this.finished) this.fail(error);
  }

  /** True while an answer of the meter is due: the owner's timer runs, restarted by every `receive`. */
  get waiting(): boolean {
    return this.queue.inFlight || waitingStates.has(this.state);
  }

  get finished(): boolean {
    return this.state === "released" || this.state === "failed";
  }

  /** Undefined before `associated`. */
  get negotiated(): NegotiatedContext | undefined {
    return this.agreed;
  }

  private enqueue(request: OpenRequest): RequestId {
    if (this.finished || this.releaseAsked) {
      const error = dlmsError("session_over", { state: this.finished ? this.state : "being released" });
      this.report({ type: "request-failed", id: request.id, error });
    } else {
      this.queue.add(request);
      this.proceed();
    }
    return request.id;
  }

  /** A link that is gone takes nothing; why it is gone is the next event. */
  private transmit(apdu: Uint8Array): void {
    if (this.link.state === "connected") this.link.send(apdu);
  }

  private followLink(): void {
    for (let event = this.link.nextEvent(); event !== undefined; event = this.link.nextEvent()) this.followEvent(event);
  }

  private followEvent(event: LinkEvent): void {
    switch (event.type) {
      case "connected":
        this.associate();
        return;
      case "apdu":
      case "unnumbered-information":
        this.take(event.apdu);
        return;
      case "disconnected":
        this.linkDown(event.error);
        return;
    }
  }

  private associate(): void {
    if (this.state !== "connecting") return;
    this.go("link-up");
    this.attempt(() => this.channel.send(encodeApdu(this.association.request())));
  }

  /** One APDU of the meter. Whatever is wrong with it becomes an outcome of what was waited for. */
  private take(bytes: Uint8Array): void {
    if (this.finished) return;
    try {
      const opened = this.channel.receive(bytes);
      if (opened !== undefined) this.dispatch(decodeApdu(opened.apdu), opened);
    } catch (error) {
      if (!(error instanceof DlmsError)) throw error;
      if (this.association.protection.mayBeAnswer(bytes[0])) this.mishap(error);
      else this.report({ type: "discarded", error });
    }
    this.proceed();
  }

  private dispatch(apdu: Apdu, { authenticated, encrypted }: OpenedApdu): void {
    if (apdu.type === "data-notification" || apdu.type === "event-notification") {
      const protection = { authenticated, encrypted };
      this.report({ type: "notification", notification: apdu, protection });
      return;
    }
    switch (this.state) {
      case "associating":
        this.judgeAssociation(apdu);
        return;
      case "authenticating":
        this.judgeProof(apdu);
        return;
      case "associated":
        this.takeAnswer(apdu);
        return;
      case "releasing":
        if (apdu.type === "rlre" || apdu.type === "exception-response") {
          this.unlink();
          return;
        }
        this.discard(apdu);
        return;
      default:
        this.discard(apdu);
        return;
    }
  }

  private judgeAssociation(apdu: Apdu): void {
    if (apdu.type === "exception-response") throw exceptionError(apdu, true);
    if (apdu.type === "confirmed-service-error") throw confirmedServiceError(apdu);
    if (apdu.type !== "aare") throw dlmsError("response_unexpected", { received: apdu.type, expected: "an AARE" });
    const { negotiated, proofDemanded } = this.association.accept(apdu);
    this.agreed = negotiated;
    this.channel.maxSize = negotiated.serverMaxReceivePduSize || Number.POSITIVE_INFINITY;
    this.channel.generalBlocksAgreed = negotiated.conformance.has("general-block-transfer");
    if (!proofDemanded) {
      this.associated("accepted", negotiated);
      return;
    }
    this.go("proof-demanded");
    this.channel.beginExchange();
    this.channel.send(encodeApdu(this.association.proofRequest()));
  }

  private judgeProof(apdu: Apdu): void {
    if (apdu.type === "exception-response") throw exceptionError(apdu, false);
    if (apdu.type !== "action-response-normal") {
      throw dlmsError("response_unexpected", { received: apdu.type, expected: "the meter's proof" });
    }
    this.association.checkProof(apdu.response);
    this.associated("proven", this.agreed!);
  }

  private associated(event: AssociationEvent, negotiated: NegotiatedContext): void {
    this.go(event);
    this.report({ type: "associated", negotiated });
    this.queue.start(negotiated);
  }

  private takeAnswer(apdu: Apdu): void {
    if (apdu.type === "rlre") throw dlmsError("connection_lost", { state: this.state });
    if (!this.queue.inFlight) {
      this.discard(apdu);
      return;
    }
    if (apdu.type === "exception-response") {
      const error = exceptionError(apdu, false);
      if (error.fault === "security") throw error;
      this.queue.refuse(error, "exception");
      return;
    }
    if (apdu.type === "confirmed-service-error") {
      this.queue.refuse(confirmedServiceError(apdu), "service-error");
      return;
    }
    if (!this.queue.answer(apdu)) this.discard(apdu);
  }

  private discard(apdu: Apdu): void {
    const received = "invocation" in apdu ? `${apdu.type} ${apdu.invocation.invokeId}` : apdu.type;
    this.report({ type: "discarded", error: dlmsError("response_late", { received }) });
  }

  /**
   * What came cannot be used. Before the association stands that is its end, and so is broken security or broken order
   * while an answer is due; bytes that only do not decode cost the request they answer.
   */
  private mishap(error: DlmsError): void {
    if (this.state === "releasing") {
      this.unlink();
      return;
    }
    if (this.state !== "associated") {
      this.fail(error);
      return;
    }
    if (!this.queue.inFlight && error.code !== "connection_lost") {
      this.report({ type: "discarded", error });
      return;
    }
    if (error.fault === "security" || error.fault === "transport") {
      this.fail(error);
      return;
    }
    this.queue.refuse(error, "malformed");
  }

  /** The next request; after the last the release, when it was asked for. */
  private proceed(): void {
    if (this.state !== "associated") return;
    this.attempt(() => this.queue.proceed());
    if (this.state === "associated" && this.releaseAsked && this.queue.empty) this.startRelease();
  }

  private startRelease(): void {
    this.go("release");
    if (this.settings.release === "none") {
      this.unlink();
      return;
    }
    this.channel.beginExchange();
    try {
      this.channel.send(encodeApdu(this.association.releaseRequest()));
    } catch (error) {
      if (!(error instanceof DlmsError)) throw error;
      this.unlink();
    }
  }

  /** The association is over; the link is next. */
  private unlink(): void {
    this.go("release-answered");
    this.link.close();
    this.followLink();
  }

  /** Nothing can be sent any more. After a release that is all there was to come, even when the RLRE did not. */
  private linkDown(error: DlmsError | undefined): void {
    if (this.finished) return;
    if (this.state === "releasing" || this.state === "disconnecting") {
      this.end("link-down", { type: "released" });
      return;
    }
    const cause = this.causeOf(error);
    this.queue.failAll(cause);
    this.end("link-down", { type: "failed", error: cause });
  }

  private causeOf(error: DlmsError | undefined): DlmsError {
    if (error === undefined) return dlmsError("connection_lost", { state: this.state });
    return error.code === "link_no_answer" ? dlmsError("response_timeout", { waitedFor: this.waitedFor }) : error;
  }

  /** Ends the session on our side, and tells the meter where it holds an association. */
  private fail(error: DlmsError): void {
    const held = this.state === "associated" || this.state === "authenticating";
    this.queue.failAll(error);
    this.end("fault", { type: "failed", error });
    if (this.link.state !== "connected") return;
    if (held && this.settings.release !== "none") this.link.send(encodeApdu({ type: "rlrq", reason: 0 }));
    this.link.close();
  }

  private attempt(step: () => void): void {
    try {
      step();
    } catch (error) {
      if (!(error instanceof DlmsError)) throw error;
      this.fail(error);
    }
  }

  private get waitedFor(): string {
    if (this.queue.inFlight) return this.queue.waitedFor;
    return waitingStates.get(this.state) ?? "request";
  }

  private end(event: AssociationEvent, outcome: ClientEvent): void {
    this.go(event);
    this.report(outcome);
  }

  private go(event: AssociationEvent): void {
    this.state = nextClientState(this.state, event);
  }

  private report(event: ClientEvent): void {
    const outcome = event.type !== "notification" && event.type !== "discarded";
    if (outcome || this.events.length < sessionLimits.maxQueuedEvents) this.events.push(event);
  }
}

/** In which states the meter has to say something, and what. */
const waitingStates: ReadonlyMap<ClientState, string> = new Map([
  ["connecting", "connection request"],
  ["associating", "association request"],
  ["authenticating", "proof of our identity"],
  ["releasing", "release request"],
  ["disconnecting", "disconnection"],
]);
