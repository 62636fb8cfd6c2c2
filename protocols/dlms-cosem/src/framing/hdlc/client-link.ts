/** The HDLC link of the side that asks (primary station): it connects, polls, and repeats what was lost. */
import { type DlmsError, dlmsError } from "../../errors.ts";
import type { HdlcLinkSettings, Link, LinkPeer } from "../link.ts";
import { describeHdlcAddress, encodeHdlcAddress, type HdlcAddress, hdlcAddresses } from "./address.ts";
import type { HdlcFrameKind } from "./control.ts";
import { EchoFilter } from "./echo.ts";
import type { HdlcFrame } from "./frame.ts";
import {
  decodeHdlcParameters,
  defaultHdlcParameters,
  encodeHdlcParameters,
  negotiateHdlcParameters,
} from "./parameters.ts";
import { describeRejection } from "./rejection.ts";
import { type Actions, encodeClientAddress, HdlcStation, type Input, type Transitions } from "./station.ts";

export function createHdlcClientLink(settings: HdlcLinkSettings): HdlcClientLink {
  return new HdlcClientLink(settings);
}

type ClientAction =
  | "requestConnection"
  | "requestDisconnection"
  | "negotiate"
  | "exchange"
  | "poll"
  | "deliverUnnumbered"
  | "rejected"
  | "refused"
  | "endedByPeer"
  | "noAnswer"
  | "finished";

const transitions: Transitions<ClientAction> = {
  disconnected: {
    open: ["connecting", "requestConnection"],
    openAfterClearing: ["clearing", "requestDisconnection"],
    UI: ["disconnected", "deliverUnnumbered"],
  },
  // DISC was sent to end what an earlier session may have left; whatever comes of it, SNRM follows.
  clearing: {
    UA: ["connecting", "requestConnection"],
    DM: ["connecting", "requestConnection"],
    timeout: ["clearing", "requestDisconnection"],
    exhausted: ["connecting", "requestConnection"],
    close: ["disconnected", "finished"],
    swapped: ["disconnected", "finished"],
    UI: ["clearing", "deliverUnnumbered"],
  },
  connecting: {
    UA: ["connected", "negotiate"],
    DM: ["disconnected", "refused"],
    FRMR: ["disconnecting", "rejected"],
    fault: ["disconnecting", "requestDisconnection"],
    timeout: ["connecting", "requestConnection"],
    exhausted: ["disconnected", "noAnswer"],
    close: ["disconnecting", "requestDisconnection"],
    swapped: ["disconnected", "finished"],
    UI: ["connecting", "deliverUnnumbered"],
  },
  connected: {
    I: ["connected", "exchange"],
    RR: ["connected", "exchange"],
    RNR: ["connected", "exchange"],
    UI: ["connected", "deliverUnnumbered"],
    DM: ["disconnected", "endedByPeer"],
    FRMR: ["disconnecting", "rejected"],
    fault: ["disconnecting", "requestDisconnection"],
    timeout: ["connected", "poll"],
    exhausted: ["disconnected", "noAnswer"],
    close: ["disconnecting", "requestDisconnection"],
  },
  disconnecting: {
    UA: ["disconnected", "finished"],
    DM: ["disconnected", "finished"],
    timeout: ["disconnecting", "requestDisconnection"],
    exhausted: ["disconnected", "finished"],
    swapped: ["disconnected", "finished"],
    UI: ["disconnecting", "deliverUnnumbered"],
  },
};

const defaultRetries = 3;
/** A meter that keeps saying RNR is alive, but not for ever useful. */
const maximumBusyPolls = 60;

export class HdlcClientLink extends HdlcStation<ClientAction> implements Link {
  protected readonly role = "client";
  protected readonly transitions = transitions;
  protected readonly actions: Actions<ClientAction> = {
    requestConnection: () => this.requestConnection(),
    requestDisconnection: () => this.writeUnnumbered("DISC"),
    negotiate: (frame) => this.negotiate(frame!),
    exchange: (frame) => this.exchangeFrame(frame!),
    poll: () => this.exchange?.poll(),
    deliverUnnumbered: (frame) => this.deliverUnnumbered(frame!),
    rejected: (frame) => this.rejected(frame!),
    refused: () => this.disconnected("protocol-error", dlmsError("hdlc_refused", {})),
    endedByPeer: () => this.disconnected("peer"),
    noAnswer: () => this.disconnected("timeout", this.silence()),
    finished: () => this.disconnected(this.fault === undefined ? "requested" : "protocol-error"),
  };
  protected destination: Uint8Array;
  protected source: Uint8Array;
  private server: HdlcAddress;
  private readonly echo: EchoFilter | undefined;
  private readonly retries: number;
  private attempts = 0;
  private busyPolls = 0;
  /** The last frame between other addresses, for the message when nothing else comes. */
  private stray: HdlcFrame | undefined;

  constructor(settings: HdlcLinkSettings) {
    super(settings);
    this.server = settings.server;
    this.destination = encodeHdlcAddress(settings.server);
    this.source = encodeClientAddress(settings.client);
    this.retries = checkedRetries(settings.retries ?? defaultRetries);
    if (settings.dropEcho === true) this.echo = new EchoFilter();
  }

