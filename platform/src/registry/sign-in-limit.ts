import { PlatformError } from "../errors/platform-error.ts";

/** Attempts to sign in that fail, per user name and address, before the next has to wait. */
export const failedSignInsAtMost = 10;
/** Attempts that fail from one address, whatever the user name. */
export const failedSignInsOfAddressAtMost = 100;
/** Failures are forgotten after this time. */
export const failedSignInsSeconds = 900;
/** Names and addresses remembered at once; of more, the oldest are forgotten. */
const rememberedAtMost = 20_000;

interface Failures {
  count: number;
  readonly forgottenAt: number;
}

/** Slows down who tries passwords. Counted in this process; every attempt counts from its start, a success undoes it. */
export class SignInLimit {
  readonly #failures = new Map<string, Failures>();
  readonly #clock: () => number;

  constructor(clock: () => number = Date.now) {
    this.#clock = clock;
  }

  /** @throws PlatformError `too_many_requests` with the seconds to wait */
  begin(username: string, address: string): void {
    this.#refuse(nameKey(username, address), failedSignInsAtMost);
    this.#refuse(address, failedSignInsOfAddressAtMost);
    this.#count(nameKey(username, address), 1);
    this.#count(address, 1);
  }

  succeeded(username: string, address: string): void {
    this.#failures.delete(nameKey(username, address));
    this.#count(address, -1);
  }

  #refuse(key: string, most: number): void {
    const failures = this.#failures.get(key);
    const remaining = (failures?.forgottenAt ?? 0) - this.#clock();
    if (remaining <= 0) this.#failures.delete(key);
    else if (failures!.count >= most) {
      const seconds = Math.ceil(remaining / 1000);
      throw new PlatformError("too_many_requests", {
        message: `Request was throttled. Expected available in ${seconds} seconds.`,
        details: { retryAfterSeconds: seconds },
      });
    }
  }

  #count(key: string, step: number): void {
    const failures = this.#failures.get(key);
    if (failures) failures.count += step;
    else if (step > 0) this.#remember(key);
  }

  #remember(key: string): void {
    if (this.#failures.size >= rememberedAtMost) this.#failures.delete(this.#failures.keys().next().value!);
    this.#failures.set(key, { count: 1, forgottenAt: this.#clock() + failedSignInsSeconds * 1000 });
  }
}

function nameKey(username: string, address: string): string {
  return `${address} ${username.toLowerCase()}`;
}
