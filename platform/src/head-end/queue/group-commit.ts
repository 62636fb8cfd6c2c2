/**
 * Gathers what many sessions want written into few statements: the first item starts a write at once, and what arrives
 * while it is under way goes into the next. Under no load an item waits for nobody; under load statements grow.
 */
export class GroupCommit<Item> {
  readonly #write: (items: readonly Item[]) => Promise<void>;
  readonly #maxItems: number;
  #waiting: Entry<Item>[] = [];
  #writing: Promise<void> | undefined;

  /** @param write writes all items or none, and rejects when it wrote none */
  constructor(write: (items: readonly Item[]) => Promise<void>, maxItems = 1_000) {
    this.#write = write;
    this.#maxItems = maxItems;
  }

  /** Resolves when the item is written, rejects with the error of its statement. */
  add(item: Item): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#writing ??= this.#drain();
    });
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    await this.#writing;
  }

  async #drain(): Promise<void> {
    // One turn of the event loop, so that items added together are written together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const entries = this.#waiting.splice(0, this.#maxItems);
      try {
        await this.#write(entries.map(({ item }) => item));
        for (const { resolve } of entries) resolve();
      } catch (error) {
        for (const { reject } of entries) reject(error);
      }
    }
    this.#writing = undefined;
  }
}

interface Entry<Item> {
  readonly item: Item;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}