  override open(): void {
    if (this.state !== "disconnected") return;
    this.busyPolls = 0;
    this.stray = undefined;
    this.server = this.settings.server;
    this.destination = encodeHdlcAddress(this.server);
    this.run(this.settings.clearBeforeConnecting === true ? "openAfterClearing" : "open");
  }

  override receive(bytes: Uint8Array): void {
    super.receive(this.echo === undefined ? bytes : this.echo.filter(bytes));
  }

  override takeOutput(): Uint8Array | undefined {
    const output = super.takeOutput();
    if (output !== undefined) this.echo?.sent(output);
    return output;
  }

  timedOut(): "retried" | "failed" {
    if (this.state !== "disconnected" && !this.recoverFrame()) {
      const busy = this.exchange?.peerIsBusy === true;
      if (busy) this.busyPolls++;
      else this.attempts++;
      const limit = this.state === "clearing" ? 0 : this.retries;
      this.run(this.attempts > limit || this.busyPolls > maximumBusyPolls ? "exhausted" : "timeout");
    }
    return this.state === "disconnected" ? "failed" : "retried";
  }

  protected accepts(frame: HdlcFrame, kind: HdlcFrameKind | undefined): boolean {
    const { client } = this.settings;
    const { destination, source } = frame;
    const fromServer = matches(this.server, source);
    if (kind === "UI") return fromServer;
    if (fromServer && destination.logicalDevice === client && destination.physicalDevice === undefined) return true;
    this.stray = frame;
    const answer = kind === "UA" || kind === "DM";
    if (answer && matches(this.server, destination) && source.logicalDevice === client) {
      const found = { source: describeHdlcAddress(source), destination: describeHdlcAddress(destination) };
      this.fault = dlmsError("link_addresses_swapped", found);
      this.run("swapped");
    }
    return false;
  }

  /** Each state has its own attempts. */
  protected override run(input: Input, frame?: HdlcFrame): void {
    const before = this.state;
    super.run(input, frame);
    if (this.state !== before) this.attempts = 0;
  }

  protected addressesOf(peer: LinkPeer): { destination: Uint8Array; source: Uint8Array } {
    return {
      destination: encodeHdlcAddress({ ...this.server, logicalDevice: peer.server }),
      source: encodeClientAddress(peer.client),
    };
  }

  protected peerOf(frame: HdlcFrame): LinkPeer {
    return { client: frame.destination.logicalDevice, server: frame.source.logicalDevice };
  }

  private requestConnection(): void {
    const { offered } = this;
    const names = Object.keys(defaultHdlcParameters) as (keyof typeof defaultHdlcParameters)[];
    const defaults = names.every((name) => offered[name] === defaultHdlcParameters[name]);
    this.writeUnnumbered("SNRM", defaults ? undefined : encodeHdlcParameters(offered));
  }

  private negotiate(frame: HdlcFrame): void {
    const parameters = negotiateHdlcParameters(this.offered, decodeHdlcParameters(frame.information));
    // A device addressed as "calling" tells its own address by answering.
    this.server = frame.source;
    this.destination = encodeHdlcAddress(frame.source);
    this.connect(parameters);
  }

  private exchangeFrame(frame: HdlcFrame): void {
    if (this.exchange?.receive(frame) !== true) return;
    this.attempts = 0;
    this.busyPolls = 0;
  }

  private rejected(frame: HdlcFrame): void {
    this.fault = dlmsError("hdlc_frame_rejected", { reason: describeRejection(frame.information) });
    this.writeUnnumbered("DISC");
  }

  /** A good frame may lie behind what only looked like the beginning of one. */
  private recoverFrame(): boolean {
    while (this.parser.pending > 1) {
      this.parser.resynchronize();
      if (this.takeFrames() > 0) return true;
    }
    return false;
  }

  /** What a time-out means: nobody there, or somebody there under another address. */
  private silence(): DlmsError {
    const expected = `server ${describeHdlcAddress(this.server)} to client ${this.settings.client}`;
    if (this.stray === undefined) return dlmsError("link_no_answer", { peer: expected, attempts: this.attempts });
    const found = `${describeHdlcAddress(this.stray.source)} to ${describeHdlcAddress(this.stray.destination)}`;
    return dlmsError("link_address_unexpected", { expected, found });
  }
}

function checkedRetries(retries: number): number {
  if (Number.isInteger(retries) && retries >= 0) return retries;
  throw dlmsError("link_setting_invalid", { setting: "retries", reason: `${retries} is not a whole number from 0 on` });
}

function matches(configured: HdlcAddress, found: HdlcAddress): boolean {
  if (configured.logicalDevice !== found.logicalDevice) return false;
  const { physicalDevice } = configured;
  if (physicalDevice === undefined || found.physicalDevice === undefined) return true;
  if (physicalDevice === found.physicalDevice) return true;
  const { calling } = hdlcAddresses;
  return physicalDevice === calling[2] || physicalDevice === calling[4];
}
