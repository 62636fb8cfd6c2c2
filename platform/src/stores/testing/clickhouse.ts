import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { cleanUpAfterTests } from "./clean-up.ts";

/** A running process of clickhouse-server.ts. */
export interface ClickhouseServer {
  /** Address as the operator would configure it. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a process that serves the ClickHouse HTTP interface from `directory`; it ends with this process at the latest. */
export async function startClickhouseServer(directory: string): Promise<ClickhouseServer> {
  const program = fileURLToPath(new URL("clickhouse-server.ts", import.meta.url));
  const child = spawn(process.execPath, [program, directory], { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const port = await Promise.race([
    once(createInterface(child.stdout), "line").then(([line]) => Number(line)),
    exited.then(([code]) => Promise.reject(new Error(`the ClickHouse fixture ended with ${code}`))),
  ]);
  const stop = async () => {
    child.stdin.end();
    await exited;
  };
  cleanUpAfterTests(stop);
  return { url: `http://127.0.0.1:${port}`, stop };
}
