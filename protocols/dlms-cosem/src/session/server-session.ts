import type { DataNotification, EventNotification } from "../xdlms/apdu.ts";
import type { ServerAssociation, ServerDevice } from "./device.ts";
import type { ServerEvent } from "./events.ts";
import type { Session } from "./session.ts";

/** One connection of a device: takes associations one after another, answers what they may ask. */
export declare class ServerSession implements Session {
  constructor(device: ServerDevice);
  receive(bytes: Uint8Array): void;
  takeOutput(): Uint8Array | undefined;
  nextEvent(): ServerEvent | undefined;
  /** Pushes to the associated client, or to `association` when none is open (its keys then protect it). */
  notify(notification: DataNotification | EventNotification, association?: ServerAssociation): void;
  connectionLost(): void;
  get finished(): boolean;
  get association(): ServerAssociation | undefined;
}
