/** Calls something again and again until the returned function is called. */
export type Timer = (milliseconds: number, tick: () => void) => () => void;

/** Something to be done from time to time. */
export type Chore = () => Promise<unknown>;

const tenMinutes = 600_000;

/**
 * Does what no request asks for: at the start, for what happened while no process was running, and from then on again and
 * again (every ten minutes, if nothing else is said), for what other processes did and for what has become too old.
 */
export class Housekeeping {
  readonly #chores: readonly Chore[];
  readonly #report: (error: unknown) => void;
  readonly #timer: Timer;
  readonly #milliseconds: number;
  #stop: (() => void) | undefined;
  #underWay: Promise<void> | undefined;

  /** @param report receives what a chore threw, which keeps none of the others from being done */
  constructor(
    chores: readonly Chore[],
    report: (error: unknown) => void,
    timer: Timer = everyInterval,
    milliseconds = tenMinutes,
  ) {
    this.#chores = chores;
    this.#report = report;
    this.#timer = timer;
    this.#milliseconds = milliseconds;
  }

  /** Resolves when the first round is done. */
  async start(): Promise<void> {
    this.#stop ??= this.#timer(this.#milliseconds, () => void this.#round());
    await this.#round();
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#stop?.();
    await this.#underWay;
  }

  #round(): Promise<void> {
    this.#underWay ??= this.#doChores().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  async #doChores(): Promise<void> {
    for (const chore of this.#chores) {
      try {
        await chore();
      } catch (error) {
        this.#report(error);
      }
    }
  }
}

function everyInterval(milliseconds: number, tick: () => void): () => void {
  const interval = setInterval(tick, milliseconds);
  interval.unref();
  return () => clearInterval(interval);
}
