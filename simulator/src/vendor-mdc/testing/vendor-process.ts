/** An MDC in a process of its own, which a test can kill. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { VendorReadyLine } from "../main.ts";

export interface VendorProcess {
  readonly child: ChildProcess;
  readonly ready: VendorReadyLine;
  /** Moves its clock. */
  jump(milliseconds: number): Promise<void>;
}

const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Runs the program; it ends with this process at the latest. */
export function spawnVendor(words: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [join(import.meta.dirname, "..", "main.ts"), ...words], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}

/** Two meters with a day of rows, and a control port. Resolves when it listens. */
export async function startProcess(words: readonly string[]): Promise<VendorProcess> {
  const usual = ["--meters", "2", "--history-days", "1", "--control-port", "0", "--until-input-ends"];
  const child = spawnVendor([...usual, ...words]);
  let said = "";
  child.stderr!.setEncoding("utf8").on("data", (chunk: string) => {
    said += chunk;
  });
  const line = await Promise.race([
    once(createInterface(child.stdout!), "line").then(([text]) => text as string),
    once(child, "close").then(() => undefined),
  ]);
  if (line === undefined) throw new Error(`the MDC has ended: ${said}`);
  const ready: VendorReadyLine = JSON.parse(line);
  return {
    ...{ child, ready },
    jump: async (milliseconds) => {
      const response = await fetch(`${ready.control}/clock`, {
        method: "POST",
        body: JSON.stringify({ jump: milliseconds }),
      });
      if (!response.ok) throw new Error(await response.text());
    },
  };
}

/** As the power switch does. */
export async function kill({ child }: VendorProcess): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "exit");
}
