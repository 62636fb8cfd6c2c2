/** A line between two links, for tests: carries bytes both ways until nothing moves, and may lose or change them. */
import type { Link, LinkEvent } from "../framing/link.ts";

export type LineDirection = "to-server" | "to-client";

export interface LineSettings {
  /** What becomes of one transmission: other bytes, or none when it is lost. */
  readonly alter?: (bytes: Uint8Array, direction: LineDirection, number: number) => Uint8Array | undefined;
  /** The server's application: the answer to each APDU. Default: the same bytes. */
  readonly answer?: (apdu: Uint8Array) => Uint8Array | undefined;
  /** Bytes per `receive`. Default: all that was sent. */
  readonly pieceLength?: number;
}

/** More than any exchange of a test takes: beyond it the two links talk in a circle. */
const maximumTransmissions = 2000;

export class Line {
  readonly clientEvents: LinkEvent[] = [];
  readonly serverEvents: LinkEvent[] = [];
  /** Everything that was sent, before `alter`. */
  readonly transmissions: { readonly direction: LineDirection; readonly bytes: Uint8Array }[] = [];
  private readonly client: Link;
  private readonly server: Link;
  private readonly settings: LineSettings;

  constructor(client: Link, server: Link, settings: LineSettings = {}) {
    this.client = client;
    this.server = server;
    this.settings = settings;
  }

  /** Carries until both are quiet. */
  run(): void {
    let moved = true;
    while (moved) {
      const toServer = this.carry(this.client, this.server, "to-server");
      this.serve();
      const toClient = this.carry(this.server, this.client, "to-client");
      for (let event = this.client.nextEvent(); event !== undefined; event = this.client.nextEvent()) {
        this.clientEvents.push(event);
      }
      moved = toServer || toClient;
    }
  }

  /** The same, and whenever both are quiet before `done`, the client's timer runs out; until its link gives up. */
  runWithTimeouts(done: () => boolean): void {
    this.run();
    while (!done() && this.client.timedOut() === "retried") this.run();
    this.run();
  }

  /** The APDUs the client received. */
  get answers(): Uint8Array[] {
    return apdusOf(this.clientEvents);
  }

  /** The APDUs the server received. */
  get requests(): Uint8Array[] {
    return apdusOf(this.serverEvents);
  }

  private serve(): void {
    const answer = this.settings.answer ?? ((apdu: Uint8Array) => apdu);
    for (let event = this.server.nextEvent(); event !== undefined; event = this.server.nextEvent()) {
      this.serverEvents.push(event);
      if (event.type !== "apdu") continue;
      const reply = answer(event.apdu);
      if (reply !== undefined) this.server.send(reply);
    }
  }

  private carry(from: Link, to: Link, direction: LineDirection): boolean {
    const bytes = from.takeOutput();
    if (bytes === undefined) return false;
    this.transmissions.push({ direction, bytes });
    if (this.transmissions.length > maximumTransmissions) throw new Error("the links talk in a circle");
    const { alter, pieceLength } = this.settings;
    const arrived = alter === undefined ? bytes : alter(bytes, direction, this.transmissions.length - 1);
    if (arrived === undefined) return true;
    const length = pieceLength ?? Math.max(1, arrived.length);
    for (let start = 0; start < arrived.length; start += length) to.receive(arrived.slice(start, start + length));
    return true;
  }
}

function apdusOf(events: readonly LinkEvent[]): Uint8Array[] {
  return events.flatMap((event) => (event.type === "apdu" ? [event.apdu] : []));
}
