import type { CommandDeviceRow } from "../../../commands/command-rows.ts";
import { PlatformError } from "../../../errors/platform-error.ts";
import type { MdcCommands } from "../mdc-commands.ts";
import { hasEnded } from "./exchange.ts";

export interface OnDemandLimits {
  /** Callers of one client that wait at once. */
  readonly onDemandWaits: number;
  /** Milliseconds. */
  readonly onDemandWait: number;
}

/** A caller's right to wait for one meter. */
export interface Place {
  /**
   * @param now looks up the row
   * @param signal gives the wait up
   * @returns the row when nothing more will become of it; undefined when the wait is over before
   */
  untilEnded(
    commandDevice: number,
    now: () => Promise<CommandDeviceRow | undefined>,
    signal: AbortSignal,
  ): Promise<CommandDeviceRow | undefined>;
  leave(): void;
}

/** Callers that wait for what the pipeline of commands tells of their rows. */
export class OnDemandWaits {
  readonly #limits: OnDemandLimits;
  readonly #placesTaken = new Map<string, number>();
  readonly #waiting = new Map<number, Set<(row: CommandDeviceRow) => void>>();
  readonly #closed = new AbortController();

  constructor(commands: Pick<MdcCommands, "onChanged">, limits: OnDemandLimits) {
    this.#limits = limits;
    commands.onChanged((rows) => {
      for (const row of rows) if (hasEnded(row)) for (const tell of this.#waiting.get(row.id) ?? []) tell(row);
    });
  }

  /** Milliseconds after which a wait is over. */
  get longest(): number {
    return this.#limits.onDemandWait;
  }

  /** Gives up all waits, and those that are still to come. */
  close(): void {
    this.#closed.abort();
  }

  /** @throws PlatformError `overloaded` when too many callers of the client wait already */
  take(client: string): Place {
    const taken = this.#placesTaken.get(client) ?? 0;
    if (taken >= this.#limits.onDemandWaits) {
      throw new PlatformError("overloaded", {
        message: `${taken} reads on demand are under way for this client. Wait for one of them.`,
        details: { retryAfterSeconds: 10 },
      });
    }
    this.#placesTaken.set(client, taken + 1);
    return {
      untilEnded: (commandDevice, now, signal) => this.#wait(commandDevice, now, signal),
      leave: () => {
        const left = this.#placesTaken.get(client)! - 1;
        if (left === 0) this.#placesTaken.delete(client);
        else this.#placesTaken.set(client, left);
      },
    };
  }

  async #wait(
    commandDevice: number,
    now: () => Promise<CommandDeviceRow | undefined>,
    signal: AbortSignal,
  ): Promise<CommandDeviceRow | undefined> {
    const ended = Promise.withResolvers<CommandDeviceRow | undefined>();
    const giveUp = () => ended.resolve(undefined);
    const waiting = this.#waiting.get(commandDevice) ?? new Set();
    this.#waiting.set(commandDevice, waiting.add(ended.resolve));
    const timer = setTimeout(giveUp, this.#limits.onDemandWait);
    const over = AbortSignal.any([signal, this.#closed.signal]);
    over.addEventListener("abort", giveUp);
    if (over.aborted) giveUp();
    try {
      // It may have ended before anybody listened.
      const row = await now();
      return row && hasEnded(row) ? row : await ended.promise;
    } finally {
      clearTimeout(timer);
      over.removeEventListener("abort", giveUp);
      waiting.delete(ended.resolve);
      if (waiting.size === 0) this.#waiting.delete(commandDevice);
    }
  }
}
