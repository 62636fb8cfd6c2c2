/**
 * Lets many callers share few statements, because a statement costs the store far more than one more row in it: what is
 * asked for in the same turn of the event loop goes together, and what is asked for while a statement is under way goes
 * into the next. A lonely caller waits for nobody.
 *
 * Its sibling of the columnar store (../columnar/group-commit.ts) bounds bytes in memory and spaces inserts out, which
 * a statement with an answer for each caller needs not.
 */
export class SharedStatement<Item, Result = undefined> {
  readonly #execute: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly #mostItems: number;
  #waiting: Caller<Item, Result>[] = [];
  #running = false;

  /**
   * @param execute answers every item, in their order, and does all or nothing when it rejects
   * @param mostItems items of one statement
   */
  constructor(execute: (items: readonly Item[]) => Promise<readonly Result[]>, mostItems = 1_000) {
    this.#execute = execute;
    this.#mostItems = mostItems;
  }

  /** @returns the item's own answer; rejects with the error of its statement */
  ask(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) {
      // An embedded engine works in this thread: whoever became ready meanwhile comes only in the next turn.
      await new Promise(setImmediate);
      const callers = this.#waiting.splice(0, this.#mostItems);
      try {
        const results = await this.#execute(callers.map(({ item }) => item));
        for (const [index, { resolve }] of callers.entries()) resolve(results[index] as Result);
      } catch (error) {
        for (const { reject } of callers) reject(error);
      }
    }
    this.#running = false;
  }
}

interface Caller<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}
