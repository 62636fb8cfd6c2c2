/**
 * The client of an association, from its AARQ to the RLRE: what each APDU of the meter means in each state, and what is
 * sent next. The link below it and the events above it belong to the session.
 */
import { DlmsError, dlmsError } from "../../errors.ts";
import type { Apdu } from "../../xdlms/apdu.ts";
import { decodeApdu, encodeApdu } from "../../xdlms/codec.ts";
import { ApduChannel, type ApduLine } from "../apdu-channel.ts";
import { type AssociationEvent, type ClientState, nextClientState } from "../association-states.ts";
import type { ClientEvent, NegotiatedContext } from "../events.ts";
import type { OpenedApdu } from "../protection.ts";
import { confirmedServiceError, exceptionError } from "../refusals.ts";
import { type ClientSettings, sessionDefaults, sessionLimits } from "../settings.ts";
import { Handshake } from "./handshake.ts";
import type { OpenRequest } from "./open-request.ts";
import { RequestQueue } from "./request-queue.ts";

export interface AssociationClientOwner extends ApduLine {
  report(event: ClientEvent): void;
  /** The association needs the link no more. */
  closeLink(): void;
}

export class AssociationClient {
  private readonly settings: ClientSettings;
  private readonly owner: AssociationClientOwner;
  private readonly handshake: Handshake;
  private readonly channel: ApduChannel;
  private readonly queue: RequestQueue;
  private state: ClientState = "idle";
  private agreed: NegotiatedContext | undefined;
  private releaseAsked = false;

  /** Throws a DlmsError of fault "caller" when the settings contradict themselves. */
  constructor(settings: ClientSettings, owner: AssociationClientOwner) {
    const { generalBlockTransfer, maxResponseSize = sessionLimits.maxResponseSize } = settings;
    this.settings = settings;
    this.owner = owner;
    this.handshake = new Handshake(settings);
    this.channel = new ApduChannel(
      this.handshake.protection,
      owner,
      generalBlockTransfer?.window ?? sessionDefaults.generalBlockWindow,
      Math.min(maxResponseSize, sessionLimits.maxResponseSize),
    );
    this.queue = new RequestQueue(settings, this.channel, (event) => owner.report(event));
  }

  get finished(): boolean {
    return this.state === "released" || this.state === "failed";
  }

  /** True while an answer of the meter is due. */
  get waiting(): boolean {
    return this.queue.inFlight || waitingStates.has(this.state);
  }

  /** Undefined until the meter has accepted. */
  get negotiated(): NegotiatedContext | undefined {
    return this.agreed;
  }

  /** True when the link is to be opened; false when that was done before. Throws `session_over` after the end. */
  begin(): boolean {
    if (this.finished) throw dlmsError("session_over", { state: this.state });
    if (this.state !== "idle") return false;
    this.go("connect");
    return true;
  }

  /** The link is open: the association request goes out. */
  linkUp(): void {
    if (this.state !== "connecting") return;
    this.go("link-up");
    this.attempt(() => this.channel.send(encodeApdu(this.handshake.request())));
  }

  ask(request: OpenRequest): void {
    if (this.finished || this.releaseAsked) {
      const error = dlmsError("session_over", { state: this.finished ? this.state : "being released" });
      this.owner.report({ type: "request-failed", id: request.id, error });
      return;
    }
    this.queue.add(request);
    this.proceed();
  }

  /** Ends the association after the requests queued so far. */
  release(): void {
    this.releaseAsked = true;
    if (this.state === "idle") this.end("release", { type: "released" });
    else this.proceed();
  }

  /** One APDU of the meter. Whatever is wrong with it becomes an outcome of what was waited for. */
  receive(bytes: Uint8Array): void {
    if (this.finished) return;
    try {
      const opened = this.channel.receive(bytes);
      if (opened !== undefined) this.dispatch(decodeApdu(opened.apdu), opened);
    } catch (error) {
      if (!(error instanceof DlmsError)) throw error;
      if (this.handshake.protection.mayBeAnswer(bytes[0])) this.mishap(error);
      else this.owner.report({ type: "discarded", error });
    }
    this.proceed();
  }

  /** The meter kept silent. True when that only ended a list, of which it is then asked one by one. */
  survivedSilence(): boolean {
    if (!this.queue.survivesSilence) return false;
    this.queue.refuse(dlmsError("response_timeout", { waitedFor: this.queue.waitedFor }), "silence");
    this.proceed();
    return true;
  }

