/** The HDLC link of the side that answers (secondary station): it speaks when polled, and pushes UI frames unasked. */
import { hexFromByte } from "@anymeter/sans-io";
import { DlmsError, type DlmsErrorCode, dlmsError } from "../../errors.ts";
import type { HdlcLinkSettings, Link, LinkPeer } from "../link.ts";
import { encodeHdlcAddress, type HdlcAddress, hdlcAddresses } from "./address.ts";
import { type HdlcFrameKind, hasPollFinal, unnumberedControl } from "./control.ts";
import { encodeHdlcFrame, type HdlcFrame } from "./frame.ts";
import {
  decodeHdlcParameters,
  defaultHdlcParameters,
  encodeHdlcParameters,
  negotiateHdlcParameters,
} from "./parameters.ts";
import { encodeRejection, type RejectionReason } from "./rejection.ts";
import { type Actions, encodeClientAddress, HdlcStation, type Transitions } from "./station.ts";

export function createHdlcServerLink(settings: HdlcLinkSettings): HdlcServerLink {
  return new HdlcServerLink(settings);
}

type ServerAction =
  | "accept"
  | "acceptAnew"
  | "refuse"
  | "exchange"
  | "deliverUnnumbered"
  | "confirmDisconnection"
  | "rejectFrame"
  | "expired"
  | "finished";

const transitions: Transitions<ServerAction> = {
  disconnected: {
    SNRM: ["connected", "accept"],
    DISC: ["disconnected", "refuse"],
    I: ["disconnected", "refuse"],
    RR: ["disconnected", "refuse"],
    RNR: ["disconnected", "refuse"],
    UI: ["disconnected", "deliverUnnumbered"],
  },
  connected: {
    SNRM: ["connected", "acceptAnew"],
    DISC: ["disconnected", "confirmDisconnection"],
    I: ["connected", "exchange"],
    RR: ["connected", "exchange"],
    RNR: ["connected", "exchange"],
    UI: ["connected", "deliverUnnumbered"],
    fault: ["disconnected", "rejectFrame"],
    timeout: ["disconnected", "expired"],
    close: ["disconnected", "finished"],
  },
  // Only a client passes through the other states.
  clearing: {},
  connecting: {},
  disconnecting: {},
};

export class HdlcServerLink extends HdlcStation<ServerAction> implements Link {
  protected readonly role = "server";
  protected readonly transitions = transitions;
  protected readonly actions: Actions<ServerAction> = {
    accept: (frame) => this.accept(frame!),
    acceptAnew: (frame) => this.acceptAnew(frame!),
    refuse: (frame) => this.refuse(frame!),
    exchange: (frame) => this.exchange?.receive(frame!),
    deliverUnnumbered: (frame) => this.deliverUnnumbered(frame!),
    confirmDisconnection: () => this.confirmDisconnection(),
    rejectFrame: (frame) => this.rejectFrame(frame!),
    expired: () => this.disconnected("timeout"),
    finished: () => this.disconnected("requested"),
  };
  protected destination: Uint8Array;
  protected source: Uint8Array;
  private readonly logicalDevices: ReadonlySet<number>;

  constructor(settings: HdlcLinkSettings) {
    super(settings);
    this.logicalDevices = new Set(settings.logicalDevices ?? [settings.server.logicalDevice]);
    this.destination = encodeClientAddress(settings.client);
    this.source = encodeHdlcAddress(settings.server);
  }

  /** The client has been silent for the inactivity time-out: the connection is dropped without a word to it. */
  timedOut(): "failed" {
    this.parser.resynchronize();
    this.run("timeout");
    return "failed";
  }

  protected accepts(frame: HdlcFrame, kind: HdlcFrameKind | undefined): boolean {
    const { destination, source } = frame;
    if (source.physicalDevice !== undefined || !this.isAddressed(destination)) return false;
    if (isBroadcast(destination)) return kind === "UI";
    if (kind === "UI") return true;
    const foreign = this.state === "connected" && source.logicalDevice !== this.peer.client;
    if (kind === "SNRM" ? isNegotiable(frame) : !foreign) return true;
    // The line is another client's, or the parameters make no sense.
    this.refuse(frame);
    return false;
  }

