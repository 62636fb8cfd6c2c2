import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A simulated part of the world in a process of its own: it shares nothing with the platform but sockets. */
export interface DemoProcess<Ready> {
  /** What it said when it listened. */
  readonly ready: Ready;
  /** Resolves with the exit code should it end by itself. */
  readonly ended: Promise<number | null>;
  close(): Promise<void>;
}

const simulator = join(import.meta.dirname, "..", "..", "..", "simulator", "src");

/**
 * Starts a program of the simulator and waits until it listens.
 * @param program its file, from the simulator's sources on
 * @param what it is, for the error
 * @throws Error with what the process said when it ends instead
 */
export async function startDemoProcess<Ready>(
  program: string,
  options: readonly string[],
  what: string,
): Promise<DemoProcess<Ready>> {
  const child = spawn(process.execPath, [join(simulator, program), ...options, "--until-input-ends"], {
    stdio: ["pipe", "pipe", "pipe"],
    // Ctrl-C in a terminal reaches the whole group: the platform goes first, and ends its world itself.
    detached: true,
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const said: string[] = [];
  createInterface(child.stderr).on("line", (line) => said.push(line));
  const ready = await Promise.race([readyLine<Ready>(child.stdout), ended.then(() => undefined)]);
  if (ready === undefined) throw new Error(`${what} did not start: ${said.join("\n")}`);
  return {
    ready,
    ended,
    close: async () => {
      // Its end is tied to its input, so it goes even when this process is killed.
      child.stdin.end();
      await ended;
    },
  };
}

async function readyLine<Ready>(output: NodeJS.ReadableStream): Promise<Ready | undefined> {
  for await (const line of createInterface(output)) {
    const said = JSON.parse(line) as { type: string };
    if (said.type === "ready") return said as Ready;
  }
  return undefined;
}
