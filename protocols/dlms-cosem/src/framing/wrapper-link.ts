/**
 * The wrapper as a link: there is no connection below the association, so `open()` is "connected" at once and `close()`
 * sends nothing. Client and server differ only in which of the two service access points is their own.
 */
import { DlmsError, dlmsError } from "../errors.ts";
import type { DisconnectCause, Link, LinkEvent, LinkPeer, LinkState, WrapperLinkSettings } from "./link.ts";
import { LinkQueues } from "./link-queues.ts";
import { type WrapperFrame, WrapperFramer, wrapperFrame, wrapperMaximumApduLength } from "./wrapper.ts";

export function createWrapperClientLink(settings: WrapperLinkSettings): Link {
  return new WrapperLink(settings, "client");
}

export function createWrapperServerLink(settings: WrapperLinkSettings): Link {
  return new WrapperLink(settings, "server");
}

class WrapperLink implements Link {
  state: LinkState = "disconnected";
  private readonly settings: WrapperLinkSettings;
  private readonly role: "client" | "server";
  private readonly queues = new LinkQueues();
  private framer: WrapperFramer;
  /** Whom `send` answers. */
  private peer: LinkPeer;
  /** The last frame that was for somebody else, for the message when nothing else comes. */
  private stray: WrapperFrame | undefined;

  constructor(settings: WrapperLinkSettings, role: "client" | "server") {
    checkAccessPoint("client", settings.client);
    checkAccessPoint("server", settings.server);
    this.settings = settings;
    this.role = role;
    this.peer = { client: settings.client, server: settings.server };
    this.framer = this.newFramer();
  }

  open(): void {
    if (this.state === "connected") return;
    this.framer = this.newFramer();
    this.peer = { client: this.settings.client, server: this.settings.server };
    this.stray = undefined;
    this.state = "connected";
    this.queues.report({ type: "connected", peer: this.peer });
  }

  send(apdu: Uint8Array, peer: LinkPeer = this.peer): void {
    if (this.state !== "connected") throw dlmsError("link_not_open", { state: this.state });
    const { client, server } = peer;
    this.queues.write(this.role === "client" ? wrapperFrame(client, server, apdu) : wrapperFrame(server, client, apdu));
  }

  notify(apdu: Uint8Array, peer?: LinkPeer): void {
    this.send(apdu, peer);
  }

  receive(bytes: Uint8Array): void {
    if (this.state !== "connected") return;
    this.framer.push(bytes);
    try {
      for (let frame = this.framer.next(); frame !== undefined; frame = this.framer.next()) this.deliver(frame);
    } catch (error) {
      if (!(error instanceof DlmsError)) throw error;
      this.end("protocol-error", error);
    }
  }

  /** TCP has no turns. */
  yieldTurn(): void {}

  takeOutput(): Uint8Array | undefined {
    return this.queues.takeOutput();
  }

  nextEvent(): LinkEvent | undefined {
    return this.queues.nextEvent();
  }

  close(): void {
    if (this.state === "connected") this.end("requested");
  }

  timedOut(): "failed" {
    if (this.state === "connected") this.end("timeout", this.silence());
    return "failed";
  }

  private deliver(frame: WrapperFrame): void {
    const { source, destination, apdu } = frame;
    if (this.role === "server") {
      this.peer = { client: source, server: destination };
    } else if (source !== this.settings.server || destination !== this.settings.client) {
      if (source === this.settings.client && destination === this.settings.server) {
        throw dlmsError("link_addresses_swapped", { source, destination });
      }
      this.stray = frame;
      return;
    }
    this.queues.report({ type: "apdu", apdu, peer: this.peer });
  }

  private end(why: DisconnectCause, error?: DlmsError): void {
    this.state = "disconnected";
    this.queues.report(error === undefined ? { type: "disconnected", why } : { type: "disconnected", why, error });
  }

  /** What a time-out means: nobody there, or somebody there under another address. */
  private silence(): DlmsError {
    const expected = `server ${this.settings.server} to client ${this.settings.client}`;
    if (this.stray === undefined) return dlmsError("link_no_answer", { peer: expected, attempts: 1 });
    const found = `${this.stray.source} to ${this.stray.destination}`;
    return dlmsError("link_address_unexpected", { expected, found });
  }

  private newFramer(): WrapperFramer {
    const maximum = this.settings.maximumApduLength ?? wrapperMaximumApduLength;
    return new WrapperFramer(Math.min(maximum, wrapperMaximumApduLength));
  }
}

function checkAccessPoint(setting: "client" | "server", value: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= 0xffff) return;
  throw dlmsError("link_setting_invalid", { setting, reason: `${value} is not a whole number from 0 to 65,535` });
}