  /** Nothing can be sent any more. After a release that is all there was to come, even when the RLRE did not. */
  linkDown(error: DlmsError | undefined): void {
    if (this.finished) return;
    if (this.state === "releasing" || this.state === "disconnecting") {
      this.end("link-down", { type: "released" });
      return;
    }
    const cause = this.causeOf(error);
    this.queue.failAll(cause);
    this.end("link-down", { type: "failed", error: cause });
  }

  /** Ends the association on our side, and tells the meter where it holds one. */
  fail(error: DlmsError): void {
    if (this.finished) return;
    const held = this.state === "associated" || this.state === "authenticating";
    this.queue.failAll(error);
    this.end("fault", { type: "failed", error });
    if (held && this.settings.release !== "none") this.owner.transmit(encodeApdu({ type: "rlrq", reason: 0 }));
    this.owner.closeLink();
  }

  private dispatch(apdu: Apdu, { authenticated, encrypted }: OpenedApdu): void {
    if (apdu.type === "data-notification" || apdu.type === "event-notification") {
      const protection = { authenticated, encrypted };
      this.owner.report({ type: "notification", notification: apdu, protection });
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
        if (apdu.type === "rlre" || apdu.type === "exception-response") this.unlink();
        else this.discard(apdu);
        return;
      default:
        this.discard(apdu);
    }
  }

  private judgeAssociation(apdu: Apdu): void {
    if (apdu.type === "exception-response") throw exceptionError(apdu, true);
    if (apdu.type === "confirmed-service-error") throw confirmedServiceError(apdu);
    if (apdu.type !== "aare") throw dlmsError("response_unexpected", { received: apdu.type, expected: "an AARE" });
    const { negotiated, proofDemanded } = this.handshake.accept(apdu);
    this.agreed = negotiated;
    this.channel.maxSize = negotiated.serverMaxReceivePduSize || Number.POSITIVE_INFINITY;
    this.channel.generalBlocksAgreed = negotiated.conformance.has("general-block-transfer");
    if (!proofDemanded) {
      this.associated("accepted", negotiated);
      return;
    }
    this.go("proof-demanded");
    this.channel.beginExchange();
    this.channel.send(encodeApdu(this.handshake.proofRequest()));
  }

  private judgeProof(apdu: Apdu): void {
    if (apdu.type === "exception-response") throw exceptionError(apdu, false);
    if (apdu.type !== "action-response-normal") {
      throw dlmsError("response_unexpected", { received: apdu.type, expected: "the meter's proof" });
    }
    this.handshake.checkProof(apdu.response);
    this.associated("proven", this.agreed!);
  }

  private associated(event: AssociationEvent, negotiated: NegotiatedContext): void {
    this.go(event);
    this.owner.report({ type: "associated", negotiated });
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
    this.owner.report({ type: "discarded", error: dlmsError("response_late", { received }) });
  }

  /**
   * What came cannot be used. Before the association stands that is its end, and so is broken security or broken order
   * while an answer is due; bytes that only do not decode cost the request they answer.
   */
  private mishap(error: DlmsError): void {
    if (this.state === "releasing") this.unlink();
    else if (this.state !== "associated") this.fail(error);
    else if (!this.queue.inFlight && error.code !== "connection_lost") this.owner.report({ type: "discarded", error });
    else if (error.fault === "security" || error.fault === "timeout") this.fail(error);
    else this.queue.refuse(error, "malformed");
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
      this.channel.send(encodeApdu(this.handshake.releaseRequest()));
    } catch (error) {
      if (!(error instanceof DlmsError)) throw error;
      this.unlink();
    }
  }

  /** The association is over; the link is next. */
  private unlink(): void {
    this.go("release-answered");
    this.owner.closeLink();
  }

  private causeOf(error: DlmsError | undefined): DlmsError {
    if (error === undefined) return dlmsError("connection_lost", { state: this.state });
    return error.code === "link_no_answer" ? dlmsError("response_timeout", { waitedFor: this.waitedFor }) : error;
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
    this.owner.report(outcome);
  }

  private go(event: AssociationEvent): void {
    this.state = nextClientState(this.state, event);
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
