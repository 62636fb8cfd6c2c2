/**
 * `npm run bench [-- name …]`: every benchmark, or those whose name begins with a given word, one after another, each in a
 * process of its own so that none inherits another's heap or compiled code. Prints each figure beside its peer's or limit's
 * from the same run.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import type { BenchResult } from "./result.ts";

/** In the order of the design's table of figures. */
const benchmarks = [
  "readings/bulk-readings",
  "readings/single-readings",
  "dlms/complete-reads",
  "dlms/many-sessions",
  "dlms/ciphered-push",
  "dlms/confirmed-pushes",
  "iec62056-21/complete-reads",
  "iec62056-21/readouts",
  "lis-200/complete-reads",
  "lis-200/archive-rows",
  "i-flag/complete-reads",
  "i-flag/database-records",
  "mbus/complete-reads",
  "mbus/decode",
  "modbus/complete-reads",
  "modbus/small-telegrams",
  "head-end/scheduled-reads",
  "commands/feeder-wide",
  "udil/meter-visuals",
  "udil/load-profile-rows",
  "udil/mdc-answers",
  "udil/vendor-rows",
] as const;

const wanted = process.argv.slice(2);
const chosen = benchmarks.filter((name) => wanted.length === 0 || wanted.some((word) => name.startsWith(word)));
if (chosen.length === 0) {
  process.stderr.write(`There is no benchmark ${wanted.join(", ")}. There are: ${benchmarks.join(", ")}\n`);
  process.exit(2);
}
let failed = false;
for (const name of chosen) {
  process.stdout.write(`\n${name}\n`);
  const results = await runAlone(name).catch((error: Error) => {
    process.stderr.write(`  ${error.message}\n`);
    failed = true;
    return [];
  });
  for (const result of results) process.stdout.write(`${render(result)}\n`);
}
process.exitCode = failed ? 1 : 0;

/** Runs one benchmark in a process of its own; its results come back over the process's channel. */
function runAlone(name: string): Promise<readonly BenchResult[]> {
  const child = spawn(process.execPath, ["--expose-gc", join(import.meta.dirname, "run-one.ts"), name], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  return new Promise((resolve, reject) => {
    let results: readonly BenchResult[] | undefined;
    child.once("message", (message) => {
      results = message as BenchResult[];
    });
    child.once("error", reject);
    child.once("close", (code) => {
      if (results === undefined || code !== 0) reject(new Error(`the benchmark ended with code ${code}`));
      else resolve(results);
    });
  });
}

function render({ name, figure, unit, peer, peerFigure, ratio, target, notes }: BenchResult): string {
  const number = (value: number) => value.toLocaleString("en", { maximumFractionDigits: value < 100 ? 2 : 0 });
  const lines = [
    `  ${name}: ${number(figure)} ${unit}${target === undefined ? "" : `  (target ${number(target)})`}`,
    `    beside ${peer}: ${number(peerFigure)} ${unit}, ratio ${ratio.toFixed(2)}`,
  ];
  if (notes !== undefined) lines.push(`    ${notes}`);
  return lines.join("\n");
}
