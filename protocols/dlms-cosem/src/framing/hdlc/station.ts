/**
 * What both ends of an HDLC line have in common: frames in and out, the state table's interpreter, numbered information
 * within a connection and unnumbered information outside it. Which frame does what in which state is in the tables of
 * client-link.ts and server-link.ts.
 */
import { DlmsError, dlmsError } from "../../errors.ts";
import type { DisconnectCause, HdlcLinkSettings, Link, LinkEvent, LinkPeer, LinkState } from "../link.ts";
import { LinkQueues } from "../link-queues.ts";
import { encodeHdlcAddress, hdlcAddressLength } from "./address.ts";
import { Assembly, maximumAssembledLength, segmentApdu } from "./assembly.ts";
import { frameKind, type HdlcFrameKind, unnumberedControl } from "./control.ts";
import { Exchange } from "./exchange.ts";
import { encodeFrame, type HdlcFrame } from "./frame.ts";
import { completeHdlcParameters, type HdlcParameters } from "./parameters.ts";
import { HdlcParser } from "./parser.ts";

/** What moves a state table: a frame, the owner, the timer, or something in a frame that cannot be. */
export type Input =
  | HdlcFrameKind
  | "open"
  | "openAfterClearing"
  | "close"
  | "timeout"
  | "exhausted"
  | "swapped"
  | "fault";

/** Per state and input: the next state and what is done on the way. What is not in the table is ignored. */
export type Transitions<Action extends string> = Readonly<
  Record<LinkState, Readonly<Partial<Record<Input, readonly [next: LinkState, action: Action]>>>>
>;

/** The frame that moved the table, when it was one. */
export type Actions<Action extends string> = Readonly<Record<Action, (frame: HdlcFrame | undefined) => void>>;

export abstract class HdlcStation<Action extends string> implements Link {
  state: LinkState = "disconnected";
  protected readonly settings: HdlcLinkSettings;
  /** What this side offers. */
  protected readonly offered: HdlcParameters;
  protected readonly parser = new HdlcParser();
  protected readonly queues = new LinkQueues();
  /** Where frames of this link go, encoded. */
  protected abstract destination: Uint8Array;
  protected abstract source: Uint8Array;
  protected abstract readonly role: "client" | "server";
  protected abstract readonly transitions: Transitions<Action>;
  protected abstract readonly actions: Actions<Action>;
  /** While connected. */
  protected exchange: Exchange | undefined;
  protected parameters: HdlcParameters;
  protected peer: LinkPeer;
  /** Why the connection is being given up. */
  protected fault: DlmsError | undefined;
  /** Joins pushes, which come in UI frames of either direction. */
  private readonly unnumbered: Assembly;
  private isBusy = false;

  constructor(settings: HdlcLinkSettings) {
    checkClientAddress(settings.client);
    hdlcAddressLength(settings.server);
    this.settings = settings;
    this.offered = completeHdlcParameters(settings.parameters);
    this.parameters = this.offered;
    this.peer = { client: settings.client, server: settings.server.logicalDevice };
    const limit = settings.maximumApduLength ?? maximumAssembledLength;
    this.unnumbered = new Assembly(["command", "response"], limit);
  }

  open(): void {
    this.run("open");
  }

  close(): void {
    this.run("close");
  }

  send(apdu: Uint8Array): void {
    if (this.state !== "connected" || this.exchange === undefined)
      throw dlmsError("link_not_open", { state: this.state });
    this.exchange.send(apdu);
  }

  notify(apdu: Uint8Array, peer: LinkPeer = this.peer): void {
    const direction = this.role === "client" ? "command" : "response";
    const fields = segmentApdu(apdu, direction, this.parameters.maximumInformationSend);
    const { destination, source } = this.addressesOf(peer);
    for (const [index, information] of fields.entries()) {
      const segmented = index < fields.length - 1;
      // Meters end a push with the final bit; a client's unconfirmed command must not ask for an answer.
      const control = unnumberedControl("UI", this.role === "server" && !segmented);
      this.queues.write(encodeFrame(destination, source, { control, segmented, information }));
    }
  }

  receive(bytes: Uint8Array): void {
    this.parser.push(bytes);
    this.takeFrames();
  }

  yieldTurn(): void {
    this.exchange?.yieldTurn();
  }

