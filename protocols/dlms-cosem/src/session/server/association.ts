/**
 * One client of a server session, from its AARQ to its RLRQ: who it is, what it may ask, how it is answered. Wrong bytes
 * become an exception-response, silence or the end of the connection, as the device's habits say, and an event.
 */
import type { AssociationRequest } from "../../acse/association.ts";
import { DlmsError, dlmsError } from "../../errors.ts";
import { createChallenge, prove, verifyProof } from "../../security/authentication.ts";
import { actionResults } from "../../xdlms/access-results.ts";
import type { ActionRequest, Apdu, DataNotification, EventNotification } from "../../xdlms/apdu.ts";
import { decodeApdu, encodeApdu } from "../../xdlms/codec.ts";
import { ApduChannel, type ApduLine, isGeneralBlock } from "../apdu-channel.ts";
import { replyToHlsAuthentication as proof } from "../association-object.ts";
import { type AssociationEvent, nextServerState, type ServerState } from "../association-states.ts";
import type { ServerAssociation, ServerDevice, ServerHabits } from "../device.ts";
import type { ServerEvent } from "../events.ts";
import { ApduProtection } from "../protection.ts";
import { sessionDefaults, sessionLimits } from "../settings.ts";
import { noHabits } from "./access.ts";
import { type Admission, admit, Rejection } from "./admission.ts";
import { acceptance, proofMaterial, refusal } from "./association-response.ts";
import { notAllowed, notSupported, reactionTo, tooLong } from "./exceptions.ts";
import { Services } from "./services.ts";

export interface AssociationOwner extends ApduLine {
  report(event: ServerEvent): void;
  /** Close the connection, as some meters do with an attacker. */
  hangUp(error: DlmsError): void;
}

export class AssociationServer {
  private readonly device: ServerDevice;
  private readonly clientSap: number;
  private readonly owner: AssociationOwner;
  private state: ServerState = "idle";
  private channel: ApduChannel;
  private admission: Admission | undefined;
  private serverChallenge: Uint8Array | undefined;
  private services: Services | undefined;

  constructor(device: ServerDevice, clientSap: number, owner: AssociationOwner) {
    this.device = device;
    this.clientSap = clientSap;
    this.owner = owner;
    this.channel = this.channelFor(new ApduProtection());
  }

  /** The association in force, once the client is authenticated. */
  get association(): ServerAssociation | undefined {
    return this.state === "associated" ? this.admission?.association : undefined;
  }

  /** One APDU of the client. Never throws for what the client sent. */
  receive(bytes: Uint8Array): void {
    if (this.state === "released" || this.state === "failed") return;
    try {
      if (!isGeneralBlock(bytes)) this.channel.beginExchange();
      const opened = this.channel.receive(bytes);
      if (opened === undefined) return;
      this.keepCounter();
      this.dispatch(decodeApdu(opened.apdu));
    } catch (error) {
      if (!(error instanceof DlmsError)) throw error;
      this.refuse(error);
    }
  }

  /** The connection is over, and the association with it. */
  linkLost(): void {
    if (this.state === "released" || this.state === "failed") return;
    this.go("link-down");
    this.forget();
  }

  /** A notification as bytes, protected with the keys of this association. */
  seal(notification: DataNotification | EventNotification): Uint8Array {
    return this.channel.protection.seal(encodeApdu(notification));
  }

  private dispatch(apdu: Apdu): void {
    if (apdu.type === "aarq") this.associate(apdu);
    else if (apdu.type === "rlrq") this.release();
    else if (this.state === "associated" && this.services !== undefined) this.serve(apdu, this.services);
    else if (this.state === "authenticating" && this.isProof(apdu)) this.takeProof(apdu);
    else this.refuseRequest(notAllowed, `${apdu.type} while ${this.state}`);
  }

  private associate(request: AssociationRequest): void {
    if (this.state !== "idle") {
      this.refuseRequest(notAllowed, `an association request while ${this.state}`);
      return;
    }
    try {
      this.accept(admit(request, this.clientSap, this.device));
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      this.reject(request, error);
    }
  }

  private accept(admission: Admission): void {
    const { association, protection, conformance, clientMaxReceivePduSize } = admission;
    const { mechanism } = association;
    const channel = this.channelFor(protection);
    channel.generalBlocksAgreed = conformance.has("general-block-transfer");
    channel.maxSize = smaller(clientMaxReceivePduSize, association.maxSendPduSize ?? 0);
    const proofDemanded = admission.clientChallenge !== undefined;
    this.serverChallenge = proofDemanded
      ? createChallenge(mechanism, (length) => this.device.random(length))
      : undefined;
    this.owner.transmit(encodeApdu(acceptance(admission, this.device, this.serverChallenge)));
    this.channel = channel;
    this.admission = admission;
    if (proofDemanded) this.go("proof-demanded");
    else this.begin("accepted", admission);
  }

