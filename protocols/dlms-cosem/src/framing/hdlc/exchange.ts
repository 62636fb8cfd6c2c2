/**
 * The exchange of numbered frames within a connection (normal response mode), the same for both sides.
 *
 * One side at a time holds the turn. It sends at most a window of I-frames, the last with the poll/final bit, which hands
 * the turn over; a side with nothing to send hands it over by RR. Whatever was not acknowledged when the turn comes back
 * was lost, and is sent again under its old number, so that no request is executed twice.
 */
import { dlmsError } from "../../errors.ts";
import { Assembly, type LlcDirection, segmentApdu } from "./assembly.ts";
import {
  frameKind,
  hasPollFinal,
  informationControl,
  receiveSequence,
  sendSequence,
  sequenceModulus,
  supervisoryControl,
} from "./control.ts";
import type { HdlcFrame } from "./frame.ts";
import type { HdlcParameters } from "./parameters.ts";

export interface ExchangeSettings {
  readonly role: "client" | "server";
  readonly parameters: HdlcParameters;
  readonly maximumApduLength?: number | undefined;
  readonly write: (frame: Pick<HdlcFrame, "control" | "segmented" | "information">) => void;
  readonly deliver: (apdu: Uint8Array) => void;
}

/** How often a client asks again at once when the server has acknowledged its request but has no answer yet. */
const immediatePollLimit = 3;

export class Exchange {
  /** True while this side is to answer RNR and to refuse information: the owner's queue is full. */
  busy = false;
  private readonly settings: ExchangeSettings;
  private readonly outgoing: LlcDirection;
  private readonly assembly: Assembly;
  /** Segments not acknowledged yet; the first `transmitted` of them were on the line at least once. */
  private segments: { readonly information: Uint8Array; readonly segmented: boolean }[] = [];
  private transmitted = 0;
  /** Number of the first of `segments`. */
  private acknowledged = 0;
  /** V(R): the number expected next. */
  private expected = 0;
  private hasTurn: boolean;
  private peerBusy = false;
  /** Client: an answer is due. Server: the application is to answer. */
  private answerDue = false;
  private immediatePolls = 0;
  /** I-frames since this side last sent something. */
  private unanswered = 0;
  /** One of them came out of order, because another before it was lost. */
  private gap = false;

  constructor(settings: ExchangeSettings) {
    this.settings = settings;
    const client = settings.role === "client";
    this.outgoing = client ? "command" : "response";
    this.assembly = new Assembly([client ? "response" : "command"], settings.maximumApduLength);
    this.hasTurn = client;
  }

  /** The peer said RNR last. */
  get peerIsBusy(): boolean {
    return this.peerBusy;
  }

  send(apdu: Uint8Array): void {
    const fields = segmentApdu(apdu, this.outgoing, this.settings.parameters.maximumInformationSend);
    for (const [index, information] of fields.entries()) {
      this.segments.push({ information, segmented: index < fields.length - 1 });
    }
    this.answerDue = this.settings.role === "client";
    this.immediatePolls = 0;
    if (this.hasTurn) this.takeTurn();
  }

  /**
   * An I, RR or RNR frame. Returns whether it brought anything new. Throws `hdlc_sequence_invalid`,
   * `hdlc_llc_header_invalid`, `link_apdu_too_long`: the connection is lost then.
   */
  receive(frame: HdlcFrame): boolean {
    const { control } = frame;
    const kind = frameKind(control);
    if (kind === "I" && this.settings.role === "client" && this.isRepeated(control)) return false;
    let progress = this.acknowledge(receiveSequence(control));
    if (kind === "I") progress = this.acceptInOrder(frame) || progress;
    this.peerBusy = kind === "RNR";
    if (hasPollFinal(control)) {
      // The client lost patience before our application answered: it gets the turn back for now.
      if (this.hasTurn && kind !== "I" && this.settings.role === "server") this.answerDue = false;
      this.hasTurn = true;
      this.takeTurn();
    } else if (this.unanswered >= this.settings.parameters.windowReceive && this.settings.role === "client") {
      // Meters that end their window without the final bit wait for an acknowledgement all the same.
      this.poll();
    }
    return progress;
  }

  /** Hands the turn over by RR or RNR: a client that asks "what did you get, what have you got?". */
  poll(): void {
    this.handOver(supervisoryControl(this.busy ? "RNR" : "RR", this.expected, true));
  }

  /** More of the peer's is due before this side answers. */
  yieldTurn(): void {
    if (this.hasTurn) this.poll();
  }

  /** The state variables V(R) and V(S) as FRMR reports them. */
  get stateVariables(): { readonly receive: number; readonly send: number } {
    return { receive: this.expected, send: (this.acknowledged + this.transmitted) % sequenceModulus };
  }

  /**
   * A response that was answered already, late or sent twice. It must not give the turn back, or every later request
   * would go out twice. (A server answers a repeated request by its poll bit, as the first answer may have been lost.)
   */
  private isRepeated(control: number): boolean {
    const ahead = (sendSequence(control) - this.expected + sequenceModulus) % sequenceModulus;
    return ahead >= this.settings.parameters.windowReceive;
  }

  private acceptInOrder(frame: HdlcFrame): boolean {
    this.unanswered++;
    if (this.busy || sendSequence(frame.control) !== this.expected) {
      this.gap = true;
      return false;
    }
    const apdu = this.assembly.add(frame.information, frame.segmented);
    this.expected = (this.expected + 1) % sequenceModulus;
    if (apdu !== undefined) {
      this.answerDue = this.settings.role === "server";
      this.settings.deliver(apdu);
    }
    return frame.information.length > 0;
  }

  private acknowledge(next: number): boolean {
    const count = (next - this.acknowledged + sequenceModulus) % sequenceModulus;
    if (count > this.transmitted) {
      const expected = `${this.acknowledged} to ${this.stateVariables.send}`;
      throw dlmsError("hdlc_sequence_invalid", { received: next, expected });
    }
    this.segments.splice(0, count);
    this.transmitted -= count;
    this.acknowledged = next;
    return count > 0;
  }

  private takeTurn(): void {
    if (this.segments.length > 0 && !this.peerBusy) this.sendWindow();
    else if (this.settings.role === "server") this.answerOrWait();
    else this.askOrWait();
  }

  /** Server: an application that is still at work keeps the turn until it answers or the client polls again. */
  private answerOrWait(): void {
    if (!this.answerDue) this.poll();
  }

  /** Client: more segments are due, or something was lost, or the answer may be ready by now. */
  private askOrWait(): void {
    if (this.assembly.incomplete || this.gap) {
      this.poll();
    } else if (this.answerDue && !this.peerBusy && this.immediatePolls < immediatePollLimit) {
      this.immediatePolls++;
      this.poll();
    }
  }

  private sendWindow(): void {
    const count = Math.min(this.segments.length, this.settings.parameters.windowSend);
    for (let index = 0; index < count; index++) {
      const { information, segmented } = this.segments[index]!;
      const number = (this.acknowledged + index) % sequenceModulus;
      const control = informationControl(number, this.expected, index === count - 1);
      this.settings.write({ control, segmented, information });
    }
    this.transmitted = count;
    this.finishTurn();
  }

  private handOver(control: number): void {
    this.settings.write({ control, segmented: false, information: none });
    this.finishTurn();
  }

  private finishTurn(): void {
    this.hasTurn = false;
    this.unanswered = 0;
    this.gap = false;
    if (this.settings.role === "server") this.answerDue = false;
  }
}

const none = new Uint8Array(0);
