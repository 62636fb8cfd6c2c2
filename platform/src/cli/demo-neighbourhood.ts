import type { PushDestination, ReadyLine } from "@anymeter/simulator";
import { type DemoProcess, startDemoProcess } from "./demo-process.ts";

/**
 * Starts the simulated neighbourhood and waits until every meter listens.
 * @param memoryFile remembers ports, clocks and counters, so that meters are where they were
 * @param pushTo where meters push and dial in to
 * @throws Error with what the process said when it ends instead
 */
export function startDemoNeighbourhood(memoryFile: string, pushTo: PushDestination): Promise<DemoProcess<ReadyLine>> {
  const destination = `${pushTo.host.includes(":") ? `[${pushTo.host}]` : pushTo.host}:${pushTo.port}`;
  return startDemoProcess(
    "main.ts",
    ["--memory", memoryFile, "--port-base", "24059", "--push-to", destination],
    "the simulated neighbourhood",
  );
}
