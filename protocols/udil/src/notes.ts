import { limits } from "./limits.ts";

/** What was tolerated in a message, each kind once with how often: for the log of whoever has to talk to the peer. */
export class Notes {
  readonly #counts = new Map<string, number>();

  add(note: string): void {
    const count = this.#counts.get(note);
    if (count === undefined && this.#counts.size >= limits.notes) return;
    this.#counts.set(note, (count ?? 0) + 1);
  }

  list(): string[] {
    return [...this.#counts].map(([note, count]) => (count === 1 ? note : `${note} (${count} times)`));
  }
}
