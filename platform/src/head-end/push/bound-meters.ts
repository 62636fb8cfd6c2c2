/**
 * Meters that dialled in, and lines over their connections. A session asks here first; a meter that is not connected is
 * called at its address, if it has one.
 */
import type { ConnectedMeters, LineOptions } from "../session/contact-session.ts";
import type { Line } from "../session/line.ts";

/** A connection that a meter opened and that sessions may use. */
export interface BoundConnection {
  /** The line of one session; undefined when the connection is gone or another session has it. */
  openLine(options: LineOptions): Line | undefined;
  close(): void;
}

export class BoundMeters implements ConnectedMeters {
  readonly #connections = new Map<string, BoundConnection>();

  /** The newer connection of a meter takes the place of the older one, of which the meter knows nothing any more. */
  bind(device: string, connection: BoundConnection): void {
    const older = this.#connections.get(device);
    this.#connections.set(device, connection);
    if (older !== connection) older?.close();
  }

  unbind(device: string, connection: BoundConnection): void {
    if (this.#connections.get(device) === connection) this.#connections.delete(device);
  }

  lineTo(device: string, options: LineOptions): Line | undefined {
    return this.#connections.get(device)?.openLine(options);
  }

  isConnected(device: string): boolean {
    return this.#connections.has(device);
  }

  get size(): number {
    return this.#connections.size;
  }
}
