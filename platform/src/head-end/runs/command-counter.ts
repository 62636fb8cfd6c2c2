/** Counts what becomes of commands. Labels are bounded: names and outcomes are tables, no meter appears. */
import { Counter, type Registry } from "prom-client";

export type CommandResult = "accepted" | "refused" | "succeeded" | "failed" | "cancelled" | "expired";

/** Told in the process in which it happened, once for each device. */
export type CountCommand = (command: string, outcome: CommandResult) => void;

/** Several rooms of a process count with the same counter. */
export function commandCounter(registry: Registry | undefined): CountCommand {
  if (registry === undefined) return () => {};
  const counter =
    (registry.getSingleMetric(name) as Counter<"command" | "outcome"> | undefined) ??
    new Counter({
      name,
      help: "Devices of commands by command and outcome: accepted or refused when asked, else how it ended",
      labelNames: ["command", "outcome"],
      registers: [registry],
    });
  return (command, outcome) => counter.inc({ command, outcome });
}

const name = "anymeter_commands_total";