  private begin(event: AssociationEvent, { association, conformance }: Admission): void {
    this.go(event);
    this.services = new Services({ device: this.device, association, conformance, channel: this.channel });
    this.owner.report({ type: "associated", association });
  }

  private reject(request: AssociationRequest, rejection: Rejection): void {
    this.owner.transmit(encodeApdu(refusal(request, rejection, this.habits.rejectionWithUserInformation ?? true)));
    this.owner.report({ type: "association-refused", clientSap: this.clientSap, error: rejection.toError() });
  }

  private isProof(apdu: Apdu): apdu is Extract<ActionRequest, { type: "action-request-normal" }> {
    if (apdu.type !== "action-request-normal") return false;
    const { classId, logicalName, method } = apdu.method;
    const object = this.admission?.association.associationObject ?? sessionDefaults.associationObject;
    return classId === proof.classId && method === proof.method && logicalName === object;
  }

  private takeProof({ invocation, parameter }: Extract<ActionRequest, { type: "action-request-normal" }>): void {
    const admission = this.admission!;
    const { mechanism } = admission.association;
    const material = proofMaterial(admission, this.device, this.serverChallenge ?? nothing);
    try {
      const given = parameter?.type === "octet-string" ? parameter.value : nothing;
      verifyProof("client", mechanism, given, material);
      this.keepCounter();
      const value = prove("server", mechanism, material);
      this.answer(
        encodeApdu({
          type: "action-response-normal",
          invocation,
          response: { result: actionResults.success, returned: { data: { type: "octet-string", value } } },
        }),
      );
      this.begin("proven", admission);
    } catch (error) {
      if (!(error instanceof DlmsError)) throw error;
      const response = { result: actionResults["other-reason"] };
      this.answer(encodeApdu({ type: "action-response-normal", invocation, response }));
      this.owner.report({ type: "association-refused", clientSap: this.clientSap, error });
      this.go("proof-refused");
      this.forget();
    }
  }

  private serve(apdu: Apdu, services: Services): void {
    const answer = services.answer(apdu);
    if (answer) this.answer(answer);
    // Nobody waits for an answer: over HDLC the client would wait for its turn.
    else if (answer === null) this.owner.yieldTurn();
    else this.refuseRequest(notSupported, `${apdu.type} is no request`);
  }

  private answer(response: Uint8Array): void {
    try {
      this.channel.send(response);
    } catch (error) {
      if (!(error instanceof DlmsError) || error.code !== "request_too_long") throw error;
      this.refuseRequest(tooLong, "the answer is longer than the client takes and no blocks were agreed");
    }
  }

  private release(): void {
    const answered = (this.habits.release ?? "answered") === "answered";
    if (answered) this.owner.transmit(encodeApdu({ type: "rlre", reason: 0 }));
    if (this.state === "idle") return;
    this.go("release-answered");
    this.forget();
    this.owner.report({ type: "released" });
  }

  /** What came cannot be used. */
  private refuse(error: DlmsError): void {
    const reaction = reactionTo(error, this.habits);
    if (reaction === "close") {
      this.go("fault");
      this.owner.hangUp(error);
      return;
    }
    if (reaction !== "silence") this.owner.transmit(encodeApdu(reaction));
    this.owner.report({ type: "request-refused", error });
  }

  private refuseRequest(exception: Apdu, reason: string): void {
    this.owner.transmit(encodeApdu(exception));
    this.owner.report({ type: "request-refused", error: dlmsError("request_unservable", { reason }) });
  }

  /** What the client has used up must outlive this session. */
  private keepCounter(): void {
    const security = this.admission?.association.security;
    const counter = this.channel.protection.context?.lastPeerCounter("unicast");
    if (security !== undefined && counter !== undefined && counter > security.lastClientCounter) {
      security.lastClientCounter = counter;
    }
  }

  private forget(): void {
    this.channel = this.channelFor(new ApduProtection());
    this.admission = undefined;
    this.serverChallenge = undefined;
    this.services = undefined;
  }

  private channelFor(protection: ApduProtection): ApduChannel {
    const window = this.habits.generalBlockWindow ?? sessionDefaults.generalBlockWindow;
    return new ApduChannel(protection, this.owner, window, sessionLimits.maxRequestSize);
  }

  private get habits(): ServerHabits {
    return this.device.habits ?? noHabits;
  }

  private go(event: AssociationEvent): void {
    this.state = nextServerState(this.state, event);
  }
}

/** The smaller of two limits in which 0 means none. */
function smaller(first: number, second: number): number {
  return Math.min(first || Number.POSITIVE_INFINITY, second || Number.POSITIVE_INFINITY);
}

const nothing = new Uint8Array(0);