  takeOutput(): Uint8Array | undefined {
    return this.queues.takeOutput();
  }

  nextEvent(): LinkEvent | undefined {
    return this.queues.nextEvent();
  }

  abstract timedOut(): "retried" | "failed";

  /** True: no more information is taken for now, the peer is answered RNR. */
  get busy(): boolean {
    return this.isBusy;
  }
  set busy(busy: boolean) {
    this.isBusy = busy;
    if (this.exchange !== undefined) this.exchange.busy = busy;
  }

  /** True when the frame is for this link; the place for addresses to be checked and learned. */
  protected abstract accepts(frame: HdlcFrame, kind: HdlcFrameKind | undefined): boolean;
  protected abstract addressesOf(peer: LinkPeer): { readonly destination: Uint8Array; readonly source: Uint8Array };
  /** The service access points of a frame that was accepted. */
  protected abstract peerOf(frame: HdlcFrame): LinkPeer;

  /** Handles the frames that are there whole; returns how many were for this link. */
  protected takeFrames(): number {
    let taken = 0;
    for (let frame = this.parser.next(); frame !== undefined; frame = this.parser.next()) {
      try {
        const kind = frameKind(frame.control);
        if (!this.accepts(frame, kind)) continue;
        taken++;
        if (kind === undefined) this.unknownFrame(frame);
        else this.run(kind, frame);
      } catch (error) {
        if (!(error instanceof DlmsError)) throw error;
        this.fault = error;
        this.run("fault", frame);
      }
    }
    return taken;
  }

  protected run(input: Input, frame?: HdlcFrame): void {
    const transition = this.transitions[this.state][input];
    if (transition === undefined) return;
    const [next, action] = transition;
    this.state = next;
    this.actions[action](frame);
  }

  /** A control field that is none of DLMS's; by default it is as if it had not come. */
  protected unknownFrame(_frame: HdlcFrame): void {}

  protected write(frame: Pick<HdlcFrame, "control" | "segmented" | "information">): void {
    this.queues.write(encodeFrame(this.destination, this.source, frame));
  }

  protected writeUnnumbered(kind: "SNRM" | "UA" | "DISC" | "DM" | "FRMR", information: Uint8Array = none): void {
    this.write({ control: unnumberedControl(kind, true), segmented: false, information });
  }

  protected connect(parameters: HdlcParameters): void {
    this.parameters = parameters;
    this.fault = undefined;
    const { peer } = this;
    this.exchange = new Exchange({
      role: this.role,
      parameters,
      maximumApduLength: this.settings.maximumApduLength,
      write: (frame) => this.write(frame),
      deliver: (apdu) => this.queues.report({ type: "apdu", apdu, peer }),
    });
    this.exchange.busy = this.isBusy;
    this.queues.report({ type: "connected", peer, parameters });
  }

  /** Reports the end of the connection, or of the attempt at one. */
  protected disconnected(why: DisconnectCause, error: DlmsError | undefined = this.fault): void {
    this.exchange = undefined;
    this.fault = undefined;
    this.parameters = this.offered;
    this.queues.report(error === undefined ? { type: "disconnected", why } : { type: "disconnected", why, error });
  }

  /** A push, whatever the state. One that cannot be joined is dropped: nobody is there to be told. */
  protected deliverUnnumbered(frame: HdlcFrame): void {
    const apdu = this.joinUnnumbered(frame);
    if (apdu !== undefined) this.queues.report({ type: "unnumbered-information", apdu, peer: this.peerOf(frame) });
  }

  private joinUnnumbered(frame: HdlcFrame): Uint8Array | undefined {
    try {
      return this.unnumbered.add(frame.information, frame.segmented);
    } catch (error) {
      if (error instanceof DlmsError) return undefined;
      throw error;
    }
  }
}

export function encodeClientAddress(client: number): Uint8Array {
  return encodeHdlcAddress({ logicalDevice: client, length: 1 });
}

const none = new Uint8Array(0);

function checkClientAddress(client: number): void {
  if (Number.isInteger(client) && client >= 1 && client <= 0x7f) return;
  const reason = "it is a whole number from 1 to 127";
  throw dlmsError("hdlc_address_invalid", { value: client, what: "the client address", reason });
}
