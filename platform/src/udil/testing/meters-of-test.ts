/** Meters that exist only in a test: they obey, or stop, fail and answer as the test says. Found by their names. */

import type { CarryOut } from "../../commands/testing/fake-pipeline.ts";
import type { RunFailure } from "../../head-end/causes.ts";
import type { CallOutcome } from "../../head-end/drivers/driver.ts";

/** Before a meter is connected, connected, or sent the command. */
type Level = 2 | 3 | 4;

export interface HeldMeter {
  /** Resolves when the meter waits. */
  readonly held: Promise<void>;
  go(): void;
}

export class MetersOfTest {
  /** Commands that meters were sent, in their order. */
  readonly obeyed: { readonly meter: string; readonly command: string; readonly parameters: unknown }[] = [];
  /** What meters give on demand, by kind of rows. */
  readonly results = new Map<string, object>();
  readonly #held = new Map<string, { level: Level; reached: () => void; going: Promise<void> }>();
  readonly #failing = new Map<string, { level: Level; failure: RunFailure }>();

  /** The meter's next command stops when it has come to the level. */
  hold(meter: string, level: Level): HeldMeter {
    const held = Promise.withResolvers<void>();
    const going = Promise.withResolvers<void>();
    this.#held.set(meter, { level, reached: held.resolve, going: going.promise });
    return { held: held.promise, go: going.resolve };
  }

  /** Every command of the meter fails when it has come to the level. */
  fail(meter: string, level: Level, failure: RunFailure): void {
    this.#failing.set(meter, { level, failure });
  }

  readonly carryOut: CarryOut = async (command, { name: meter }): Promise<CallOutcome> => {
    const held = this.#held.get(meter);
    this.#held.delete(meter);
    const failing = this.#failing.get(meter);
    for (const level of [2, 3, 4] as const) {
      if (level > 2) await command.reached(level as 3 | 4);
      if (held?.level === level) {
        held.reached();
        await held.going;
      }
      if (failing?.level === level) throw failing.failure;
    }
    const { name, parameters } = command;
    this.obeyed.push({ meter, command: name, parameters });
    const result = name === "on_demand_read" ? this.results.get((parameters as { type: string }).type) : undefined;
    return (result ? { result } : {}) as CallOutcome;
  };
}
