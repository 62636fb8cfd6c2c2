import { ConfigurationError } from "../configuration.ts";
import { type Command, type Terminal, UsageError } from "./command.ts";
import { demo } from "./demo.ts";
import { migrate } from "./migrate.ts";
import { serve } from "./serve.ts";
import { user } from "./user.ts";

const commands: readonly Command[] = [serve, demo, migrate, user];

/** Runs `anymeter <words>` and returns the exit code: 0 done, 1 failed, 2 wrong words or settings. */
export async function runCommand(words: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = words;
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    terminal.stdout.write(overview());
    return name === undefined ? 2 : 0;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) {
    terminal.stderr.write(`anymeter: there is no command "${name}".\n\n${overview()}`);
    return 2;
  }
  if (rest.includes("--help") || rest.includes("-h")) {
    terminal.stdout.write(`${command.usage}\n`);
    return 0;
  }
  try {
    return await command.run(rest, terminal);
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.stderr.write(`anymeter ${name}: ${error.message}\n\n${command.usage}\n`);
      return 2;
    }
    if (error instanceof ConfigurationError) {
      terminal.stderr.write(`anymeter: ${error.message}\n`);
      return 2;
    }
    terminal.stderr.write(`anymeter ${name}: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

function overview(): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return `Usage: anymeter <command>\n\n${lines.join("\n")}\n\nanymeter <command> --help tells more. Settings are environment variables: docs/operate.md.\n`;
}
