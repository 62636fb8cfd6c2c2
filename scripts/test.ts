// `npm test`: types, lint and format first, because they are fast and explain most failures; then every test file of
// every workspace, two at a time. Extra words go to the runner: `npm test -- --test-name-pattern=HDLC`.
import { spawn } from "node:child_process";
import { globSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (name: string) => join(root, "node_modules", ".bin", name);
const workspaces = ["protocols/*", "simulator", "platform", "portal", "bench", "scripts"];

const checks: readonly (readonly [string, readonly string[]])[] = [
  ["tsc", ["--noEmit", "-p", "tsconfig.json"]],
  ["tsc", ["--noEmit", "-p", "portal/tsconfig.json"]],
  ["biome", ["check", "--error-on-warnings"]],
];

const verdicts = await Promise.all(checks.map(([command, parameters]) => run(bin(command), parameters, "quiet")));
if (verdicts.includes(false)) process.exit(1);

const files = globSync(
  workspaces.map((workspace) => `${workspace}/**/*.test.ts`),
  { cwd: root, exclude: (name) => name === "node_modules" },
).sort();
if (files.length === 0) throw new Error("No test file was found: the list of workspaces above is wrong.");

const concurrency = Math.max(2, availableParallelism());
const flags = ["--test", `--test-concurrency=${concurrency}`, "--test-timeout=300000", ...process.argv.slice(2)];
process.exit((await run(process.execPath, [...flags, ...files], "shown")) ? 0 : 1);

/** Runs a command below the root; a quiet one shows its output only when it fails. */
function run(command: string, parameters: readonly string[], output: "quiet" | "shown"): Promise<boolean> {
  const child = spawn(command, parameters, {
    cwd: root,
    stdio: output === "shown" ? "inherit" : "pipe",
    // Some hundred processes load much the same modules: what one has compiled, or freed of types, the next takes over.
    env: { ...process.env, NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "anymeter", "compiled") },
  });
  const said: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => said.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => said.push(chunk));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code !== 0) process.stderr.write(Buffer.concat(said));
      resolve(code === 0);
    });
  });
}
