import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";

/** `anymeter` as a process of its own, as an operator runs it. */
export interface Program {
  readonly child: ChildProcess;
  /** Standard output and standard error so far. */
  said(): string;
  /** Resolves with the match once the output fits; rejects with the output when the program ends before. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves when the program has ended, with its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

const main = join(import.meta.dirname, "..", "..", "main.ts");

/** Runs `anymeter <words>` on a data directory, with any free ports. */
export function runProgram(
  words: readonly string[],
  dataDirectory: string,
  environment: NodeJS.ProcessEnv = {},
): Program {
  const child = spawn(process.execPath, [main, ...words], {
    env: {
      PATH: process.env.PATH,
      ANYMETER_DATA: dataDirectory,
      ANYMETER_PORT: "0",
      ANYMETER_TLS_PORT: "0",
      ANYMETER_DLMS_PUSH_PORT: "0",
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  const watchers = new Set<() => void>();
  const hear = (chunk: Buffer) => {
    text += chunk.toString();
    for (const watcher of [...watchers]) watcher();
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once("close", (code, signal) => resolve(code ?? signal ?? 0));
  });
  return {
    child,
    said: () => text,
    ended,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(text);
          if (match === null) return;
          watchers.delete(look);
          resolve(match);
        };
        watchers.add(look);
        look();
        ended.then((how) => reject(new Error(`the program ended (${how}) before it said ${pattern}:\n${text}`)));
      }),
  };
}
