import type { Staging } from "./staging.ts";

/** Calls something again and again until the returned function is called. */
export type Timer = (milliseconds: number, tick: () => void) => () => void;

const hour = 3_600_000;

/**
 * Expires staged readings every hour, and replays those whose meter came without this process being told: by another
 * process, or while none was running.
 */
export class StagingTimer {
  readonly #staging: Staging;
  readonly #report: (error: unknown) => void;
  readonly #timer: Timer;
  #stop: (() => void) | undefined;
  #underWay: Promise<void> | undefined;

  constructor(staging: Staging, report: (error: unknown) => void, timer: Timer = everyInterval) {
    this.#staging = staging;
    this.#report = report;
    this.#timer = timer;
  }

  /** Resolves when the first round is done. */
  async start(): Promise<void> {
    this.#stop ??= this.#timer(hour, () => void this.#round());
    await this.#round();
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#stop?.();
    await this.#underWay;
  }

  #round(): Promise<void> {
    this.#underWay ??= this.#replayAndExpire().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  async #replayAndExpire(): Promise<void> {
    try {
      await this.#staging.replay();
      await this.#staging.expire();
    } catch (error) {
      this.#report(error);
    }
  }
}

function everyInterval(milliseconds: number, tick: () => void): () => void {
  const interval = setInterval(tick, milliseconds);
  interval.unref();
  return () => clearInterval(interval);
}
