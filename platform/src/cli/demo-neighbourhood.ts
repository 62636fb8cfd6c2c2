import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { NeighbourhoodDescription, PushDestination } from "@anymeter/simulator";

/** The simulated neighbourhood, in a process of its own: it shares nothing with the platform but sockets. */
export interface DemoNeighbourhood {
  readonly description: NeighbourhoodDescription;
  /** Resolves with the exit code should it end by itself. */
  readonly ended: Promise<number | null>;
  close(): Promise<void>;
}

const program = join(import.meta.dirname, "..", "..", "..", "simulator", "src", "main.ts");

/**
 * Starts the neighbourhood and waits until every meter listens.
 * @param memoryFile remembers ports, clocks and counters, so that meters are where they were
 * @param pushTo where meters push and dial in to
 * @throws Error with what the process said when it ends instead
 */
export async function startDemoNeighbourhood(memoryFile: string, pushTo: PushDestination): Promise<DemoNeighbourhood> {
  const destination = `${pushTo.host.includes(":") ? `[${pushTo.host}]` : pushTo.host}:${pushTo.port}`;
  const child = spawn(
    process.execPath,
    [program, "--memory", memoryFile, "--port-base", "24059", "--push-to", destination, "--until-input-ends"],
    {
      stdio: ["pipe", "pipe", "pipe"],
      // Ctrl-C in a terminal reaches the whole group: the platform goes first, and ends its neighbourhood itself.
      detached: true,
    },
  );
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const said: string[] = [];
  createInterface(child.stderr).on("line", (line) => said.push(line));
  const description = await Promise.race([readyLine(child), ended.then(() => undefined)]);
  if (description === undefined) throw new Error(`the simulated neighbourhood did not start: ${said.join("\n")}`);
  return {
    description,
    ended,
    close: async () => {
      // Its end is tied to its input, so it goes even when this process is killed.
      child.stdin.end();
      await ended;
    },
  };
}

async function readyLine({ stdout }: ChildProcess): Promise<NeighbourhoodDescription | undefined> {
  for await (const line of createInterface(stdout!)) {
    const said = JSON.parse(line) as { type: string; neighbourhood: NeighbourhoodDescription };
    if (said.type === "ready") return said.neighbourhood;
  }
  return undefined;
}
