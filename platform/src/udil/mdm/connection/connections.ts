import type { Mdc } from "../peers/mdc.ts";
import { createMdcConnection, type MdcConnection } from "./mdc-connection.ts";

/** One connection, and one key, for each MDC: whoever reads rows and whoever sends commands share them. */
export class Connections {
  readonly #now: () => number;
  readonly #open = new Map<string, MdcConnection>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** A setting that changed ends the connection that was made with the former one. */
  to(mdc: Mdc): MdcConnection {
    const known = this.#open.get(mdc.id);
    if (known?.mdc.revision === mdc.revision) return known;
    // Requests under way keep what they have; idle connections are dropped by the server or in a moment.
    const connection = createMdcConnection(mdc, this.#now);
    this.#open.set(mdc.id, connection);
    return connection;
  }

  /** It was deleted. */
  forget(mdc: string): void {
    this.#open.get(mdc)?.close();
    this.#open.delete(mdc);
  }

  close(): void {
    for (const connection of this.#open.values()) connection.close();
    this.#open.clear();
  }
}
