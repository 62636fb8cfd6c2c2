import { PlatformError } from "../../../errors/platform-error.ts";

/** Bounds the answers with rows that are on their way to one client: each reads from the store while it lasts. */
export class ReadsUnderWay {
  readonly #most: number;
  readonly #counts = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  /**
   * @param signal aborted when the answer is sent, or the client hangs up
   * @throws PlatformError `overloaded`
   */
  begin(client: string, signal: AbortSignal): void {
    const count = this.#counts.get(client) ?? 0;
    if (count >= this.#most) {
      throw new PlatformError("overloaded", {
        message: `${count} reads are under way for this client. Wait for one of them.`,
        details: { retryAfterSeconds: 5 },
      });
    }
    if (signal.aborted) return;
    this.#counts.set(client, count + 1);
    signal.addEventListener("abort", () => this.#end(client), { once: true });
  }

  #end(client: string): void {
    const left = this.#counts.get(client)! - 1;
    if (left === 0) this.#counts.delete(client);
    else this.#counts.set(client, left);
  }
}
