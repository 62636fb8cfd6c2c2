import type { HeadEndLog } from "./log.ts";
import type { Wakeup } from "./wakeup.ts";

/** A step that says when it wants to run again, until it is stopped. A failing step is reported and tried again. */
export class Loop {
  readonly #name: string;
  readonly #step: () => Promise<number>;
  readonly #wakeup: Wakeup;
  readonly #logger: HeadEndLog;
  readonly #done: Promise<void>;
  #stopped = false;

  constructor(name: string, step: () => Promise<number>, wakeup: Wakeup, logger: HeadEndLog) {
    this.#name = name;
    this.#step = step;
    this.#wakeup = wakeup;
    this.#logger = logger;
    this.#done = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wakeup.wake();
    await this.#done;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      let pause = afterFailureMilliseconds;
      try {
        pause = await this.#step();
      } catch (error) {
        this.#logger.error({ err: error, step: this.#name }, "a step failed; it is tried again");
      }
      if (!this.#stopped) await this.#wakeup.sleep(pause);
    }
  }
}

const afterFailureMilliseconds = 1_000;
