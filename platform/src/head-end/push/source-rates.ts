/** Messages a second per address: a token bucket each, and no more of them than the limit. */
import type { Clock } from "../clock.ts";
import type { PushSettings } from "./push-settings.ts";

export class SourceRates {
  readonly #settings: PushSettings;
  readonly #clock: Clock;
  readonly #pauses = new Set<() => void>();
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(settings: PushSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  /** Takes a message's token. @returns milliseconds until there would be one; 0 when there is */
  delay(address: string, now: number): number {
    const { messagesPerSecond, messageBurst, maxSources } = this.#settings;
    const bucket = this.#buckets.get(address) ?? { tokens: messageBurst, at: now };
    bucket.tokens = Math.min(messageBurst, bucket.tokens + ((now - bucket.at) / 1000) * messagesPerSecond) - 1;
    bucket.at = now;
    // Whoever was heard last stands last; the longest silent is forgotten, and begins with a full bucket again.
    this.#buckets.delete(address);
    const [silent] = this.#buckets.keys();
    if (silent !== undefined && this.#buckets.size >= maxSources) this.#buckets.delete(silent);
    this.#buckets.set(address, bucket);
    return bucket.tokens >= 0 ? 0 : Math.ceil((-bucket.tokens / messagesPerSecond) * 1000);
  }

  /** Gives a token back: the message was dropped. */
  returned(address: string): void {
    const bucket = this.#buckets.get(address);
    if (bucket) bucket.tokens++;
  }

  pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        cancel();
        this.#pauses.delete(done);
        resolve();
      };
      const cancel = this.#clock.after(milliseconds, done);
      this.#pauses.add(done);
    });
  }

  /** Lets everybody go who pauses: the port stops. */
  release(): void {
    for (const done of [...this.#pauses]) done();
  }
}
