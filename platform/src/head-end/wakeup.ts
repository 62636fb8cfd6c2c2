import type { Clock } from "./clock.ts";

/** A sleep that can be cut short. Waking somebody who is awake makes the next sleep end at once. */
export class Wakeup {
  readonly #clock: Clock;
  #woken = false;
  #rise: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wake(): void {
    this.#woken = true;
    this.#rise?.();
  }

  async sleep(milliseconds: number): Promise<void> {
    if (!this.#woken && milliseconds > 0) {
      await new Promise<void>((resolve) => {
        const cancel = this.#clock.after(milliseconds, resolve);
        this.#rise = () => {
          cancel();
          resolve();
        };
      });
      this.#rise = undefined;
    }
    this.#woken = false;
  }
}
