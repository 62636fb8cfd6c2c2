/**
 * One connection to a device, without I/O: takes the associations its clients open, one for each client SAP, and answers
 * what they may ask. The same device serves any number of sessions.
 */
import { type DlmsError, dlmsError } from "../errors.ts";
import { createServerLink, type Link, type LinkEvent, type LinkPeer } from "../framing/link.ts";
import type { DataNotification, EventNotification } from "../xdlms/apdu.ts";
import { encodeApdu } from "../xdlms/codec.ts";
import type { ServerAssociation, ServerDevice } from "./device.ts";
import type { ServerEvent } from "./events.ts";
import { protectionFor } from "./server/admission.ts";
import { AssociationServer } from "./server/association.ts";
import type { Session } from "./session.ts";
import { sessionLimits } from "./settings.ts";

export class ServerSession implements Session {
  private readonly device: ServerDevice;
  private readonly link: Link;
  private readonly clients = new Map<number, AssociationServer>();
  private readonly events: ServerEvent[] = [];
  private closed = false;

  /** Throws a DlmsError of fault "caller" when the device's link settings contradict themselves. */
  constructor(device: ServerDevice) {
    this.device = device;
    this.link = createServerLink(device.link);
    this.link.open();
    this.followLink();
  }

  receive(bytes: Uint8Array): void {
    if (this.closed) return;
    this.link.receive(bytes);
    this.followLink();
  }

  takeOutput(): Uint8Array | undefined {
    return this.link.takeOutput();
  }

  nextEvent(): ServerEvent | undefined {
    return this.events.shift();
  }

  /**
   * Pushes to the client of `association`, or to whoever is associated. Without an association in force the keys of
   * `association` protect it, and its client SAP is the address. Throws when there is nobody to push to.
   */
  notify(notification: DataNotification | EventNotification, association = this.association): void {
    if (association === undefined) {
      throw dlmsError("request_unservable", { reason: "nobody is associated; name the association to push to" });
    }
    const peer: LinkPeer = { client: association.clientSap, server: this.logicalDevice };
    const client = this.clients.get(association.clientSap);
    this.link.notify(
      client?.association === association
        ? client.seal(notification)
        : protectionFor(association, this.device.systemTitle, undefined).seal(encodeApdu(notification)),
      peer,
    );
  }

  /** Nothing came for the device's inactivity time: the link is dropped as meters do, without a word. */
  timedOut(): void {
    if (this.closed) return;
    this.link.timedOut();
    this.followLink();
  }

  connectionLost(): void {
    this.close();
  }

  get finished(): boolean {
    return this.closed;
  }

  /** The association in force; with several clients on one connection the one that came first. */
  get association(): ServerAssociation | undefined {
    for (const { association } of this.clients.values()) if (association !== undefined) return association;
    return undefined;
  }

  private followLink(): void {
    for (let event = this.link.nextEvent(); event !== undefined; event = this.link.nextEvent()) this.followEvent(event);
  }

  private followEvent(event: LinkEvent): void {
    switch (event.type) {
      case "connected":
        // A new connection of the link knows nothing of associations before it.
        this.dropClients();
        return;
      case "apdu":
        if (!this.closed) this.clientFor(event.peer)?.receive(event.apdu);
        return;
      case "disconnected":
        this.linkDown(event);
        return;
      case "unnumbered-information":
        this.report({
          type: "request-refused",
          error: dlmsError("request_unservable", { reason: "it came outside a connection" }),
        });
        return;
    }
  }

  /** HDLC without a connection waits for the next SNRM, unless it is the inactivity time that ended the last one. */
  private linkDown({ why, error }: Extract<LinkEvent, { type: "disconnected" }>): void {
    this.dropClients();
    if (this.device.link.framing === "wrapper" || why === "timeout") this.close(error);
    else this.report(error === undefined ? { type: "released" } : { type: "request-refused", error });
  }

  /** Undefined for a logical device that is not here, which is as silent as a wrong number. */
  private clientFor(peer: LinkPeer): AssociationServer | undefined {
    if (peer.server !== this.logicalDevice && this.device.link.framing === "wrapper") {
      const reason = `there is no logical device ${peer.server}`;
      this.report({ type: "request-refused", error: dlmsError("request_unservable", { reason }) });
      return undefined;
    }
    const known = this.clients.get(peer.client);
    if (known !== undefined) return known;
    if (this.clients.size >= sessionLimits.maxClientsOfConnection) return undefined;
    const client = new AssociationServer(this.device, peer.client, {
      transmit: (apdu) => this.transmit(apdu, peer),
      yieldTurn: () => this.link.yieldTurn(),
      report: (event) => this.report(event),
      hangUp: (error) => this.hangUp(error),
    });
    this.clients.set(peer.client, client);
    return client;
  }

  /** A link that is gone takes nothing; why it is gone is the next event. */
  private transmit(apdu: Uint8Array, peer: LinkPeer): void {
    if (this.link.state === "connected") this.link.send(apdu, peer);
  }

  private dropClients(): void {
    for (const client of this.clients.values()) client.linkLost();
    this.clients.clear();
  }

  private hangUp(error: DlmsError): void {
    this.close(error);
    if (this.link.state === "connected") this.link.close();
  }

  private close(error?: DlmsError): void {
    if (this.closed) return;
    this.closed = true;
    this.dropClients();
    this.events.push({ type: "closed", ...(error && { error }) });
  }

  private report(event: ServerEvent): void {
    if (this.events.length < sessionLimits.maxQueuedEvents) this.events.push(event);
  }

  private get logicalDevice(): number {
    const { link } = this.device;
    return link.framing === "wrapper" ? link.server : link.server.logicalDevice;
  }
}
