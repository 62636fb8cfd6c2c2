#!/usr/bin/env node
/** The program `anymeter`. Nothing imports this file. */

// chDB runs its queries on libuv's threads, next to files and name look-ups: four, the default, let one slow export
// hold up the rest. It has to be set before the first of them starts.
process.env.UV_THREADPOOL_SIZE ??= "16";

const { runCommand } = await import("./cli/run-command.ts");
// Whoever reads our output may have enough of it, as `head` has.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});
process.exitCode = await runCommand(process.argv.slice(2), {
  environment: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
});
