/**
 * What a meter does by itself, worked off when somebody looks at it: a meter nobody asks costs nothing, and one that is
 * asked after a month has done everything at its instant. Nothing depends on when it was looked at.
 */

/** Part of a meter that acts at times of its own. Instants are true time, milliseconds UTC. */
export interface Actor {
  /**
   * When it acts next, after an instant until which everything is done. It may name an instant at which nothing happens,
   * to be asked again from there; undefined = never, as things are now.
   */
  next(after: number): number | undefined;
  act(at: number): void;
}

export interface SettledMemory {
  /** Everything until here is done; null = nothing yet. */
  settledUntil: number | null;
}

export class Autonomy {
  readonly #actors: readonly Actor[];
  readonly #memory: SettledMemory;
  /** What acts next and when; undefined = to be asked. */
  #next: number | undefined;
  #settling = false;

  /** `begin` is when the meter was put to work. */
  constructor(actors: readonly Actor[], memory: SettledMemory, begin: number) {
    this.#actors = actors;
    this.#memory = memory;
    memory.settledUntil ??= begin;
  }

  /** Does everything that was to be done until now, each at its time; several at one time in the order of the actors. */
  settle(now: number): void {
    if (this.#settling || now <= this.#memory.settledUntil!) return;
    if (this.#next !== undefined && now < this.#next) {
      this.#memory.settledUntil = now;
      return;
    }
    this.#settling = true;
    try {
      for (;;) {
        const after = this.#memory.settledUntil!;
        const times = this.#actors.map((actor) => actor.next(after) ?? Number.POSITIVE_INFINITY);
        const at = Math.min(...times);
        this.#next = at;
        if (at > now) break;
        this.#actors.forEach((actor, index) => {
          if (times[index] === at) actor.act(at);
        });
        this.#memory.settledUntil = at;
      }
      this.#memory.settledUntil = now;
    } finally {
      this.#settling = false;
    }
  }

  /** The clock was set at a time until which everything was settled: what it was set past is still to be done. */
  clockSet(): void {
    this.#memory.settledUntil! -= leastMilliseconds;
    this.changed();
  }

  /** Something that decides when actors act was changed, at a time until which everything was settled. */
  changed(): void {
    this.#next = undefined;
  }
}

/** The least difference of instants. */
export const leastMilliseconds = 0.001;
