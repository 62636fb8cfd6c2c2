import { ConfigurationError } from "../configuration.ts";
import { type Command, type Terminal, UsageError } from "./command.ts";

interface CommandEntry {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Loaded when it is named: who explains a telegram need not wait for a platform. */
  readonly load: () => Promise<Command>;
}

const commands: readonly CommandEntry[] = [
  {
    name: "serve",
    summary: "run the platform for your own meters",
    load: async () => (await import("./serve.ts")).serve,
  },
  {
    name: "demo",
    summary: "run the platform with a simulated neighbourhood of meters",
    load: async () => (await import("./demo.ts")).demo,
  },
  {
    name: "read",
    summary: "read one meter by its address, without any store",
    load: async () => (await import("./read.ts")).read,
  },
  {
    name: "decode",
    summary: "explain every byte of a telegram",
    load: async () => (await import("./decode.ts")).decode,
  },
  {
    name: "migrate",
    summary: "bring both stores up to this version, then end",
    load: async () => (await import("./migrate.ts")).migrate,
  },
  {
    name: "user",
    summary: "add and list users, give them tokens and passwords",
    load: async () => (await import("./user.ts")).user,
  },
];

/** Runs `anymeter <words>` and returns the exit code: 0 done, 1 failed, 2 wrong words or settings. */
export async function runCommand(words: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = words;
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    terminal.stdout.write(overview());
    return name === undefined ? 2 : 0;
  }
  const entry = commands.find((candidate) => candidate.name === name);
  if (entry === undefined) {
    terminal.stderr.write(`anymeter: there is no command "${name}".\n\n${overview()}`);
    return 2;
  }
  const command = await entry.load();
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
