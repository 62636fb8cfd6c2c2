/** One command of the program `anymeter`; cli/run-command.ts lists them all. */
export interface Command {
  /** What follows `anymeter <name> --help`. */
  readonly usage: string;
  /** @returns the exit code. @throws UsageError when the words after the command's name are wrong */
  run(words: readonly string[], terminal: Terminal): Promise<number>;
}

export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

/** The words on the command line are wrong: told with the command's usage and exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
