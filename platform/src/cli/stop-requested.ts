/** npm passes Ctrl-C on to a program that the terminal has already told: the echo comes within this time. */
const echoMilliseconds = 500;

/**
 * Resolves at the first SIGINT or SIGTERM. A later one ends the process at once: whoever presses Ctrl-C again does not
 * want to wait, and every store survives that.
 */
export function stopRequested(): Promise<void> {
  return new Promise((resolve) => {
    let askedAt: number | undefined;
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.on(signal, () => {
        if (askedAt !== undefined && performance.now() - askedAt > echoMilliseconds) process.exit(130);
        askedAt ??= performance.now();
        resolve();
      });
    }
  });
}