  protected addressesOf(peer: LinkPeer): { destination: Uint8Array; source: Uint8Array } {
    return {
      destination: encodeClientAddress(peer.client),
      source: encodeHdlcAddress({ ...this.settings.server, logicalDevice: peer.server }),
    };
  }

  protected peerOf(frame: HdlcFrame): LinkPeer {
    return { client: frame.source.logicalDevice, server: frame.destination.logicalDevice };
  }

  /** Outside a connection it is as if it had not come. */
  protected override unknownFrame(frame: HdlcFrame): void {
    if (this.state !== "connected") return;
    throw dlmsError("hdlc_control_unknown", { control: hexFromByte(frame.control) });
  }

  private accept(frame: HdlcFrame): void {
    this.peer = this.peerOf(frame);
    this.destination = encodeHdlcAddress(frame.source);
    this.source = encodeHdlcAddress(this.ownAddress(frame));
    const offered = this.settings.emptyUa === true ? defaultHdlcParameters : this.offered;
    const parameters = negotiateHdlcParameters(offered, decodeHdlcParameters(frame.information));
    this.writeUnnumbered("UA", this.settings.emptyUa === true ? undefined : encodeHdlcParameters(parameters));
    this.connect(parameters);
  }

  /** A second SNRM begins anew, be it the same client after a crash or another one. */
  private acceptAnew(frame: HdlcFrame): void {
    this.disconnected("peer");
    this.accept(frame);
  }

  private refuse(frame: HdlcFrame): void {
    if (!hasPollFinal(frame.control)) return;
    const control = unnumberedControl("DM", true);
    this.queues.write(
      encodeHdlcFrame({
        destination: frame.source,
        source: this.ownAddress(frame),
        control,
        segmented: false,
        information: new Uint8Array(0),
      }),
    );
  }

  private confirmDisconnection(): void {
    this.writeUnnumbered("UA");
    this.disconnected("peer");
  }

  private rejectFrame(frame: HdlcFrame): void {
    const variables = this.exchange?.stateVariables ?? { receive: 0, send: 0 };
    const reason = rejectionReasonOf[this.fault!.code] ?? "informationNotPermitted";
    this.writeUnnumbered("FRMR", encodeRejection(frame.control, variables, reason));
    this.disconnected("protocol-error");
  }

  private isAddressed({ logicalDevice, physicalDevice, length }: HdlcAddress): boolean {
    const own = this.settings.server;
    if (own.length !== undefined && own.length !== length) return false;
    const { allStation, calling } = hdlcAddresses;
    const width = length ?? 1;
    if (logicalDevice !== allStation[width] && !this.logicalDevices.has(logicalDevice)) return false;
    if (physicalDevice === undefined || own.physicalDevice === undefined) return true;
    return [own.physicalDevice, allStation[width], calling[width]].includes(physicalDevice);
  }

  /** The address a frame asked for, with our own physical device where it asked for "calling". */
  private ownAddress({ destination }: HdlcFrame): HdlcAddress {
    const { physicalDevice } = this.settings.server;
    if (destination.physicalDevice === undefined || physicalDevice === undefined) return destination;
    return { ...destination, physicalDevice };
  }
}

/** The rejection reason to tell for what went wrong; anything else is information that is not permitted. */
const rejectionReasonOf: Readonly<Partial<Record<DlmsErrorCode, RejectionReason>>> = {
  hdlc_control_unknown: "controlInvalid",
  hdlc_sequence_invalid: "sequenceInvalid",
  link_apdu_too_long: "informationTooLong",
};

function isBroadcast({ logicalDevice, physicalDevice, length }: HdlcAddress): boolean {
  const all = hdlcAddresses.allStation[length ?? 1];
  return logicalDevice === all || physicalDevice === all;
}

function isNegotiable(frame: HdlcFrame): boolean {
  try {
    decodeHdlcParameters(frame.information);
    return true;
  } catch (error) {
    if (error instanceof DlmsError) return false;
    throw error;
  }
}
