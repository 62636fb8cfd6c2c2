/** What the programs of the simulator share: values of their options, how they tell a mistake, and when they end. */

/** Runs a program; what it throws is told on standard error, without a stack. */
export async function runProgram(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}

/**
 * Resolves with SIGINT, SIGTERM or, where that is asked for, the end of standard input, so that a program never outlives the
 * one that started it. Call it before the line that says that everything listens: whoever reads it may end us at once.
 */
export function askedToEnd(withInput: boolean): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
    if (!withInput) return;
    process.stdin.once("end", () => resolve());
    process.stdin.once("error", () => resolve());
    process.stdin.resume();
  });
}

/** Starts something beside what runs already. When that fails both end: a program that failed leaves nothing running. */
export async function startBeside<Started>(
  running: { close(): Promise<void> },
  start: () => Promise<Started>,
): Promise<Started> {
  try {
    return await start();
  } catch (error) {
    await running.close();
    throw error;
  }
}

/** @throws RangeError naming the option */
export function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new RangeError(`--${name} is "${text}", not a whole number from ${least} to ${most}`);
}

/** @throws RangeError naming the option */
export function oneOf<const Choice extends string>(name: string, text: string, choices: readonly Choice[]): Choice {
  const chosen = choices.find((choice) => choice === text);
  if (chosen !== undefined) return chosen;
  throw new RangeError(`--${name} is "${text}", not ${choices.join(" or ")}`);
}
