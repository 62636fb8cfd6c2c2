/** The single action schedule that ends billing periods (class 22): a script at given times, dates with wildcards. */
import type { ExecutionTime, ScriptReference } from "@anymeter/dlms-cosem";
import type { Actor } from "./autonomy.ts";
import { millisecondsOf, namesDay } from "./local-days.ts";
import { nextOf, type WallClock } from "./recurrence.ts";

export interface EndOfBillingSurroundings {
  /** As they are written into the meter now. */
  readonly times: () => readonly ExecutionTime[];
  readonly script: () => ScriptReference;
  readonly run: (script: ScriptReference, at: number) => void;
  readonly wall: WallClock;
}

export class EndOfBilling implements Actor {
  readonly #surroundings: EndOfBillingSurroundings;

  constructor(surroundings: EndOfBillingSurroundings) {
    this.#surroundings = surroundings;
  }

  next(after: number): number | undefined {
    const { times, wall } = this.#surroundings;
    const recurrences = times().map(({ time, date }) => ({
      timeOfDay: millisecondsOf(time),
      // A period ends even when the clock was set past its end.
      tolerance: Number.POSITIVE_INFINITY,
      isDue: (day: number) => namesDay(date, day),
    }));
    return recurrences.length === 0 ? undefined : nextOf(recurrences, wall, after)?.at;
  }

  act(at: number): void {
    const { run, script } = this.#surroundings;
    run(script(), at);
  }
}
