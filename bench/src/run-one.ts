/** Runs the benchmark named on the command line and sends its results to the process that asked. */
import type { BenchResult } from "./result.ts";

const { run } = (await import(`./${process.argv[2]}.ts`)) as { run(): Promise<readonly BenchResult[]> };
const results = await run();
process.send?.(results, () => process.disconnect());
